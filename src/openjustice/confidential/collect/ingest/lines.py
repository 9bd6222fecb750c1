"""Reads text line by line and record by record, so that every finding names the physical line an editor would show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openjustice.confidential.collect.findings import Collector
from openjustice.confidential.collect.ingest import faults
from openjustice.confidential.collect.ingest.limits import Limits

Line = tuple[int, bytes | None]
_QUOTE = ord('"')


@dataclass(frozen=True)
class Record:
    """One record of a delimited text: the line it starts on, its cells' number, and its bytes ready to be written.

    `is_multiline` says that a cell holds a line break. `cells` is filled only where quotation marks had to be read.
    """

    line: int
    width: int
    raw: bytes
    is_multiline: bool = False


def physical_lines(blocks: Iterable[bytes], *, largest: int) -> Iterator[Line]:
    """Yield each physical line with its number from 1, ended by CR, LF or CRLF; None in place of a line over `largest`.

    Memory stays bounded by the block and `largest`, whatever the file is.
    """
    number, tail, is_skipping, held = 0, b"", False, b""
    for block in blocks:
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        parts = block.split(b"\n")
        if is_skipping and len(parts) == 1:
            continue
        parts[0] = b"" if is_skipping else tail + parts[0]
        for part in parts[:-1]:
            number += 1
            yield number, None if is_skipping or len(part) > largest else part
            is_skipping = False
        tail = parts[-1]
        if len(tail) > largest:
            tail, is_skipping = b"", True
    if held:
        number += 1
        yield number, None if is_skipping else tail
    elif tail or is_skipping:
        yield number + 1, None if is_skipping else tail


def records(
    lines: Iterable[Line], *, delimiter: bytes, limits: Limits, found: Collector, must_be_utf_8: bool = False
) -> Iterator[Record]:
    """Yield the records of a delimited text, blank lines left out; what cannot be read goes to `found` with its line.

    A quotation mark opens a cell only at the cell's start; elsewhere it is text. Where an opened cell never closes, its
    line alone is given up and reading goes on at the next line.
    """
    source = _Pushback(lines)
    cell = _cell_pattern(delimiter)
    unclosed = width = 0
    for number, line in source:
        if line is None:
            found.add(faults.fault("line_too_long"), line=number)
        elif not line or line.isspace():
            continue
        elif b"\0" in line:
            found.add(faults.fault("nul_byte"), line=number)
        elif must_be_utf_8 and not _is_utf_8(line):
            found.add(faults.fault("mixed_encoding"), line=number)
        elif _QUOTE not in line:
            record = Record(number, line.count(delimiter) + 1, line)
            width = width or record.width
            yield record
        else:
            may_span = unclosed < limits.unclosed_quotes
            rule, quoted = _quoted(number, line, source, cell, delimiter, limits, width=width, may_span=may_span)
            if quoted is not None:
                width = width or quoted.width
                yield quoted
            else:
                unclosed += rule == "unclosed_quote"
                found.add(faults.fault(rule), line=number)


def split(raw: bytes, *, delimiter: bytes) -> list[bytes] | None:
    """Return the cells of one record, without their quotation marks; None where it is malformed."""
    cells, rest = _cells(raw, _cell_pattern(delimiter))
    return cells if rest is None else None


def write_record(cells: Iterable[bytes], *, delimiter: bytes) -> bytes:
    """Return the cells as one record, quoted where they need it."""
    special = (delimiter, b'"', b"\n", b"\r")
    return delimiter.join(
        b'"' + cell.replace(b'"', b'""') + b'"' if any(mark in cell for mark in special) else cell for cell in cells
    )


class _Pushback:
    """Lines that can be given back, so that reading may go on after a quotation mark that never closed."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._back: list[Line] = []

    def __iter__(self) -> _Pushback:
        return self

    def __next__(self) -> Line:
        return self._back.pop() if self._back else next(self._lines)

    def give_back(self, lines: list[Line]) -> None:
        self._back.extend(reversed(lines))


def _quoted(
    number: int,
    line: bytes,
    source: _Pushback,
    cell: re.Pattern[bytes],
    delimiter: bytes,
    limits: Limits,
    *,
    width: int,
    may_span: bool,
) -> tuple[str, Record | None]:
    """Read a record that holds quotation marks, over as many lines as it needs."""
    cells, rest = _cells(line, cell)
    if rest is None:
        return "", Record(number, len(cells), write_record(cells, delimiter=delimiter))
    if not _is_open(rest):
        return "stray_quote", None
    cells_before = cells
    taken: list[Line] = []
    text, size = [rest], len(line)
    while may_span and len(taken) < limits.largest_record_lines and size <= limits.largest_line_bytes:
        following = next(source, None)
        if following is None:
            break
        taken.append(following)
        if following[1] is None:
            break
        size += len(following[1]) + 1
        text.append(following[1])
        if _QUOTE in following[1] and not _is_open(whole := b"\n".join(text)):
            more, rest_after = _cells(whole, cell)
            if rest_after is None:
                full = [*cells, *more]
                if len(full) != width == len(cells_before) + rest.count(delimiter) + 1:
                    break  # alone, the first line has the right number of columns: its quotation mark is the fault
                return "", Record(number, len(full), write_record(full, delimiter=delimiter), is_multiline=True)
            if not _is_open(rest_after):
                break
            cells, text = [*cells, *more], [rest_after]
    source.give_back(taken)
    return "unclosed_quote", None


def _cell_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    return re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"(?=' + mark + rb'|\Z)|((?!")[^' + mark + rb"]*)")


def _cells(raw: bytes, cell: re.Pattern[bytes]) -> tuple[list[bytes], bytes | None]:
    """Return the cells read, and the rest from the first cell that is malformed or not closed (None if all was read)."""
    cells: list[bytes] = []
    place = 0
    while True:
        found = cell.match(raw, place)
        if found is None:
            return cells, raw[place:]
        quoted, bare = found.groups()
        cells.append(bare if quoted is None else quoted.replace(b'""', b'"'))
        place = found.end() + 1
        if place > len(raw):
            return cells, None


def _is_open(rest: bytes) -> bool:
    """Say whether a cell that starts with a quotation mark still lacks the closing one."""
    return re.match(rb'"[^"]*+(?:""[^"]*+)*+"', rest) is None


def _is_utf_8(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
