"""Finds months in which far fewer records come for each unit than in the other months of the same reporter: under-reporting."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`by`: who reports. `day`: the day of a record. `per`: the units that are counted once, officers for example.

    A month fails where it has less than `share` of the median of the other months, which are at least `months`, and the median is
    at least `least` records.
    """

    by: tuple[str, ...]
    day: str
    per: str
    share: float
    months: int
    least: int


def _fails(_check: Check, parameters: Parameters, scene: Scene) -> str:
    who, day = ", ".join(value_of(name) for name in parameters.by), value_of(parameters.day)
    month = f"(year({day}) * 12 + month({day}))"
    share, months, least = (scene.bound.add(item) for item in (parameters.share, parameters.months, parameters.least))
    counted = (
        f"SELECT {who}, {month} AS at_month, min(line) AS line, count(*) AS records, "
        f"count(*) / count(DISTINCT {value_of(parameters.per)}) AS each_one FROM rows "
        f"WHERE {day} IS NOT NULL AND {value_of(parameters.per)} IS NOT NULL GROUP BY {who}, {month}"
    )
    beside = (
        f"SELECT line, at_month, records, each_one, min(at_month) OVER (PARTITION BY {who}) AS first_month, "
        f"max(at_month) OVER (PARTITION BY {who}) AS last_month, count(*) OVER (PARTITION BY {who}) AS months, "
        f"median(records) OVER (PARTITION BY {who}) AS usual_records, "
        f"median(each_one) OVER (PARTITION BY {who}) AS usual FROM ({counted}) AS counted"
    )
    return (
        f"SELECT line FROM ({beside}) AS beside WHERE months > {months} AND usual_records >= {least} "
        f"AND each_one < {share} * usual AND at_month BETWEEN first_month + 1 AND last_month - 1"
    )


CHECK = CheckKind("steady_count", "A month with far fewer records than the others", Parameters, whole=_fails)
