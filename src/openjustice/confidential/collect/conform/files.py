"""Reads the files of a source as they stand: the header found under title rows, columns told by name over the years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.confidential.collect.findings import Collector, Tally
from openjustice.confidential.collect.ingest import clean, encoding, faults, lines
from openjustice.confidential.collect.ingest.clean import LINE, TextPlan
from openjustice.confidential.collect.ingest.encoding import Encoding
from openjustice.confidential.collect.ingest.layout import Layout, Match, plain
from openjustice.confidential.collect.ingest.limits import Limits
from openjustice.confidential.collect.ingest.read import DELIMITERS
from openjustice.confidential.collect.ingest.source import Form, Source, open_source
from openjustice.contracts.dataset import Mapping
from openjustice.ground import engine as engines
from openjustice.ground import errors

_NO_LAYOUT = Layout("source", Mapping(mapping="source", title="The file's own columns", columns={}), ())
# A header is among the first lines of a file; below, a table with few columns could be taken for one.
_FEWEST_CELLS = 2


@dataclass(frozen=True)
class FileRead:
    """One file as a table of texts with `_line`; its columns by plain name, and the words above its header."""

    name: str
    table: engines.Table
    columns: dict[str, str]
    names: tuple[str, ...]
    title: str
    header_line: int
    faults: tuple[Tally, ...]


def read_source_file(
    path: Path, *, engine: engines.Engine, scratch: Path, limits: Limits, known: Sequence[str] = ()
) -> FileRead:
    """Read one delimited text file of any layout; `known` are names that tell its header.

    Raises SubmissionRefused where the file is no delimited text or no line of its top can be a header.
    """
    folder = scratch / path.name
    folder.mkdir()
    found = Collector(limit=limits.listed_lines)
    try:
        source = open_source(path, scratch=folder, limits=limits)
        if source.form is not Form.TEXT:
            raise faults.stop("no_header", line=1)
        plan, title = _plan(source, limits=limits, known={plain(name) for name in known})
    except faults.Stopped as stopped:
        raise errors.SubmissionRefused.because(
            stopped.tally.rule, stopped.tally.says, why="The file is no table with a header that can be read.",
            way_out=stopped.tally.fix, place=errors.Place(file=path.name),
        ) from None  # fmt: skip
    names = list(plan.match.layout.columns)
    made = clean.write_from_text(
        source, folder / "clean.csv", plan=plan, limits=limits, found=found, progress=lambda _: None
    )
    given = _distinct(names)
    table = engine.read_text(
        made.path, name=path.stem, columns=[LINE, *given], delimiter=made.delimiter, skip=0, newline="\\n",
        largest_line=2 * limits.largest_line_bytes, is_multiline=made.is_multiline,
    )  # fmt: skip
    by_name: dict[str, str] = {}
    for name, column in zip(names, given, strict=True):
        by_name.setdefault(plain(name), column)
    return FileRead(
        path.name, table, by_name, tuple(name.strip("\ufeff ") for name in names), title, plan.header_line,
        tuple(found.tallies),
    )  # fmt: skip


def _plan(source: Source, *, limits: Limits, known: set[str]) -> tuple[TextPlan, str]:
    surveyed = encoding.survey(source.path)
    coded = encoding.recognize(source.sample, path=source.path, surveyed=surveyed, limits=limits)
    sample = encoding.decoded_sample(source.sample, coded).encode()
    heads = [
        (number, line)
        for number, line in lines.physical_lines([sample], largest=limits.largest_line_bytes)
        if line is not None and line.strip()
    ][: limits.header_within_lines]
    best: tuple[tuple[int, int, int], TextPlan] | None = None
    for number, line in heads:
        for mark in DELIMITERS:
            cells = _cells(line or b"", mark)
            if cells is None or len(cells) < _FEWEST_CELLS:
                continue
            score = (_told(cells, known), _like_header(cells), -number)
            if best is None or score > best[0]:
                best = (score, _text_plan(cells, mark, number, coded))
    if best is None:
        raise faults.stop("no_header", line=heads[0][0] if heads else 1)
    plan = best[1]
    above = [line.decode(errors="replace") for number, line in heads if line and number < plan.header_line]
    return plan, " ".join(re.sub(r"[,;|\t\"]+", " ", text).strip() for text in above)


def _cells(line: bytes, mark: str) -> list[str] | None:
    cells = lines.split(line, delimiter=mark.encode())
    return None if cells is None else [cell.decode(errors="replace") for cell in cells]


def _told(cells: Sequence[str], known: set[str]) -> int:
    return len({plain(cell) for cell in cells} & known)


def _like_header(cells: Sequence[str]) -> int:
    """Count the cells that look like names: different, with a letter, no number or day; a title fills one of many."""
    names = {plain(cell) for cell in cells if re.search(r"[^\W\d_]", cell) and not re.match(r"\s*\d+[/:.-]", cell)}
    return len(names)


def _text_plan(cells: Sequence[str], mark: str, number: int, coded: Encoding) -> TextPlan:
    layout = Layout(_NO_LAYOUT.name, _NO_LAYOUT.mapping, tuple(cells))
    return TextPlan(coded, mark, number, Match(layout=layout, places={}, width=len(cells)))


def _distinct(names: Sequence[str]) -> list[str]:
    """Return a name for each column that the engine can tell from the others, whatever its case."""
    made: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        wanted = name.strip("\ufeff ") or f"column {place}"
        made.append(f"{wanted} ({place})" if wanted.casefold() in taken or wanted == LINE else wanted)
        taken.add(made[-1].casefold())
    return made
