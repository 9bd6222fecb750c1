"""Tables of records outside any home: read as code columns, written again from distinct tuples."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine, Table, quote
from openjustice.ground.terms import Plane
from openjustice.protect.coded import hierarchies as trees
from openjustice.protect.coded.hierarchies import Hierarchy
from openjustice.protect.coded.kernels import Codes

Integers = NDArray[np.int64]
_LONGEST_LINE = 2**18  # bytes; the engine's buffers grow with it
_DELIMITERS = ";,\t|"


@dataclass(frozen=True)
class CodedTable:
    """Records as one column of leaf codes for each variable, with the hierarchy that gives the codes their meaning."""

    variables: tuple[str, ...]
    hierarchies: tuple[Hierarchy, ...]
    columns: tuple[Codes, ...]

    @property
    def records(self) -> int:
        """Return the number of records."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the number of codes of each column."""
        return tuple(hierarchy.leaves for hierarchy in self.hierarchies)

    def of(self, variables: Sequence[str]) -> CodedTable:
        """Return the same records with some of the variables, in the order asked for."""
        at = [self.variables.index(name) for name in variables]
        return CodedTable(
            variables=tuple(variables),
            hierarchies=tuple(self.hierarchies[place] for place in at),
            columns=tuple(self.columns[place] for place in at),
        )

    def head(self, count: int) -> CodedTable:
        """Return the first records alone, with the same variables and hierarchies."""
        return CodedTable(self.variables, self.hierarchies, tuple(column[:count] for column in self.columns))


def read_table(
    path: Path, *, variables: Sequence[str], hierarchies: Mapping[str, Hierarchy] | None = None
) -> CodedTable:
    """Read some columns of a CSV, csv.gz or Parquet file as codes.

    A variable without a hierarchy gets one of two levels: its values, and everything. Raises ProtectionRefused with all
    faults: columns that the file does not have, and for each hierarchy that lacks values how many, never which. A missing
    value is the empty text, and needs a line in the hierarchy like any other.
    """
    given = hierarchies or {}
    with open_table(path) as table:
        check_columns(table, variables, file=path.name)
        free = [name for name in variables if name not in given]
        found = _read(lambda: engine.read_labels(table, columns=free), path) if free else {}
        trees_of = {
            name: given[name] if name in given else trees.flat_hierarchy(name, found[name] or [""])
            for name in variables
        }
        labels = {name: trees_of[name].labels[0] for name in variables}
        codes = _read(lambda: engine.read_codes(table, labels=labels), path)
        _check_complete(table, codes, labels, file=path.name)
    return CodedTable(
        tuple(variables), tuple(trees_of[name] for name in variables), tuple(codes[name] for name in variables)
    )


def read_tables(
    path: Path, population: Path | None, *, variables: Sequence[str], shared: Sequence[str],
    hierarchies: Mapping[str, Hierarchy] | None = None,
) -> tuple[CodedTable, CodedTable | None]:  # fmt: skip
    """Read a table and, for the shared variables, a population's, so that one code means one value in both."""
    given = dict(hierarchies or {})
    if population is None:
        return read_table(path, variables=variables, hierarchies=given), None
    for name in shared:
        if name not in given:
            given[name] = trees.flat_hierarchy(name, sorted({*_labels(path, name), *_labels(population, name)}) or [""])
    return (
        read_table(path, variables=variables, hierarchies=given),
        read_table(population, variables=shared, hierarchies=given),
    )


def _labels(path: Path, name: str) -> list[str]:
    with open_table(path) as table:
        check_columns(table, [name], file=path.name)
        found: list[str] = _read(lambda: engine.read_labels(table, columns=[name])[name], path)
        return found


@contextmanager
def open_table(path: Path, *, memory: str = "1500MB") -> Iterator[Table]:
    """Open a CSV, csv.gz or Parquet file on an engine of its own that can read nothing else."""
    if not path.is_file():
        raise errors.ProtectionRefused.because(
            "file_missing", f"There is no file '{path.name}' to read.", way_out="Look at the name and the folder."
        )
    with engine.open_memory(plane=Plane.CONFIDENTIAL, files=[path], memory=memory) as opened:
        if path.suffix == ".parquet":
            yield _read(lambda: opened.scan_parquet(path, name="records"), path)
        else:
            yield _read(lambda: _open_text(opened, path), path)


