"""Reads a file of any form into one table of texts, with the physical line of every row."""

from __future__ import annotations

import shutil
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from openjustice.confidential.collect.findings import Collector, Tally
from openjustice.confidential.collect.ingest import clean, encoding, faults, layout, lines, reading
from openjustice.confidential.collect.ingest.clean import LINE, CleanText, TextPlan
from openjustice.confidential.collect.ingest.encoding import Encoding, Survey
from openjustice.confidential.collect.ingest.ingested import Ingested
from openjustice.confidential.collect.ingest.layout import Layout, Match
from openjustice.confidential.collect.ingest.limits import Limits
from openjustice.confidential.collect.ingest.screened import Screen
from openjustice.confidential.collect.ingest.source import GZIP, Form, Progress, Sent, Source, identify, open_source
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine as engines

DELIMITERS = (",", ";", "\t", "|")
_UNKNOWN = Sent(name="", size=0, sha256="")
_DELIMITER_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def read_file(
    path: Path,
    *,
    engine: engines.Engine,
    scratch: Path,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    limits: Limits,
    mapping: str | None = None,
    progress: Progress | None = None,
    is_careful: bool = False,
    screen: Screen | None = None,
) -> Ingested:
    """Take a file in, whatever its form, encoding and dialect; every fault of its shape is in the answer.

    `scratch` is an empty folder that the engine may read; it must live as long as the answer is used. A large text is read
    as it stands unless `is_careful`: then a statement over it raises StatementFailed where a line is malformed, and the
    caller reads it again carefully, which finds every such line. A large text goes through the `screen` first, if one is given.
    """
    reader = _Reader(
        engine=engine, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction, limits=limits,
        layouts=layout.layouts_of(dataset, only=mapping), progress=progress or (lambda share, words: None),
        found=Collector(limit=limits.listed_lines), is_careful=is_careful,
    )  # fmt: skip
    is_screened = screen is not None and reader.is_large_text(path)
    with ThreadPoolExecutor(max_workers=1) as beside:  # the digest takes as long as all else before the rows
        identified = None if is_screened else beside.submit(identify, path)
        try:
            source = open_source(path, scratch=scratch, limits=limits)
            if is_screened and screen is not None:
                if (passed := reader.screened(source, screen)) is not None:
                    return passed
                identified = beside.submit(identify, path)
            taken = reader.read(source)
        except faults.Stopped as stopped:
            taken = reader.ingested("", None, None, None, None, (stopped.tally,))
        return replace(taken, file=(identified or beside.submit(identify, path)).result())


