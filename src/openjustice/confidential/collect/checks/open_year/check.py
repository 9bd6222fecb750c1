"""Finds days of a calendar year that is not open for reporting: a later one, or an earlier one after its closing day."""

from __future__ import annotations

from datetime import date

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`closes_on`: the last day, as month and day (`03-31`), on which the year before may still be reported."""

    closes_on: str


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    today = scene.today
    month, _, day = parameters.closes_on.partition("-")
    is_open = today <= date(today.year, int(month), int(day))
    first = scene.bound.add(today.year - 1 if is_open else today.year)
    last = f"CAST({scene.bound.add(today.isoformat())} AS DATE)"
    return " OR ".join(f"year({value_of(name)}) < {first} OR {value_of(name)} > {last}" for name in check.fields)


CHECK = CheckKind("open_year", "A day of a year that is not open", Parameters, row=_fails)
