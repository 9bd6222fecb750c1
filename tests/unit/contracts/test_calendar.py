"""Who owes what by when: grains, due days, agencies that began or ended, and obligations that overlap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.contracts import calendar
from openjustice.contracts.dataset import Code, Codelist, Contract
from openjustice.contracts.registry import load_registry
from openjustice.ground.terms import Period
from unit.measure import world

AGENCIES = Codelist.model_validate({
    "codelist": "agencies", "version": "1", "title": "a",
    "codes": [
        {"code": "1", "label": "One", "attributes": {"type": "Sheriff"}},
        {"code": "2", "label": "Two", "attributes": {"type": "Police"}, "valid_until": "2020-01-31"},
        {"code": "3", "label": "Three", "attributes": {"type": "Police"}, "valid_from": "2020-02-02"},
        {"code": "4", "label": "Four"},
    ],
})  # fmt: skip


def contract(*obligations: Mapping[str, object], due_days: int = 30) -> Contract:
    """Make a contract with obligations."""
    period = {"grain": "event", "due_days": due_days}
    return world.jurisdiction(obligations=obligations, period=period).datasets["events"].contract


def owed(of: Contract, since: date = date(2020, 1, 1), until: date = date(2020, 4, 1)) -> list[tuple[str, str, date]]:
    """List what is owed, briefly."""
    found = calendar.list_due(of, agencies=AGENCIES, since=since, until=until)
    return [(item.period.text, item.reporter, item.due_on) for item in found]


def test_each_agency_owes_the_months_through_which_it_existed():
    police = {"who": {"type": ["Police"]}, "grain": "month", "since": "2001-01-01"}
    assert owed(contract(police)) == [("2020-01", "2", date(2020, 3, 1)), ("2020-03", "3", date(2020, 4, 30))]


@pytest.mark.parametrize(
    ("last", "exists"), [("1995-06-31", True), ("1995-06-30", True), ("1995-06-29", False), (None, True)]
)
def test_a_day_that_no_month_has_is_the_last_one_of_its_month(last: str | None, exists: bool):
    code = Code(code="1", label="One", valid_until=last)
    assert calendar.existed(code, Period.parse("1995-06")) is exists


@pytest.mark.parametrize("jurisdiction", ["california", "demo"])
def test_whether_each_agency_of_the_registry_existed_can_be_said(jurisdiction: str, registry_root: Path):
    found = load_registry([registry_root], only=[jurisdiction]).jurisdiction(jurisdiction)
    assert [calendar.existed(code, Period.parse("1995")) for code in found.codelist("agencies").codes]


def test_an_obligation_without_names_obliges_everybody():
    made = owed(contract({"grain": "quarter", "since": "2020-01-01"}))
    assert [(period, reporter) for period, reporter, _ in made] == [("2020-Q1", "1"), ("2020-Q1", "4")]


def test_nothing_is_owed_before_it_was_owed_nor_for_a_period_that_runs():
    late = {"who": {"type": ["Sheriff"]}, "grain": "month", "since": "2020-01-15", "until": "2020-03-15"}
    assert [period for period, _, _ in owed(contract(late), until=date(2021, 1, 1))] == ["2020-02"]
    assert owed(contract({"grain": "year", "since": "2020-01-01"}), until=date(2020, 12, 31)) == []


@pytest.mark.parametrize(
    ("due_on", "day"), [("04-01", date(2021, 4, 1)), ("01-01", date(2021, 1, 1)), ("02-29", date(2021, 2, 28))]
)
def test_a_fixed_day_follows_the_period(due_on: str, day: date):
    sheriff = {"who": {"type": ["Sheriff"]}, "grain": "year", "since": "2020-01-01", "due_on": due_on}
    assert owed(contract(sheriff), until=date(2021, 1, 1)) == [("2020", "1", day)]


def test_a_fixed_day_before_the_periods_end_is_that_of_the_next_year():
    sheriff = {"who": {"type": ["Sheriff"]}, "grain": "half_year", "since": "2020-01-01", "due_on": "04-01"}
    assert owed(contract(sheriff), until=date(2021, 1, 1)) == [
        ("2020-H1", "1", date(2021, 4, 1)), ("2020-H2", "1", date(2021, 4, 1)),
    ]  # fmt: skip


def test_what_two_obligations_ask_for_is_owed_once_by_the_earlier_day():
    early = {"who": {"type": ["Sheriff"]}, "grain": "year", "since": "2020-01-01", "due_on": "02-01"}
    late = {"grain": "year", "since": "2020-01-01", "due_on": "06-01"}
    made = owed(contract(late, early), until=date(2021, 1, 1))
    assert [item for item in made if item[1] == "1"] == [("2020", "1", date(2021, 2, 1))]


@given(
    grain=st.sampled_from(["month", "quarter", "half_year", "year"]),
    since=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 2000),
)
def test_periods_follow_each_other_without_gap_inside_the_days(grain: str, since: date, days: int):
    until = date.fromordinal(since.toordinal() + days)
    found = list(calendar.periods(grain, since=since, until=until))
    assert all(one.ends_before == two.starts_on for one, two in pairwise(found))
    if found:
        longest = {"month": 31, "quarter": 92, "half_year": 184, "year": 366}[grain]
        assert since <= found[0].starts_on
        assert found[-1].ends_before <= until
        assert (found[0].starts_on - since).days < longest
        assert (until - found[-1].ends_before).days < longest
