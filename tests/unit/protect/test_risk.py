"""Risk of records, against counts made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from openjustice.protect import risk

ROWS = [("30", "M", "A"), ("30", "M", "B"), ("30", "F", "A"), ("70", "M", "A"), (None, "M", "A"), (None, "M", None)]


@pytest.fixture
def records() -> Iterator[engine.Table]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        columns = dict.fromkeys(("age", "sex", "cause"), "VARCHAR")
        yield opened.make_table("records", columns=columns, rows=ROWS, plane=Plane.CONFIDENTIAL)


def test_combinations_are_counted(records):
    found = risk.read_combinations(records, variables=["age", "sex"])
    shown = {
        tuple([None, *found.labels[place]][code] for place, code in enumerate(codes)): count
        for codes, count in zip(found.codes.tolist(), found.counts.tolist(), strict=True)
    }
    assert shown == {("30", "M"): 2, ("30", "F"): 1, ("70", "M"): 1, (None, "M"): 2}
    assert found.records == 6


def test_the_measures_by_hand(records):
    found = risk.measure_risk(
        risk.read_combinations(records, variables=["age", "sex", "cause"]), key=["age", "sex"], sensitive=["cause"]
    )
    # Classes by (age, sex): two, one, one, two records. A blank age may be 30 or 70, so those classes grow by two.
    assert (found.records, found.classes, found.smallest_class, found.uniques) == (6, 4, 1, 2)
    assert found.unique_share == pytest.approx(2 / 6)
    assert found.expected_rate == pytest.approx(4 / 6)
    assert found.highest_rate == 1
    # 30 M: 2 + 2 blanks; 30 F: alone; 70 M: 1 + 2 blanks; blank M: all five men.
    assert found.smallest_compatible_class == 1
    assert found.compatible_rate == pytest.approx((2 / 4 + 1 / 1 + 1 / 3 + 2 / 5) / 6)
    assert found.without == {"age": 1, "sex": 1}
    # The class of 30 M shows two causes, the blank ages one and a blank, the two who are alone one.
    assert found.diversity == {"cause": 1}


def test_of_no_record_nothing_is_at_risk(records):
    nobody = records.engine.derive("nobody", "SELECT * FROM records WHERE age = '0'", inputs={"records": records})
    found = risk.measure_risk(risk.read_combinations(nobody, variables=["age"]), key=["age"])
    assert (found.records, found.uniques, found.expected_rate, found.highest_rate) == (0, 0, 0.0, 0.0)


def test_a_measurement_is_plain_values(records):
    found = risk.measure_risk(risk.read_combinations(records, variables=["age"]), key=["age"]).as_dict()
    assert found["key"] == ["age"]
    assert found["smallest_class"] == 1


@pytest.mark.parametrize(
    ("sensitive", "truth", "expected"),
    [
        ([1, 1], [1, 1], 1),
        ([1, 2], [1, 2], 2),
        ([1, 0], [1, 2], 2),
        ([1, 0], [1, 1], 1),
        ([0, 0], [1, 2], 0),
        ([1, 0], [1, 0], 2),
    ],
    ids=["alike", "two", "hides another", "hides the same", "shows none", "missing in truth"],
)
def test_a_blank_counts_only_if_it_hides_another_value(sensitive, truth, expected):
    key = np.ones((2, 1), dtype=np.int64)
    found = risk.diversity_of(key, np.array(sensitive), truth=np.array(truth))
    assert found.tolist() == [expected, expected]


def test_too_many_combinations_are_refused():
    with pytest.raises(errors.ProtectionRefused) as refused:
        risk.strides_of(np.full((1, 8), 1_000, dtype=np.int64))
    assert refused.value.codes == ("too_many_combinations",)
