"""Two sources side by side: what agrees, what differs, and what one of them does not have."""

from __future__ import annotations

from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane
from openjustice.measure import reconciliation
from openjustice.measure.reconciliation import Difference


def table(opened: Engine, name: str, rows: list[tuple[str, int, int | None]]):
    """Make a table of a county, a year and a number."""
    columns = {"county": "VARCHAR", "year": "BIGINT", name: "BIGINT"}
    return opened.make_table(name, columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)


def test_sums_agree_differ_or_stand_alone(opened: Engine):
    ours = table(opened, "felony", [("A", 1, 10), ("A", 1, 5), ("B", 1, 7), ("C", 1, 3)])
    theirs = table(opened, "total", [("A", 1, 15), ("B", 1, 9), ("D", 1, 0)])
    found = reconciliation.reconcile(ours, theirs, by={"county": "county", "year": "year"}, summed=("felony", "total"))
    assert (found.compared, found.agree, found.only_ours, found.only_theirs) == (2, 1, 1, 1)
    assert found.differences == (Difference(("B", "1"), 7.0, 9.0),)


def test_a_tolerance_is_a_share_of_the_others_sum(opened: Engine):
    ours, theirs = table(opened, "one", [("A", 1, 98)]), table(opened, "two", [("A", 1, 100)])
    for tolerance, agree in ((0.01, 0), (0.02, 1)):
        found = reconciliation.reconcile(
            ours, theirs, by={"county": "county"}, summed=("one", "two"), tolerance=tolerance
        )
        assert found.agree == agree


def test_rows_are_counted_where_no_field_is_summed_and_conditions_choose(opened: Engine):
    ours = table(opened, "one", [("A", 1, 1), ("A", 2, 1), ("A", 2, 1)])
    theirs = table(opened, "two", [("A", 1, 3), ("A", 2, 2)])
    found = reconciliation.reconcile(
        ours, theirs, by={"county": "county"}, summed=(None, "two"), where=("year = 2", "year = 2")
    )
    assert (found.compared, found.agree) == (1, 1)