@dataclass(frozen=True)
class _Reader:
    engine: engines.Engine
    scratch: Path
    dataset: Dataset
    jurisdiction: Jurisdiction
    limits: Limits
    layouts: Sequence[Layout]
    progress: Progress
    found: Collector
    is_careful: bool

    def read(self, source: Source) -> Ingested:
        match source.form:
            case Form.TEXT:
                return self._text(source)
            case Form.JSON_LINES:
                return self._json(source)
            case Form.WORKBOOK:
                return self._workbook(source)
            case Form.PARQUET:
                return self._parquet(source)

    def ingested(
        self,
        form: str,
        match: Match | None,
        sent: engines.Table | None,
        first_line: int | None,
        rows: int | None,
        more: Sequence[Tally] = (),
    ) -> Ingested:
        found = (*more, *(match.faults if match else ()), *self.found.tallies)
        return Ingested(
            file=_UNKNOWN, form=form, match=match, sent=sent, first_line=first_line, row_count=rows, faults=found,
            contract=self.dataset.contract, jurisdiction=self.jurisdiction,
        )  # fmt: skip

    # -- a large text behind a screen ---------------------------------------------------------------------------

    def is_large_text(self, path: Path) -> bool:
        """Say whether a file may be worth a screen: large, and not packed."""
        with path.open("rb") as stream:
            is_packed = stream.read(2) == GZIP
        return path.stat().st_size > self.limits.screened_from_bytes and not is_packed

    def screened(self, source: Source, screen: Screen) -> Ingested | None:
        """Read the lines in doubt of a text; null where the screen cannot tell them, and nothing is found then."""
        if source.form is not Form.TEXT:
            return None
        coded = encoding.recognize(source.sample, path=source.path, surveyed=encoding.UTF_8, limits=self.limits)
        plan, more = self._plan(source, coded)
        if coded is not Encoding.UTF_8 or plan.header_line != 1:
            return None
        form = _form_of(coded, plan, source)
        told = screen(
            source.path, delimiter=plan.delimiter, ingested=self.ingested(form, plan.match, None, None, None),
            progress=self._share(source, "screening the rows"),
        )  # fmt: skip
        if told is None:
            return None
        made = clean.write_from_lines(
            told.lines, self.scratch / "clean.csv", plan=plan, limits=self.limits, found=self.found
        )
        taken = self._from_clean(form, plan.match, made, more, passing=told.passing)
        return replace(
            taken, file=Sent(name=source.path.name, size=told.size, sha256=told.sha256), passing=told.passing
        )

    # -- delimited text ------------------------------------------------------------------------------------------

    def _text(self, source: Source) -> Ingested:
        surveyed = encoding.survey(source.path)
        coded = encoding.recognize(source.sample, path=source.path, surveyed=surveyed, limits=self.limits)
        plan, more = self._plan(source, coded)
        form = _form_of(coded, plan, source)
        if self._may_stand(source, plan, surveyed):
            table = self._read_as_it_stands(source, plan, surveyed.newline or "")
            rows = surveyed.lines - plan.header_line
            taken = self.ingested(form, plan.match, table, plan.header_line + 1, rows, more)
            return replace(taken, is_plain=surveyed.is_plain)
        made = clean.write_from_text(
            source, self.scratch / "clean.csv", plan=plan, limits=self.limits, found=self.found,
            progress=self._share(source, "reading the lines"),
        )  # fmt: skip
        return replace(self._from_clean(form, plan.match, made, more), is_plain=surveyed.is_plain)

    def _may_stand(self, source: Source, plan: TextPlan, surveyed: Survey) -> bool:
        """Say whether a text is large, and plain enough for the engine to read it as it stands."""
        mapping = plan.match.layout.mapping
        is_plain = surveyed.is_utf_8 and surveyed.newline is not None and not surveyed.nuls and plan.header_line == 1
        is_marked = source.sample.startswith(BOM_UTF8)
        is_large = source.path.stat().st_size > self.limits.careful_up_to_bytes
        return is_large and is_plain and not (is_marked or mapping.unpivot or mapping.keep or self.is_careful)

    def _read_as_it_stands(self, source: Source, plan: TextPlan, newline: str) -> engines.Table:
        return self.engine.read_text(
            self._within_reach(source.path), name="sent", columns=reading.column_names(plan.match), delimiter=plan.delimiter,
            skip=1, newline=newline, largest_line=self.limits.largest_line_bytes, is_multiline=False,
        )  # fmt: skip

    def _plan(self, source: Source, coded: Encoding) -> tuple[TextPlan, tuple[Tally, ...]]:
        """Find delimiter and header: the pair that fits a layout best, on the first line if at all possible."""
        sample = encoding.decoded_sample(source.sample, coded).encode()
        physical = lines.physical_lines([sample], largest=self.limits.largest_line_bytes)
        heads = [(number, line) for number, line in physical if line is None or line.strip()][
            : self.limits.header_within_lines
        ]
        if not heads or heads[0][1] is None:
            raise faults.stop("line_too_long", line=heads[0][0] if heads else 1)
        given = heads[0][1]
        if given.lower().startswith(b"sep=") and len(given) == 5:
            heads = heads[1:]
        for index, (number, line) in enumerate(heads):
            plans = [plan for mark in DELIMITERS if (plan := self._try(line or b"", mark, number, coded)) is not None]
            if plans:
                best = max(plans, key=lambda plan: len(plan.match.places))
                if best.match.width > self.limits.largest_columns:
                    raise faults.stop("too_many_columns_in_header", line=number)
                more = (faults.fault("header_not_first", line=heads[0][0]),) if index else ()
                return best, more
        raise faults.stop("no_header", line=heads[0][0] if heads else None)

    def _try(self, line: bytes, mark: str, number: int, coded: Encoding) -> TextPlan | None:
        cells = lines.split(line, delimiter=mark.encode())
        if cells is None:
            return None
        names = [cell.decode(errors="replace") for cell in cells]
        match = layout.match_header(names, layouts=self.layouts, share=self.limits.layout_share, line=number)
        return TextPlan(coded, mark, number, match) if match else None

    # -- other forms ---------------------------------------------------------------------------------------------

    def _json(self, source: Source) -> Ingested:
        surveyed = encoding.survey(source.path)
        coded = encoding.recognize(source.sample, path=source.path, surveyed=surveyed, limits=self.limits)
        names = clean.json_names(encoding.decoded_sample(source.sample, coded))
        match = self._match(names, line=1)
        rows = clean.json_rows(
            source, names=names, encoding=coded, limits=self.limits, found=self.found,
            progress=self._share(source, "reading the lines"),
        )  # fmt: skip
        made = clean.write_from_rows(rows, self.scratch / "clean.csv", width=match.width)
        return self._from_clean(Form.JSON_LINES, match, made)

    def _workbook(self, source: Source) -> Ingested:
        from openjustice.confidential.collect.ingest import workbook  # slow to import, and most files are text

        with workbook.open_workbook(source.path) as book:
            best: tuple[int, str, int, Match] | None = None
            seen = 0
            for sheet in workbook.sheet_names(book):
                heads = workbook.first_rows(book, sheet, count=self.limits.header_within_lines)
                seen += len(heads)
                for number, cells in heads:
                    match = layout.match_header(
                        _without_blank_end(cells), layouts=self.layouts, share=self.limits.layout_share, line=number
                    )
                    if match and (best is None or len(match.places) > best[0]):
                        best = (len(match.places), sheet, number, match)
            if best is None:
                raise faults.stop("no_header" if seen else "empty_file", line=1 if seen else None)
            _, sheet, header_line, match = best
            rows = workbook.rows_below(book, sheet, header_line=header_line, width=match.width, found=self.found)
            made = clean.write_from_rows(rows, self.scratch / "clean.csv", width=match.width)
        first = faults.fault("header_not_first", line=1)
        return self._from_clean(Form.WORKBOOK, match, made, (first,) if header_line > 1 else ())

    def _parquet(self, source: Source) -> Ingested:
        try:
            read = self.engine.read_parquet(self._within_reach(source.path), name="sent")
        except engines.StatementFailed:
            raise faults.stop("damaged_parquet") from None
        match = self._match(read.column_names, line=None)
        names = reading.column_names(match)
        texts = ", ".join(
            f"{_parquet_text(engines.quote(old), kind)} AS {engines.quote(new)}"
            for (old, kind), new in zip(read.columns, names, strict=True)
        )
        sent = self.engine.derive("sent", f"SELECT rowid + 1 AS {LINE}, {texts} FROM read", inputs={"read": read})
        count = sent.row_count
        self.engine.drop(read)
        return self.ingested(Form.PARQUET, match, sent, None, count, () if count else (faults.fault("no_rows"),))

    # -- shared --------------------------------------------------------------------------------------------------

    def _match(self, names: Sequence[str], *, line: int | None) -> Match:
        match = layout.match_header(names, layouts=self.layouts, share=self.limits.layout_share, line=line or 1)
        if match is None:
            raise faults.stop("no_header", line=line)
        return match if line else replace(match, faults=tuple(replace(item, lines=()) for item in match.faults))

    def _from_clean(
        self, form: str, match: Match, made: CleanText, more: Sequence[Tally] = (), *, passing: int = 0
    ) -> Ingested:
        if not made.row_count:
            empty = () if passing or self.found.tallies else (faults.fault("no_rows"),)
            return self.ingested(form, match, None, None, 0, (*more, *empty))
        table = self.engine.read_text(
            made.path, name="sent", columns=[LINE, *reading.column_names(match)], delimiter=made.delimiter, skip=0,
            newline="\\n", largest_line=2 * self.limits.largest_line_bytes, is_multiline=made.is_multiline,
        )  # fmt: skip
        return self.ingested(form, match, table, None, made.row_count, more)

    def _within_reach(self, path: Path) -> Path:
        """Return a path that the engine may read: the file's own, or a copy in the scratch folder."""
        if self.engine.may_read(path):
            return path.resolve()
        return Path(shutil.copyfile(path, self.scratch / "sent"))

    def _share(self, source: Source, words: str) -> Callable[[int], None]:
        size = max(1, source.path.stat().st_size)
        return lambda done: self.progress(min(1.0, done / size), words)


def _form_of(coded: Encoding, plan: TextPlan, source: Source) -> str:
    return f"{coded} text, {_DELIMITER_WORDS[plan.delimiter]}" + (", gzip" if source.is_packed else "")


def _without_blank_end(cells: Sequence[str]) -> list[str]:
    width = max((index for index, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return list(cells[:width])


def _parquet_text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    if kind.startswith("TIMESTAMP"):
        return f"replace(CAST({column} AS VARCHAR), ' 00:00:00', '')"
    return f"nullif(CAST({column} AS VARCHAR), '')"
