"""What each contributor gave to each cell: counted by hand, totals included, the largest parts first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from openjustice.confidential.drafting import contributions
from openjustice.contracts.indicator import Quantity
from openjustice.contracts.policy import TableRules
from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.protect.small_cells import Contributions

COLUMNS = {"county": "VARCHAR", "agency": "VARCHAR", "stops": "BIGINT", "kept": "VARCHAR"}
ROWS = [
    ("A", "one", 5, "y"), ("A", "one", 3, "y"), ("A", "two", 1, "y"), ("A", "two", 90, "n"),
    ("B", "one", 4, "y"), (None, "three", 2, "y"),
]  # fmt: skip


def measured(**quantity: Any) -> Any:
    numerator = Quantity.model_validate({"dataset": "d", "says": "s"} | quantity)
    return SimpleNamespace(id="t", variables=("county",), indicator=SimpleNamespace(numerator=numerator))


def truth(opened: engine.Engine, item: Any, *small_cells: dict[str, Any]) -> Any:
    records = opened.make_table("records", columns=COLUMNS, rows=ROWS, plane=Plane.CONFIDENTIAL)
    rules = TableRules.model_validate({"method": "cell_suppression", "small_cells": small_cells})
    return SimpleNamespace(
        rules=SimpleNamespace(tables=rules), recoded={"d": records}, dataset=SimpleNamespace(id="d"), tables=(item,)
    )


def test_sums_are_taken_apart_by_contributor() -> None:
    rule = {"rule": "dominance", "n": 2, "k": 80, "contributor": "agency", "source": "s"}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        found = contributions.measure(truth(opened, measured(sum="stops", where="kept = 'y'"), rule))
    assert found == {"agency": {"t": {
        ("A",): Contributions(2, (8.0, 1.0), 9.0), ("B",): Contributions(1, (4.0,), 4.0), ("_U",): Contributions(1, (2.0,), 2.0),
        ("_T",): Contributions(3, (12.0, 2.0), 15.0),
    }}}  # fmt: skip


def test_counts_are_taken_apart_too_and_no_part_is_kept_that_no_rule_looks_at() -> None:
    rule = {"rule": "contributors", "at_least": 3, "contributor": "agency", "source": "s"}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        found = contributions.measure(truth(opened, measured(), rule))["agency"]["t"]
    assert found["A",] == Contributions(2, (), 4.0)
    assert found["_T",] == Contributions(3, (), 6.0)


def test_without_such_a_rule_nothing_is_measured() -> None:
    none: Any = SimpleNamespace(rules=SimpleNamespace(tables=None))
    assert contributions.measure(none) == {}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        assert contributions.measure(truth(opened, measured())) == {}
