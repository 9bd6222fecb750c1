"""What a quantity's condition holds fixed, and which part of it speaks of time."""

from __future__ import annotations

import pytest

from openjustice.measure import conditions


@pytest.mark.parametrize(
    ("where", "pairs"),
    [
        (None, ()),
        ("sex = 'Male'", (("sex", "Male"),)),
        ("sex = 'Male' AND death_year = '2009'", (("death_year", "2009"), ("sex", "Male"))),
        ("sex = 'Male' OR death_year = '2009'", None),
        ("age < 18", None),
        ("sex = 'Male' AND age < 18", None),
        ("sex <> 'Male'", None),
        ("sex = race", None),
    ],
)
def test_only_equalities_hold_a_variable_fixed(where: str | None, pairs: conditions.Pairs | None) -> None:
    assert conditions.fixed_pairs(where) == pairs


def test_named_columns_are_sorted_and_stand_once() -> None:
    assert conditions.named_columns("b = 'x' AND (a > 1 OR b = 'y')") == ("a", "b")


def test_the_part_about_time_is_taken_out_of_a_condition() -> None:
    where = "manner = 'Natural' AND death_year >= 2010 AND (death_year < 2018 OR sex = 'Male')"
    assert conditions.only_about(where, {"death_year"}) == "death_year >= 2010"
    assert conditions.only_about("manner = 'Natural'", {"death_year"}) is None
