"""Checks a file against its contract: every rule in one pass over the rows, every fault at once, never a value."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import across, ingest, narratives, rules, swapped, tallies
from openjustice.confidential.collect.check import Bound, Scene
from openjustice.confidential.collect.findings import CheckResult, Tally, in_order
from openjustice.confidential.collect.ingest import Ingested, Limits, faults
from openjustice.confidential.collect.ingest.source import Progress
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine as engines
from openjustice.ground.terms import Plane


class _Misread(Exception):
    """The engine saw other rows than the lines promise, so a row's number does not tell its line."""


def check_file(
    path: Path,
    *,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    today: date,
    limits: Limits | None = None,
    limit_per_rule: int | None = None,
    mapping: str | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Check one file against its contract and return everything that was found. Needs no home and keeps nothing.

    Counts are exact; lines are listed up to `limit_per_rule` for each rule and field. `today` is the day of checking.
    """
    with tempfile.TemporaryDirectory(prefix="openjustice-") as folder:
        scratch = Path(folder).resolve()
        with engines.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[path]) as opened:
            _, result = read_and_check(
                path, engine=opened, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction, today=today,
                limits=limits, limit_per_rule=limit_per_rule, mapping=mapping, progress=progress,
            )  # fmt: skip
            return result


def read_and_check(
    path: Path,
    *,
    engine: engines.Engine,
    scratch: Path,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    today: date,
    limits: Limits | None = None,
    limit_per_rule: int | None = None,
    mapping: str | None = None,
    progress: Progress | None = None,
    is_part: bool = False,
) -> tuple[Ingested, CheckResult]:
    """Take a file in and check it; the first of the two has its `records`, for one who may keep them.

    `is_part`: the file is one table of a delivery, and what is asked of tables as a whole is asked later.

    `scratch` is a folder that the engine may read. What is written there is needed only until the records are read.
    """
    known = limits or ingest.read_limits()
    if limit_per_rule is not None:
        known = known.model_copy(update={"listed_lines": limit_per_rule})
    tell = progress or (lambda share, words: None)
    taken: dict[str, Any] = {
        "engine": engine, "dataset": dataset, "jurisdiction": jurisdiction, "limits": known, "mapping": mapping,
        "progress": tell,
    }  # fmt: skip
    screen = partial(_screen, dataset=dataset, today=today, engine=engine, limits=known)
    ingested = ingest.read_file(path, scratch=_folder(scratch, "first"), screen=screen, **taken)
    try:
        found, rows = find_findings(ingested, dataset=dataset, today=today, limits=known, progress=tell)
    except (engines.StatementFailed, _Misread):
        if ingested.first_line is None:
            raise
        tell(0.0, "a row spans lines or is malformed, so every line is read by itself")
        ingested = ingest.read_file(path, scratch=_folder(scratch, "second"), is_careful=True, **taken)
        found, rows = find_findings(ingested, dataset=dataset, today=today, limits=known, progress=tell)
    if ingested.passing:
        ingested = replace(ingested, whole=partial(_whole, path, scratch=scratch, taken=taken))
    if not is_part and rows and not ingested.faults:
        found += across.find_across(
            {dataset.contract.main_table: ingested}, dataset=dataset, jurisdiction=jurisdiction, today=today,
            limit=known.listed_lines, engine=engine,
        )  # fmt: skip
    if ingested.match is not None and rows and not ingested.faults:
        found += narratives.find_in_words(ingested, declared=dataset.checks, limit=known.listed_lines)
    tell(1.0, "checked")
    result = CheckResult(
        file=ingested.file.name, sha256=ingested.file.sha256, size=ingested.file.size, dataset=dataset.address,
        title=dataset.contract.title, mapping=ingested.mapping, form=ingested.form, rows=rows,
        tallies=in_order((*ingested.faults, *found)),
    )  # fmt: skip
    return ingested, result


def find_findings(
    ingested: Ingested, *, dataset: Dataset, today: date, limits: Limits, progress: Progress | None = None
) -> tuple[list[Tally], int]:
    """Return what every rule finds in the rows that were read, and how many rows there are.

    Raises where a large text turns out to be malformed or to have rows over several lines; it must be read carefully then.
    """
    if ingested.sent is None or ingested.match is None:
        return [], ingested.passing
    if progress:
        progress(0.1, "checking the rows")
    bound = Bound(is_brief=ingested.passing > 0)
    scene = Scene(dataset.contract, ingested.jurisdiction.codelists, today, bound)
    made = rules.make_rules(ingested, declared=dataset.checks, scene=scene)
    keys = rules.make_keys(dataset.checks, scene=scene)
    statement = tallies.flags_sql(ingested, rules=made, keys=keys, bound=bound)
    inputs = {"sent": ingested.rows}
    if ingested.first_line is not None and not ingested.rows.engine.keeps_order(
        statement, inputs=inputs, parameters=bound.used_in(statement)
    ):
        ingested = ingested.numbered()
        statement = tallies.flags_sql(ingested, rules=made, keys=keys, bound=bound)
    flags = ingested.rows.engine.derive("flags", statement, inputs=inputs, parameters=bound.used_in(statement))
    rows = flags.row_count
    if ingested.first_line is not None and rows != ingested.row_count:
        raise _Misread
    if not rows:
        return [faults.fault("no_rows")], 0
    first_line, limit = ingested.first_line, limits.listed_lines
    found = tallies.row_tallies(flags, rules=made, first_line=first_line, limit=limit)
    found += tallies.key_tallies(flags, keys=keys, first_line=first_line, limit=limit)
    flags.engine.drop(flags)
    found = [tally for tally in found if not _is_said_already(tally, ingested)]
    found = swapped.say_once(
        found, ingested=ingested, declared=dataset.checks, rows=rows + ingested.passing, scene=scene, limits=limits
    )  # fmt: skip
    return found, rows + ingested.passing


def _screen(
    path: Path,
    *,
    delimiter: str,
    ingested: Ingested,
    progress: Callable[[int], None],
    dataset: Dataset,
    today: date,
    engine: engines.Engine,
    limits: Limits,
) -> ingest.Screened | None:
    from openjustice.confidential.collect import screen  # its kernels are slow to import, and most files are small

    return screen.screen_text(
        path, delimiter=delimiter, ingested=ingested, dataset=dataset, today=today, engine=engine, limits=limits,
        progress=progress,
    )  # fmt: skip


def _whole(path: Path, *, scratch: Path, taken: dict[str, Any], is_careful: bool = False) -> Ingested:
    """Take a text in once more, all rows of it, where the screen left some alone."""
    folder = _folder(scratch, "whole again" if is_careful else "whole")
    return ingest.read_file(path, scratch=folder, is_careful=is_careful, **taken)


def _is_said_already(tally: Tally, ingested: Ingested) -> bool:
    """A column that is missing is one finding; that its cells are blank in every row is not another."""
    missing = {item.field for item in ingested.faults if item.rule == "missing_column"}
    return tally.field in missing


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder
