"""Finds rows whose fields for year, month and day are together no day of the calendar."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, NoParameters, Scene, value_of
from openjustice.contracts.dataset import Check


def _fails(check: Check, _parameters: NoParameters, _scene: Scene) -> str:
    year, month, day = (value_of(name) for name in check.fields)
    given = " AND ".join(f"{part} IS NOT NULL" for part in (year, month, day))
    text = f"printf('%04d-%02d-%02d', {year}, {month}, {day})"
    # A cell that its own test found already would be counted twice: a month of 13 is out of the month's range.
    within = f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
    return f"{given} AND {within} AND TRY_CAST({text} AS DATE) IS NULL"


CHECK = CheckKind("valid_date", "Fields that are together no day of the calendar", NoParameters, row=_fails)
