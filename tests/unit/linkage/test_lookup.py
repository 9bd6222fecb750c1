"""Looking persons up finds every record that may be theirs, with probabilities that a slow reading of the law repeats."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.ground import errors, kernels
from openjustice.linkage import lookup
from openjustice.linkage.lookup import NOBODY

ERROR = 0.2
ROWS = st.lists(
    st.tuples(
        st.sampled_from([None, "F", "M"]),
        st.sampled_from([None, "30", "31", "33", "40", "30-39", "40+"]),
        st.sampled_from([None, "2024-03-01", "2024-03-02", "2024-03-08", "2024-03"]),
    ),
    max_size=8,
)
NAMES = ("sex", "age", "day")
TOLERANCE = {"age": 1, "day": 3}


def table(rows):
    return {name: [row[at] for row in rows] for at, name in enumerate(NAMES)}


def look(persons, file, *, truth=None, is_in_file=1.0, tolerance=TOLERANCE):
    keys = lookup.code_keys(table(persons), table(file), key=NAMES, tolerance=tolerance)
    return lookup.look_up(keys, error=ERROR, is_in_file=is_in_file, truth=truth)


def values(label):
    """List what a label leaves open; ages go to 60 here, since nobody on either side is older."""
    if label is None:
        return None
    if label == "2024-03":
        return set(range(1, 32))
    if label.startswith("2024-03-"):
        return {int(label[-2:])}
    if label == "40+":
        return set(range(40, 61))
    low, _, high = label.partition("-")
    return set(range(int(low), int(high or low) + 1))


def may_be(person, record):
    if None not in (person[0], record[0]) and person[0] != record[0]:
        return False
    for ours, theirs, slack in ((person[1], record[1], 1), (person[2], record[2], 3)):
        one, other = values(ours), values(theirs)
        if one is not None and other is not None:
            near = range(min(one) - slack, max(one) + slack + 1)
            if not other & set(near):
                return False
    return True


@settings(max_examples=25)
@given(ROWS, ROWS)
def test_candidates_are_the_records_that_may_be_theirs(persons, file):
    found = look(persons, file)
    assert found.candidates.tolist() == [sum(may_be(person, record) for record in file) for person in persons]
    assert ((found.row == NOBODY) == (found.candidates == 0)).all()
    assert (found.probability <= 1 + 1e-9).all()
    for at, person in enumerate(persons):
        if found.candidates[at]:
            assert may_be(person, file[found.row[at]])
            assert found.probability[at] >= 1 / found.candidates[at] - 1e-9


@settings(max_examples=15)
@given(ROWS, ROWS.filter(bool))
def test_the_probabilities_of_the_candidates_add_up(persons, file):
    total = sum(look(persons, file, truth=np.full(len(persons), row), is_in_file=0.5).truth for row in range(len(file)))
    found = look(persons, file)
    if persons:
        assert total == pytest.approx(np.where(found.candidates > 0, 0.5, 0.0))


def test_the_nearer_record_is_the_likelier():
    found = look([("F", "31", "2024-03-02")], [("F", "30", "2024-03-02"), ("F", "31", "2024-03-02")])
    assert found.row.tolist() == [1]
    assert found.probability[0] == pytest.approx((1 - ERROR) / (1 - ERROR + ERROR / 2))


def test_a_shown_value_weighs_more_than_a_blank_by_how_rare_it_is():
    file = [("F", None, None), (None, None, None), ("M", None, None), ("M", None, None), ("M", None, None)]
    found = look([("F", None, None)], file)
    assert found.row.tolist() == [0]
    assert found.probability[0] == pytest.approx(1 / (1 + 1 / 4))


def test_a_blank_age_weighs_by_how_usual_the_persons_is():
    file = [("F", "30", None), ("F", None, None), ("F", "33", None)]
    found = look([("F", "30", None)], file)
    assert found.candidates.tolist() == [2]
    mean = (1 - ERROR) / 2  # of the two ages shown, one is the person's and the other out of reach
    assert found.probability[0] == pytest.approx((1 - ERROR) / (1 - ERROR + mean))


def test_ties_are_counted_and_the_first_is_named():
    found = look([("F", "30", "2024-03-01")], [("M", "30", "2024-03-01"), *[("F", "30", "2024-03-01")] * 3])
    assert (found.row[0], found.tied[0], found.candidates[0]) == (1, 3, 3)


def test_an_open_band_reaches_as_far_as_anybody():
    found = look([("F", "97", None)], [("F", "40+", None), ("F", "30-39", None)])
    assert found.candidates.tolist() == [1]


def test_a_column_that_nobody_fills_says_nothing():
    found = look([("F", None, None)], [("F", None, None)])
    assert found.candidates.tolist() == [1]


def test_without_tolerance_values_are_compared_as_they_are():
    persons, file = [("F", "30", "2024-03-01")], [("F", "30", "2024-03-01"), ("F", "31", "2024-03-01")]
    keys = lookup.code_keys(table(persons), table(file), key=NAMES, tolerance={})
    assert keys.near == ()
    assert lookup.look_up(keys).candidates.tolist() == [1]


def test_a_tolerance_for_words_is_refused():
    with pytest.raises(errors.ProtectionRefused) as refused:
        lookup.code_keys({"sex": ["F"]}, {"sex": ["M"]}, key=["sex"], tolerance={"sex": 1})
    assert refused.value.codes == ("tolerance_unfit",)


@settings(max_examples=15)
@given(ROWS.filter(bool), ROWS.filter(bool))
def test_the_kernel_is_what_it_was_compiled_from(persons, file):
    made = look(persons, file, truth=np.zeros(len(persons), dtype=np.int64))
    compiled = lookup.scan
    try:
        lookup.scan = kernels.plain(compiled)
        again = look(persons, file, truth=np.zeros(len(persons), dtype=np.int64))
    finally:
        lookup.scan = compiled
    for one, other in zip(vars(made).values(), vars(again).values(), strict=True):
        assert np.allclose(one, other)


def test_blocks_that_no_single_number_holds_are_ordered_all_the_same():
    blocks, ends = np.array([2**40, 0, 2**40, 0]), np.array([5, 2**40, -(2**40), 0])
    assert lookup.order_of(blocks, ends).tolist() == [3, 1, 2, 0]


def test_words_that_a_blank_hides_weigh_little_and_are_possible():
    found = look([("X", None, None)], [(None, None, None), ("F", None, None)])
    assert found.candidates.tolist() == [1]


def test_probabilities_are_calibrated_where_every_error_within_the_tolerance_is_alike():
    random = np.random.default_rng(2)
    ages = random.integers(20, 60, 3_000)
    truth = random.choice(3_000, 1_500, replace=False)
    known = ages[truth] + random.integers(-1, 2, 1_500)
    place = random.integers(0, 400, 3_000)
    keys = lookup.code_keys(
        {"age": known, "place": place[truth]}, {"age": ages, "place": place}, key=["place", "age"], tolerance={"age": 1}
    )
    found = lookup.look_up(keys, truth=truth)
    assert found.truth.min() > 0
    assert (found.row == truth).mean() == pytest.approx(found.probability.mean(), abs=0.03)
