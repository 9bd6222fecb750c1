"""Lays two sources side by side: the same sums by the same things, and where they differ by more than is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openjustice.ground.engine import Table, quote


@dataclass(frozen=True)
class Difference:
    """One thing of which two sources differ, or that one of them lacks: a sum that is not there is None, never 0."""

    of: tuple[str, ...]
    ours: float | None
    theirs: float | None


@dataclass(frozen=True)
class Reconciled:
    """How two sources agree: how many things both have, how many agree, what differs (the largest first), what one side lacks."""

    compared: int
    agree: int
    differences: tuple[Difference, ...]
    only_ours: int
    only_theirs: int


def reconcile(
    ours: Table,
    theirs: Table,
    *,
    by: Mapping[str, str],
    summed: tuple[str | None, str | None],
    where: tuple[str | None, str | None] = (None, None),
    tolerance: float = 0.0,
) -> Reconciled:
    """Return how two sources agree.

    `by` has for each field of ours the other's field; `summed` the field summed on either side, None for the number of
    rows. `tolerance` is a share of the other's sum. Surprise: a thing that one side does not have is no difference; it is
    counted apart, for a row that is missing is not a zero.
    """
    engine = ours.engine
    keys = [f"key{place}" for place in range(len(by))]
    made = [
        _summed(keys, fields, column, condition)
        for fields, column, condition in ((tuple(by), summed[0], where[0]), (tuple(by.values()), summed[1], where[1]))
    ]
    one = engine.derive("ours_summed", made[0], inputs={"records": ours})
    two = engine.derive("theirs_summed", made[1], inputs={"records": theirs})
    joined = engine.derive(
        "reconciled",
        f"SELECT {', '.join(keys)}, ours.value AS ours, theirs.value AS theirs FROM ours FULL JOIN theirs "
        f"USING ({', '.join(keys)}) ORDER BY abs(coalesce(ours.value, 0) - coalesce(theirs.value, 0)) DESC, {', '.join(keys)}",
        inputs={"ours": one, "theirs": two},
    )
    rows = [
        Difference(tuple(str(row[key]) for key in keys), _number(row["ours"]), _number(row["theirs"]))
        for row in joined.rows()
    ]
    both = [(item, item.ours, item.theirs) for item in rows if item.ours is not None and item.theirs is not None]
    off = tuple(item for item, own, other in both if abs(own - other) > tolerance * abs(other) + 1e-9)
    return Reconciled(
        compared=len(both), agree=len(both) - len(off), differences=off,
        only_ours=sum(item.theirs is None for item in rows), only_theirs=sum(item.ours is None for item in rows),
    )  # fmt: skip


def _summed(keys: list[str], fields: tuple[str, ...], column: str | None, condition: str | None) -> str:
    named = ", ".join(f"CAST({quote(field)} AS VARCHAR) AS {key}" for key, field in zip(keys, fields, strict=True))
    value = f"sum({quote(column)})" if column else "count(*)"
    kept = f" WHERE {condition}" if condition else ""
    return f"SELECT {named}, CAST({value} AS DOUBLE) AS value FROM records{kept} GROUP BY {', '.join(keys)}"


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
