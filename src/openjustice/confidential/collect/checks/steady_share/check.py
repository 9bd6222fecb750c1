"""Finds reporters whose share of one code changes sharply against their own earlier records: systematic misreporting."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`field`: the field whose codes are watched. `by`: who reports. `day`: the day of a record.

    A reporter's quarter fails where the share of a code differs from the share in the reporter's other quarters by at least
    `difference`, and by more than `deviations` standard deviations of a binomial count; both sides have at least `least` records.
    """

    field: str
    by: tuple[str, ...]
    day: str
    difference: float
    deviations: float
    least: int


def _fails(_check: Check, parameters: Parameters, scene: Scene) -> str:
    who, day, field = (
        ", ".join(value_of(name) for name in parameters.by),
        value_of(parameters.day),
        value_of(parameters.field),
    )
    several = scene.contract.fields[parameters.field].several
    codes = f"unnest({field})" if several else field
    quarter = f"(year({day}) * 4 + quarter({day}))"
    difference, deviations, least = (
        scene.bound.add(item) for item in (parameters.difference, parameters.deviations, parameters.least)
    )
    sizes = (
        f"SELECT {who}, {quarter} AS at_quarter, min(line) AS line, count(*) AS size FROM rows "
        f"WHERE {day} IS NOT NULL AND {field} IS NOT NULL GROUP BY {who}, {quarter}"
    )
    sized = f"SELECT *, sum(size) OVER (PARTITION BY {who}) AS size_ever FROM ({sizes}) AS sizes"
    coded = f"SELECT {who}, {quarter} AS at_quarter, {codes} AS code FROM rows WHERE {day} IS NOT NULL AND {field} IS NOT NULL"
    counts = (
        f"SELECT {who}, at_quarter, code, count(*) AS found FROM ({coded}) AS coded GROUP BY {who}, at_quarter, code"
    )
    counted = f"SELECT *, sum(found) OVER (PARTITION BY {who}, code) AS found_ever FROM ({counts}) AS counts"
    beside = (
        "SELECT line, size, found, size_ever - size AS other_size, "
        "(found_ever - found) / nullif(size_ever - size, 0) AS usual "
        f"FROM ({sized}) AS sized JOIN ({counted}) AS counted USING ({who}, at_quarter)"
    )
    return (
        f"SELECT DISTINCT line FROM ({beside}) AS beside WHERE size >= {least} AND other_size >= {least} "
        f"AND abs(found / size - usual) >= {difference} "
        f"AND abs(found - size * usual) > {deviations} * sqrt(size * greatest(usual * (1 - usual), 1 / (size + other_size)))"
    )


CHECK = CheckKind("steady_share", "A share that changes sharply against earlier records", Parameters, whole=_fails)