def write_table(
    path: Path, *, variables: Sequence[str], labels: Sequence[Sequence[str]], codes: Sequence[Codes], counts: Integers
) -> None:
    """Write records as Parquet or as CSV (by the name's ending), each tuple as often as its count says, sorted.

    `labels[variable][code]` is what is written. Surprise: the order of the records they were made of is lost, on purpose.
    """
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    arrays = {f"code {at}": np.repeat(column, counts).astype(np.int32) for at, column in enumerate(codes)}
    shown = [
        f"list_extract($labels_{at}, {quote(f'code {at}')} + 1) AS {quote(name)}" for at, name in enumerate(variables)
    ]
    parameters: dict[str, Any] = {f"labels_{at}": list(own) for at, own in enumerate(labels)}
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=path.parent) as opened:
        coded = opened.make_table_from_arrays("codes", arrays=arrays, plane=Plane.CONFIDENTIAL)
        made = opened.derive(
            "made", f"SELECT {', '.join(shown)} FROM codes", inputs={"codes": coded}, parameters=parameters
        )
        if path.suffix == ".parquet":
            opened.write_parquet(made, beside)
        else:
            opened.write_csv(made, beside, delimiter=";")
    beside.replace(path)


def _open_text(opened: Engine, path: Path) -> Table:
    first = _first_line(path)
    text = first.decode("utf-8-sig").rstrip("\r\n")
    delimiter = max(_DELIMITERS, key=text.count)
    names = next(csv.reader([text], delimiter=delimiter), [])
    if not names or len(set(names)) != len(names):
        raise errors.ProtectionRefused.because(
            "header_unreadable", f"'{path.name}' does not begin with a line that names each column once.",
            way_out="Give it a header line; a delimiter is one of ; , | or a tabulator.",
            place=errors.Place(file=path.name, line=1),
        )  # fmt: skip
    newline = "\\r\\n" if first.endswith(b"\r\n") else "\\n"
    return opened.read_text(
        path, name="records", columns=names, delimiter=delimiter, skip=1, newline=newline, largest_line=_LONGEST_LINE,
        is_multiline=True,
    )  # fmt: skip


def _first_line(path: Path) -> bytes:
    if path.suffix == ".gz":
        with gzip.open(path) as stream:
            return stream.readline(_LONGEST_LINE)
    with path.open("rb") as stream:
        return stream.readline(_LONGEST_LINE)


def _read(reading: Any, path: Path) -> Any:
    """Read, and refuse in plain words what the engine or the decoder cannot read: their own words may hold a value."""
    try:
        return reading()
    except (engine.StatementFailed, UnicodeDecodeError, EOFError, gzip.BadGzipFile):
        raise errors.ProtectionRefused.because(
            "table_unreadable", f"'{path.name}' cannot be read as a table.",
            why="A line has another number of columns than the first, it is not UTF-8, or the file is damaged.",
            way_out="Write it again as UTF-8 CSV with a header, gzipped or not, or as Parquet.",
            place=errors.Place(file=path.name),
        ) from None  # fmt: skip


def check_columns(table: Table, variables: Sequence[str], *, file: str) -> None:
    """Refuse, all at once, the variables that a file has no column for."""
    faults = [
        errors.Fault(
            code="unknown_column", what=f"'{file}' has no column '{name}'.", way_out="Compare it with the file's header.",
            place=errors.Place(file=file, field=name),
        )
        for name in variables
        if name not in table.column_names
    ]  # fmt: skip
    if faults:
        raise errors.ProtectionRefused(faults)


def _check_complete(
    table: Table, codes: Mapping[str, Codes], labels: Mapping[str, Sequence[str]], *, file: str
) -> None:
    counts: dict[str, tuple[int, int]] = {}
    for name, own in labels.items():
        records = int(np.count_nonzero(codes[name] == len(own)))
        if records:
            known = set(own)
            values = [value for value in engine.read_labels(table, columns=[name])[name] if value not in known]
            counts[name] = (len(values), records)
    if counts:
        raise errors.ProtectionRefused(trees.missing_faults(counts, file=file))
