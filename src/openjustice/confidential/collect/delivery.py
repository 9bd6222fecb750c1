"""Takes a delivery of several tables apart: a folder or zip archive with a file for each, or JSON Lines with nested records."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from openjustice.confidential.collect.findings import Collector, Tally
from openjustice.confidential.collect.ingest import Limits, faults
from openjustice.confidential.collect.ingest.clean import plain_text
from openjustice.confidential.collect.ingest.layout import plain
from openjustice.confidential.collect.ingest.source import Sent, identify
from openjustice.contracts import related
from openjustice.contracts.dataset import Contract
from openjustice.ground.terms import Severity

_BLOCK = 1 << 20
_MOST_FILES = 1_000

MISSING_TABLE = Tally(
    rule="missing_table", severity=Severity.HARD, count=1, says="The file of a table is missing.",
    fix="Add it under the table's name; where there is nothing to report in it, send its column names alone.",
)  # fmt: skip
DOUBLED_TABLE = Tally(
    rule="doubled_table", severity=Severity.HARD, count=1, says="Two files have the name of the same table.",
    fix="Send one file for each table.",
)  # fmt: skip
UNKNOWN_FILE = Tally(
    rule="unknown_file", severity=Severity.SOFT, count=1, says="A file is named for no table and was not read.",
    fix="Remove it, or name it for a table.", ask="What does this file hold, and should it be read?",
)  # fmt: skip
UNKNOWN_NAME = Tally(
    rule="unknown_column", severity=Severity.SOFT, count=1, says="A name in the records is in no table and was not read.",
    fix="Remove it, or ask for it to be added to the contract.", ask="What does this name hold, and should it be read?",
)  # fmt: skip
NOT_NESTED = Tally(
    rule="not_nested", severity=Severity.HARD, count=1, says="Related records on this line are neither objects nor a list of them.",
    fix="Send a list of objects under the table's name.",
)  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """A delivery that was opened: a file for each table, and what is wrong with it as a whole.

    `lines` has for a table the line of the sent file on which each of its rows stood, where the tables were nested in one.
    """

    sent: Sent
    form: str
    files: Mapping[str, Path] = field(default_factory=dict)
    lines: Mapping[str, Sequence[int]] = field(default_factory=dict)
    faults: tuple[Tally, ...] = ()

    def line(self, table: str, row_line: int) -> int:
        """Return the line of the sent file for a line of a table's own file."""
        lines = self.lines.get(table)
        return lines[row_line - 2] if lines and 2 <= row_line < len(lines) + 2 else row_line


def open_delivery(path: Path, *, contract: Contract, scratch: Path, limits: Limits) -> Delivery:
    """Return a delivery taken apart. `scratch` is an empty folder, which must live as long as the answer is used."""
    if path.is_dir():
        files = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
        return _from_files(Sent(path.name, 0, ""), "folder", files, contract)
    with path.open("rb") as stream:
        start = stream.read(64)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _from_archive(path, contract=contract, scratch=scratch, limits=limits)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _from_nested(path, contract=contract, scratch=scratch, limits=limits)
    says = "The dataset has several tables, and this is one table."
    fix = "Send a folder or zip archive with a file for each table, or JSON Lines with the related records inside."
    fault = Tally(rule="one_table", severity=Severity.HARD, count=1, says=says, fix=fix)
    return Delivery(identify(path), "one table", faults=(fault,))


def _from_files(sent: Sent, form: str, files: Sequence[Path], contract: Contract) -> Delivery:
    by_form = {plain(table): table for table in related.table_names(contract)}
    found: dict[str, Path] = {}
    told: list[Tally] = []
    unknown = 0
    for item in files:
        table = by_form.get(plain(item.name.partition(".")[0]))
        if table is None:
            unknown += 1
        elif table in found:
            told.append(_of(DOUBLED_TABLE, table))
        else:
            found[table] = item
    if unknown:
        told.append(_counted(UNKNOWN_FILE, unknown))
    for table in related.table_names(contract):
        is_optional = table in contract.tables and contract.tables[table].optional
        if table not in found and not is_optional:
            told.append(_of(MISSING_TABLE, table))
    if not sent.sha256:
        known = {table: identify(item) for table, item in found.items()}
        summary = hashlib.sha256("".join(f"{table}:{known[table].sha256}\n" for table in sorted(known)).encode())
        sent = Sent(sent.name, sum(item.size for item in known.values()), summary.hexdigest())
    return Delivery(sent, form, found, {}, tuple(told))


def _of(tally: Tally, table: str) -> Tally:
    return Tally(**{**tally.__dict__, "field": table})


def _counted(tally: Tally, count: int) -> Tally:
    return Tally(**{**tally.__dict__, "count": count})


# -- a zip archive -----------------------------------------------------------------------------------------------------


