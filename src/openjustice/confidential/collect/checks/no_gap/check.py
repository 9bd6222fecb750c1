"""Finds reporters with a month without a single record between their first and their last."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`by`: the fields that say who reports; `day`: the field with the day of a record."""

    by: tuple[str, ...]
    day: str


def _fails(_check: Check, parameters: Parameters, _scene: Scene) -> str:
    who = ", ".join(value_of(name) for name in parameters.by)
    day = value_of(parameters.day)
    month = f"(year({day}) * 12 + month({day}))"
    months = f"SELECT {who}, {month} AS at_month, min(line) AS line FROM rows WHERE {day} IS NOT NULL GROUP BY {who}, {month}"
    steps = f"SELECT line, at_month - lag(at_month) OVER (PARTITION BY {who} ORDER BY at_month) AS step FROM ({months}) AS months"
    return f"SELECT line FROM ({steps}) AS steps WHERE step > 1"


CHECK = CheckKind("no_gap", "A month without a record", Parameters, whole=_fails)
