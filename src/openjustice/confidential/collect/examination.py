"""Examines a kept file for a submission: the checks of its dataset, and whether its rows belong to the period sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from openjustice.confidential.collect import ingest, validate
from openjustice.confidential.collect.findings import CheckResult, Tally, Verdict, in_order
from openjustice.contracts.dataset import Contract, FieldType
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine
from openjustice.ground.terms import Period, Severity

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Examined:
    """What an examination found, and the records where the file could be read."""

    result: CheckResult
    records: engine.Table | None

    @property
    def soft(self) -> tuple[Tally, ...]:
        """Return what is asked of the reporter."""
        return tuple(item for item in self.result.tallies if item.severity is Severity.SOFT)

    @property
    def is_returned(self) -> bool:
        """Say whether the file goes back to its reporter."""
        return self.records is None or self.result.verdict is Verdict.RETURNED

    @property
    def counts_text(self) -> str:
        """Return the counts of the rules that found something, for the audit."""
        return ", ".join(f"{rule}: {count}" for rule, count in sorted(self.result.counts.items()))


def examine(
    path: Path,
    *,
    file_name: str,
    opened: engine.Engine,
    scratch: Path,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    period: Period,
    today: date,
    progress: Progress,
) -> Examined:
    """Read and check a file on the given engine; its records stay there as a temporary table.

    `scratch` is an empty folder that the engine may read, needed only meanwhile.
    """
    limits = ingest.read_limits()
    ingested, result = validate.read_and_check(
        path, engine=opened, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction, today=today, limits=limits,
        limit_per_rule=limits.kept_lines, progress=progress,
    )  # fmt: skip
    records = None if result.verdict is Verdict.RETURNED else ingested.records
    if records is not None:
        outside = find_outside(records, contract=dataset.contract, period=period, limit=limits.kept_lines)
        result = replace(result, tallies=in_order((*result.tallies, *outside)))
    return Examined(replace(result, file=file_name), records)


def find_outside(records: engine.Table, *, contract: Contract, period: Period, limit: int) -> tuple[Tally, ...]:
    """Find the rows whose period field lies outside of the period that the file is sent for. A year is a whole number."""
    name = contract.period.field
    if name is None or contract.fields[name].type not in (FieldType.DATE, FieldType.INTEGER):
        return ()
    day = engine.quote(name)
    inside = (
        f"{day} >= $starts_on AND {day} < $ends_before"
        if contract.fields[name].type is FieldType.DATE
        else f"{day} BETWEEN year($starts_on) AND year($ends_before - INTERVAL 1 DAY)"
    )
    found = records.engine.ask(
        f"SELECT count(*), list(_line ORDER BY _line)[1:$limit] FROM {engine.quote(records.relation)} WHERE NOT ({inside})",
        {"starts_on": period.starts_on, "ends_before": period.ends_before, "limit": limit},
    )
    count, lines = found[0]
    if not count:
        return ()
    return (
        Tally(
            rule="outside_period", severity=Severity.HARD, count=count, lines=tuple(lines), field=name,
            says=f"The row does not belong to {period}, which the file is sent for.",
            fix="Send the file for the period that it covers, or move the row to the file of its own period.",
        ),
    )  # fmt: skip
