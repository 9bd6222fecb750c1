"""Rates, shares, intervals, and why a number is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from openjustice.contracts.indicator import Indicator
from openjustice.contracts.policy import TableRules
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.measure import rates
from unit.measure import world

BASE = {"denominator": {"dataset": "residents", "sum": "persons", "says": "s"}}
RULES = TableRules(method="none", rate_minimum_numerator=20, rate_minimum_population=1000)
SHAPE = {
    "county": "VARCHAR", "numerator": "BIGINT", "numerator_marker": "VARCHAR", "denominator": "DOUBLE",
    "denominator_marker": "VARCHAR", "coverage": "DOUBLE", "status_marker": "VARCHAR",
}  # fmt: skip


def counts(opened: Engine, *rows: dict[str, Any]) -> Table:
    """Make a table of protected counts."""
    values = [[row.get(name) for name in SHAPE] for row in rows]
    return opened.make_table("counts", columns=SHAPE, rows=values, plane=Plane.PROTECTED)


def one(opened: Engine, *, indicator: Indicator, rules: TableRules | None = None, **row: Any) -> dict[str, Any]:
    """Add the rate to one row and return it."""
    return rates.add_rates(counts(opened, {"county": "A", **row}), indicator=indicator, rules=rules).rows()[0]


def test_columns_stand_in_the_published_order_with_their_types(opened: Engine) -> None:
    made = rates.add_rates(counts(opened, {"county": "A", "numerator": 1}), indicator=world.indicator(), rules=None)
    assert made.column_names == ("county", *rates.COLUMNS)
    assert dict(made.columns)["numerator"] == "BIGINT"
    assert made.plane is Plane.PROTECTED


def test_a_count_is_its_own_value_without_an_interval(opened: Engine) -> None:
    row = one(opened, indicator=world.indicator(), numerator=0)
    assert (row["value"], row["value_low"], row["value_marker"]) == (0, None, None)


def test_a_rate_is_numerator_over_denominator_times_per(opened: Engine) -> None:
    row = one(
        opened,
        indicator=world.indicator(**BASE, per=100_000, interval="poisson", decimals=2),
        numerator=25,
        denominator=500_000,
    )
    assert (row["value"], row["value_low"], row["value_high"]) == (5.0, 3.24, 7.38)


@pytest.mark.parametrize(
    ("row", "marker"),
    [
        ({"numerator": None, "numerator_marker": "c", "denominator": 5000}, "c"),
        ({"numerator": None, "numerator_marker": "c", "denominator": None, "denominator_marker": "x"}, "c"),
        ({"numerator": None, "numerator_marker": "x", "denominator": 5000}, "x"),
        ({"numerator": 30, "denominator": None, "denominator_marker": "x"}, "x"),
        ({"numerator": 30, "denominator": None, "denominator_marker": "c"}, "c"),
        ({"numerator": 30, "denominator": 0}, "z"),
        ({"numerator": 19, "denominator": 5000}, "x"),
        ({"numerator": 0, "denominator": 5000}, "x"),
        ({"numerator": 20, "denominator": 999}, "x"),
    ],
)
def test_a_number_that_is_not_there_says_why(opened: Engine, row: dict[str, Any], marker: str) -> None:
    found = one(opened, indicator=world.indicator(**BASE, per=1000, interval="poisson"), rules=RULES, **row)
    assert (found["value"], found["value_low"], found["value_high"], found["value_marker"]) == (
        None,
        None,
        None,
        marker,
    )


def test_the_bounds_of_the_small_number_rule_are_themselves_allowed(opened: Engine) -> None:
    row = one(
        opened,
        indicator=world.indicator(**BASE, per=1000, interval="poisson"),
        rules=RULES,
        numerator=20,
        denominator=1000,
    )
    assert row["value"] == 20.0


def test_a_rare_part_of_a_large_whole_is_a_good_share_and_a_part_of_few_is_none(opened: Engine) -> None:
    share = world.indicator(**BASE, per=100, interval="wilson")
    assert one(opened, indicator=share, rules=RULES, numerator=1, denominator=50)["value"] == 2.0
    assert one(opened, indicator=share, rules=RULES, numerator=1, denominator=19)["value_marker"] == "x"


def test_a_rate_that_rounds_to_zero_says_so(opened: Engine) -> None:
    row = one(
        opened, indicator=world.indicator(**BASE, per=1, interval="none", decimals=1), numerator=1, denominator=1000
    )
    assert (row["value"], row["value_marker"]) == (0.0, "low")


@given(st.integers(0, 5000))
def test_poisson_bounds_leave_half_the_doubt_on_each_side(count: int) -> None:
    """The exact interval: at its lower bound so many events or more are as unlikely as half the doubt, and likewise above."""
    low, high = (float(bound[0]) for bound in rates.poisson_interval(np.array([float(count)]), confidence=0.95))
    assert low <= count <= high
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(0, 10, 0.0, 0.277533), (15, 148, 0.062386, 0.160538), (10, 10, 0.722467, 1.0)]
)
def test_wilson_bounds_are_those_of_the_book(count: int, total: int, low: float, high: float) -> None:
    bounds = rates.wilson_interval(np.array([float(count)]), np.array([float(total)]), confidence=0.95)
    assert (float(bounds[0][0]), float(bounds[1][0])) == pytest.approx((low, high), abs=5e-4)


@given(st.integers(1, 1000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_bounds_solve_the_score_equation(pair: tuple[int, int]) -> None:
    """At each bound strictly inside (0, 1) the observed share lies exactly z standard errors away."""
    count, total = pair
    z = stats.norm.ppf(0.975)
    for bound in rates.wilson_interval(np.array([float(count)]), np.array([float(total)]), confidence=0.95):
        p = float(bound[0])
        if 1e-9 < p < 1 - 1e-9:
            assert abs(count / total - p) == pytest.approx(z * np.sqrt(p * (1 - p) / total), rel=1e-6)


def test_an_empty_table_stays_empty(opened: Engine) -> None:
    assert (
        rates.add_rates(counts(opened), indicator=world.indicator(**BASE, interval="wilson"), rules=RULES).rows() == []
    )
