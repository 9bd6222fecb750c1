"""Writes any form of table as one plain text that the engine reads without a guess, each row with its line in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.confidential.collect.findings import Collector
from openjustice.confidential.collect.ingest import faults, lines
from openjustice.confidential.collect.ingest.encoding import Encoding, blocks
from openjustice.confidential.collect.ingest.layout import Match
from openjustice.confidential.collect.ingest.limits import Limits
from openjustice.confidential.collect.ingest.source import Source

LINE = "_line"
_BATCH = 4_000


@dataclass(frozen=True)
class CleanText:
    """A rectangular UTF-8 text without a header whose first column is the line of the row in the file that was sent."""

    path: Path
    delimiter: str
    width: int
    row_count: int
    is_multiline: bool


@dataclass(frozen=True)
class TextPlan:
    """How a delimited text is to be read: its encoding and delimiter, and the line its header stands on."""

    encoding: Encoding
    delimiter: str
    header_line: int
    match: Match


def write_from_text(
    source: Source, target: Path, *, plan: TextPlan, limits: Limits, found: Collector, progress: Callable[[int], None]
) -> CleanText:
    """Write the records of a delimited text that have as many columns as the header; the others go to `found`."""
    stream = _counted(blocks(source.path, plan.encoding), progress)
    physical = lines.physical_lines(stream, largest=limits.largest_line_bytes)
    return write_from_lines(physical, target, plan=plan, limits=limits, found=found)


def write_from_lines(
    physical: Iterable[lines.Line], target: Path, *, plan: TextPlan, limits: Limits, found: Collector
) -> CleanText:
    """Write the records that stand on some lines of a text, each given with its number."""
    mark, width = plan.delimiter.encode(), plan.match.width
    following = lines.records(
        physical, delimiter=mark, limits=limits, found=found, must_be_utf_8=plan.encoding is Encoding.MIXED
    )
    count, is_multiline, waiting = 0, False, []
    with target.open("wb") as out:
        for record in following:
            if record.line <= plan.header_line:
                continue
            if record.width != width:
                rule = "too_few_columns" if record.width < width else "too_many_columns"
                found.add(faults.fault(rule), line=record.line)
                continue
            count += 1
            is_multiline |= record.is_multiline
            waiting.append(b"%d%b%b\n" % (record.line, mark, record.raw))
            if len(waiting) >= _BATCH:
                out.write(b"".join(waiting))
                waiting.clear()
        out.write(b"".join(waiting))
    return CleanText(target, plan.delimiter, width, count, is_multiline)


def write_from_rows(rows: Iterable[tuple[int, Sequence[str]]], target: Path, *, width: int) -> CleanText:
    """Write rows of a workbook or of JSON Lines, given with their row or line number."""
    count = 0
    with target.open("wb") as out:
        for line, cells in rows:
            count += 1
            out.write(b"%d,%b\n" % (line, lines.write_record((cell.encode() for cell in cells), delimiter=b",")))
    return CleanText(target, ",", width, count, is_multiline=True)


def json_names(sample: str) -> tuple[str, ...]:
    """Return the names in the first JSON object of a sample, in order; empty where there is none."""
    for line in sample.splitlines():
        if line.strip():
            try:
                first = json.loads(line)
            except (ValueError, RecursionError):
                return ()
            return tuple(first) if isinstance(first, dict) else ()
    return ()


def json_rows(
    source: Source,
    *,
    names: Sequence[str],
    encoding: Encoding,
    limits: Limits,
    found: Collector,
    progress: Callable[[int], None],
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of JSON Lines by the names of the first object; a line that cannot be read goes to `found`."""
    known = set(names)
    stream = _counted(blocks(source.path, encoding), progress)
    for number, line in lines.physical_lines(stream, largest=limits.largest_line_bytes):
        if line is None:
            found.add(faults.fault("line_too_long"), line=number)
            continue
        if not line.strip():
            continue
        rule, values = _json_object(line)
        if not rule and not set(values) <= known:
            rule = "too_many_columns"
        if rule:
            found.add(faults.fault(rule), line=number)
        else:
            yield number, [values.get(name, "") for name in names]


def plain_text(value: object) -> str:
    """Return a cell's value as it would be written in a text file: no decimals on a whole number, ISO for a day."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _ if hasattr(value, "isoformat"):
            return str(value.isoformat()).removesuffix("T00:00:00")
        case _:
            return str(value)


def _json_object(line: bytes) -> tuple[str, dict[str, str]]:
    try:
        pairs = json.loads(line, object_pairs_hook=list, parse_int=str)
    except (ValueError, RecursionError):
        return "not_json", {}
    if not line.lstrip().startswith(b"{"):
        return "not_json", {}
    if len({name for name, _ in pairs}) != len(pairs):
        return "repeated_name", {}
    if any(isinstance(value, list) for _, value in pairs):
        return "nested_value", {}
    return "", {name: plain_text(value) for name, value in pairs}


def _counted(stream: Iterable[bytes], progress: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    for block in stream:
        done += len(block)
        progress(done)
        yield block