def _from_archive(path: Path, *, contract: Contract, scratch: Path, limits: Limits) -> Delivery:
    sent = identify(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()][: _MOST_FILES + 1]
            if any(item.filename == "xl/workbook.xml" for item in members):
                says = "The dataset has several tables, and a workbook is read as one."
                return Delivery(sent, "Excel workbook", faults=(faults.fault("zip_archive", says=says),))
            if len(members) > _MOST_FILES:
                return Delivery(sent, "zip archive", faults=(faults.fault("unpacks_too_large"),))
            files = _unpack(archive, members, packed=sent.size, scratch=scratch, limits=limits)
    except faults.Stopped as stopped:
        return Delivery(sent, "zip archive", faults=(stopped.tally,))
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        damaged = Tally(
            rule="damaged_archive", severity=Severity.HARD, count=1, says="The zip archive is damaged or closed by a password.",
            fix="Pack it again, without a password.",
        )  # fmt: skip
        return Delivery(sent, "zip archive", faults=(damaged,))
    return _from_files(sent, "zip archive", files, contract)


def _unpack(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], *, packed: int, scratch: Path, limits: Limits
) -> list[Path]:
    """Unpack the files of an archive beside each other, by their last names alone, within the limits."""
    made, size = [], 0
    for number, member in enumerate(members):
        folder = scratch / f"member {number}"
        folder.mkdir()
        target = folder / PurePosixPath(member.filename.replace("\\", "/")).name
        with archive.open(member) as stream, target.open("wb") as out:
            for block in iter(lambda: stream.read(_BLOCK), b""):
                size += len(block)
                dense = size > limits.ratio_judged_from_bytes and size > limits.largest_ratio * packed
                if dense or size > limits.largest_unpacked_bytes:
                    raise faults.stop("unpacks_too_large")
                out.write(block)
        made.append(target)
    return made


# -- nested records ----------------------------------------------------------------------------------------------------


class _Nested:
    """Writes nested records as one text for each table, and keeps on which line of the sent file each row stood."""

    def __init__(self, contract: Contract, scratch: Path, found: Collector) -> None:
        self._contract = contract
        self._found = found
        self._open: list[IO[str]] = []
        self._writers: dict[str, Any] = {}
        self._below: dict[str, list[str]] = {}
        self._fields = {table: related.fields_of_table(contract, table) for table in related.table_names(contract)}
        self._links = {table: related.linking_fields(contract, table) for table in contract.tables}
        self.files = {table: scratch / f"{table}.csv" for table in related.table_names(contract)}
        self.lines: dict[str, array[int]] = {table: array("q") for table in self.files}
        for table, path in self.files.items():
            stream = path.open("w", encoding="utf-8", newline="")
            self._open.append(stream)
            self._writers[table] = csv.writer(stream, lineterminator="\n")
            self._writers[table].writerow(self._fields[table])
        for table in contract.tables:
            self._below.setdefault(related.ancestors(contract, table)[0].table, []).append(table)

    def close(self) -> None:
        for stream in self._open:
            stream.close()

    def add(self, table: str, record: Mapping[str, Any], line: int, above: Sequence[str] = ()) -> None:
        """Add one record and those nested in it; `above` is the key of the record that it stands in."""
        fields, below = self._fields[table], self._below.get(table, [])
        given = dict(zip(self._links.get(table, ()), above, strict=False))
        cells = {
            name: _cell(record[name], fields[name].several) if name in record else given.get(name, "")
            for name in fields
        }
        if not set(record) <= set(fields) | set(below):
            self._found.add(UNKNOWN_NAME, line=line)
        self._writers[table].writerow(cells.values())
        self.lines[table].append(line)
        key = [cells[name] for name in related.key_of_table(self._contract, table)]
        for name in below:
            for item in self._records(record.get(name), line):
                self.add(name, item, line, key)

    def _records(self, value: Any, line: int) -> Iterator[Mapping[str, Any]]:
        for item in value if isinstance(value, list) else [value] if value is not None else []:
            if isinstance(item, dict):
                yield item
            else:
                self._found.add(NOT_NESTED, line=line)


def _cell(value: Any, several: str | None) -> str:
    if several and isinstance(value, list):
        return several.join(plain_text(item) for item in value)
    text = json.dumps(value) if isinstance(value, list | dict) else plain_text(value)
    # One row stands on one line, so that a row's place tells its line.
    return text.replace("\r", " ").replace("\n", " ")


def _from_nested(path: Path, *, contract: Contract, scratch: Path, limits: Limits) -> Delivery:
    found = Collector(limit=limits.listed_lines)
    nested = _Nested(contract, scratch, found)
    with path.open("rb") as stream:
        for number, line in enumerate(_lines(stream, limits.largest_line_bytes), start=1):
            if line is None:
                found.add(faults.fault("line_too_long"), line=number)
            elif line.strip():
                _add_line(nested, line, number, found=found, main=contract.main_table)
    nested.close()
    return Delivery(identify(path), "nested JSON Lines", nested.files, nested.lines, found.tallies)


def _lines(stream: IO[bytes], largest: int) -> Iterator[bytes | None]:
    """Yield the lines of a text; null for one that is too long, which is passed over without being held."""
    while line := stream.readline(largest):
        if line.endswith(b"\n") or len(line) < largest:
            yield line
            continue
        while (more := stream.readline(largest)) and not more.endswith(b"\n"):
            pass
        yield None


def _add_line(nested: _Nested, line: bytes, number: int, *, found: Collector, main: str) -> None:
    try:
        record = json.loads(line.removeprefix(b"\xef\xbb\xbf"), parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        nested.add(main, record, number)
    else:
        found.add(faults.fault("not_json"), line=number)
