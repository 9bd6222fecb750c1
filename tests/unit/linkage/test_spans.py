"""Bands, months and years are read as the spans they leave open."""

from __future__ import annotations

from datetime import date

import pytest

from openjustice.linkage import spans
from openjustice.linkage.spans import OPEN_ABOVE, OPEN_BELOW, Unit


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [
        ("34", 34, 34), ("34.0", 34, 34), ("-3", -3, -3), ("20-29", 20, 29), ("20 to 29", 20, 29), ("70+", 70, OPEN_ABOVE),
        ("70 and over", 70, OPEN_ABOVE), ("<20", OPEN_BELOW, 19), ("under 20", OPEN_BELOW, 19), ("2005-2009", 2005, 2009),
    ],
)  # fmt: skip
def test_numbers(label, low, high):
    found = spans.read_spans([label])
    assert found is not None
    assert found.unit is Unit.NUMBER
    assert (found.low[0], found.high[0]) == (low, high)


@pytest.mark.parametrize(
    ("label", "low", "high"),
    [
        ("2024-02-29", "2024-02-29", "2024-02-29"), ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-12", "2023-12-01", "2023-12-31"), ("2024-Q1", "2024-01-01", "2024-03-31"), ("2024-Q4", "2024-10-01", "2024-12-31"),
    ],
)  # fmt: skip
def test_days(label, low, high):
    found = spans.read_spans([label])
    assert found is not None
    assert found.unit is Unit.DAY
    assert (found.low[0], found.high[0]) == (day(low), day(high))


@pytest.mark.parametrize("labels", [["x"], [], ["34", "x"], ["2024-13"], ["2023-02-29"], ["29-20"], ["34", "2024-Q1"]])
def test_what_is_neither_is_not_read(labels):
    assert spans.read_spans(labels) is None


def test_a_year_beside_a_day_is_its_days():
    found = spans.read_both(["2024-02-29"], ["2024", "2010-2013", "2014+", "<2005"])
    assert found is not None
    assert found[1].low.tolist() == [day("2024-01-01"), day("2010-01-01"), day("2014-01-01"), OPEN_BELOW]
    assert found[1].high.tolist() == [day("2024-12-31"), day("2013-12-31"), OPEN_ABOVE, day("2004-12-31")]


def test_days_and_ages_cannot_be_set_side_by_side():
    assert spans.read_both(["2024-02-29"], ["34"]) is None
    assert spans.read_both(["2024-02-29"], ["x"]) is None
    assert spans.read_both(["x"], ["34"]) is None
