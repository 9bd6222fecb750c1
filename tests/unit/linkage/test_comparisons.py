"""Each kind of comparison has its levels; equality is the highest, and what cannot be read is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import errors, kernels
from openjustice.linkage import comparisons, similarity
from openjustice.linkage.comparisons import Comparison, Kind

WORDS = st.text(alphabet="abcd", max_size=7)


def levels(comparison: Comparison, left: list[Any], right: list[Any]) -> list[int]:
    prepared = comparisons.prepare(comparison, left, right)
    rows = np.arange(len(left))
    return [int(level) for level in comparisons.compare(prepared, rows, rows)]


def test_exact():
    assert levels(Comparison("sex"), ["F", "F", None], ["F", "M", "F"]) == [1, 0, -1]


def test_a_number_agrees_within_its_steps():
    age = Comparison("age", Kind.NUMBER, (1, 5))
    assert levels(age, [34, 34, 34, 34, "x"], [34, 35, 30, 80, 34]) == [3, 2, 1, 0, -1]


def test_a_day_agrees_within_days():
    day = Comparison("day", Kind.DATE, (3, 31))
    left, right = ["2024-02-28"] * 4, ["2024-02-28", "2024-03-02", "2024-03-20", "2025-02-28"]
    assert levels(day, left, right) == [3, 2, 1, 0]


def test_a_text_agrees_as_far_as_it_is_alike():
    name = Comparison("name", Kind.TEXT, (0.9, 0.7))
    assert levels(name, ["Martha"] * 3, ["Martha", "marhta", "xyz"]) == [3, 2, 0]


def test_a_code_agrees_in_its_group():
    place = Comparison("place", Kind.CODE, groups={"a": "north", "b": "north", "c": "south"})
    assert levels(place, ["a", "a", "a", "d"], ["a", "b", "c", "a"]) == [2, 1, 0, 0]


def test_a_table_is_compared_with_itself():
    prepared = comparisons.prepare(Comparison("sex"), ["F", "M", "F"])
    rows = comparisons.compare_all([prepared], np.array([0, 0]), np.array([1, 2]))
    assert rows.tolist() == [[0], [1]]


@pytest.mark.parametrize(
    "unfit",
    [
        Comparison("age", Kind.NUMBER, (5, 1)),
        Comparison("name", Kind.TEXT, (0.7, 0.9)),
        Comparison("sex", Kind.EXACT, (1,)),
        Comparison("sex", Kind.EXACT, groups={"a": "b"}),
    ],
)
def test_levels_that_do_not_lead_away_from_equality_are_refused(unfit: Comparison):
    with pytest.raises(errors.ProtectionRefused) as refused:
        comparisons.prepare(unfit, ["1"], ["2"])
    assert refused.value.codes == ("comparison_unfit",)


# The classic examples of Winkler's paper.
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("MARTHA", "MARHTA", 0.9611), ("DWAYNE", "DUANE", 0.84), ("DIXON", "DICKSONX", 0.8133), ("abc", "xyz", 0.0)],
)
def test_winklers_own_examples(one: str, other: str, alike: float):
    found = similarity.compare_texts([one, other], np.array([0]), np.array([1]))
    assert found[0] == pytest.approx(alike, abs=1e-4)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_likeness_is_symmetric_bounded_and_whole_for_equal_words(words: list[str]):
    letters, lengths = similarity.spell(words)
    one, other = (side.reshape(-1) for side in np.meshgrid(np.arange(len(words)), np.arange(len(words))))
    found = similarity.jaro_winkler(letters, lengths, one, other)
    plain = kernels.plain(similarity.jaro_winkler)(letters, lengths, one, other)
    assert np.allclose(found, plain)
    assert np.allclose(found, similarity.jaro_winkler(letters, lengths, other, one))
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    for place, (a, b) in enumerate(zip(one, other, strict=True)):
        if words[a] == words[b] and words[a]:
            assert found[place] == pytest.approx(1)


def test_nothing_is_compared_with_nothing():
    nobody = np.zeros(0, dtype=np.int64)
    assert similarity.compare_texts(["a"], nobody, nobody).tolist() == []
