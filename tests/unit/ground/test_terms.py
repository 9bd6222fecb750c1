"""Terms: planes rank, vintages and periods read and write, places never hold values."""

from datetime import date

import pytest

from openjustice.ground import errors
from openjustice.ground.terms import Period, Plane, Vintage, strictest


def test_the_strictest_plane_wins():
    assert strictest(Plane.PUBLIC, Plane.CONFIDENTIAL, Plane.PROTECTED) is Plane.CONFIDENTIAL
    assert strictest(Plane.PUBLIC, Plane.PROTECTED) is Plane.PROTECTED
    assert strictest() is Plane.PUBLIC


def test_a_vintage_reads_what_it_writes_and_sorts_by_time():
    first, second = Vintage(date(2026, 3, 2)), Vintage(date(2026, 3, 2), 2)
    assert Vintage.parse(str(second)) == second
    assert Vintage.parse("2026-03-02") == first
    assert first < second < Vintage(date(2026, 3, 3))


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("2018", date(2018, 1, 1), date(2019, 1, 1)),
        ("2018-02", date(2018, 2, 1), date(2018, 3, 1)),
        ("2018-12", date(2018, 12, 1), date(2019, 1, 1)),
        ("2018-Q1", date(2018, 1, 1), date(2018, 4, 1)),
        ("2018-Q4", date(2018, 10, 1), date(2019, 1, 1)),
        ("2018-H1", date(2018, 1, 1), date(2018, 7, 1)),
        ("2018-H2", date(2018, 7, 1), date(2019, 1, 1)),
        ("2005/2018", date(2005, 1, 1), date(2019, 1, 1)),
    ],
)
def test_a_period_has_an_exclusive_upper_bound(text, starts, ends):
    period = Period.parse(text)
    assert (period.starts_on, period.ends_before, str(period)) == (starts, ends, text)


@pytest.mark.parametrize("text", ["", "18", "2018-13", "2018-Q5", "2018-H3", "2018/2005", "last year"])
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(ValueError, match="a period is written"):
        Period.parse(text)


def test_a_refusal_carries_every_fault_with_its_place_and_way_out():
    place = errors.Place(file="a.csv", line=7, field="age", rule="age_range")
    refusal = errors.SubmissionRefused.because("x", "What.", why="Why.", way_out="Way.", place=place)
    assert str(refusal) == "a.csv:7, field age, rule age_range: What. Why. Way. [x]"
    assert refusal.codes == ("x",)
    assert refusal.faults[0].ask == "the agency"
    assert refusal.faults[0].as_dict()["place"] == {"file": "a.csv", "line": 7, "field": "age", "rule": "age_range"}


def test_each_family_has_its_own_exit_code():
    codes = [family.exit_code for family in errors.FAMILIES]
    assert codes == [10, 11, 12, 13, 14, 15, 16, 70]
    assert [family.family for family in errors.FAMILIES] == [family.__name__ for family in errors.FAMILIES]
