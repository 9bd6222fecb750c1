"""The rulebook of a submission: a period fits its contract's grain, and counts nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from openjustice.confidential.collect import submission
from openjustice.ground import errors
from openjustice.ground.terms import Period
from unit.confidential.home_fixture import REPORTER, dataset, jurisdiction

TODAY = date(2026, 3, 2)


def check(period: str, *, grain: str) -> Period:
    """Check a period against a contract of this grain."""
    declared = dataset()
    contract = declared.contract
    cadence = contract.period.model_copy(update={"grain": grain})
    return submission.check_sending(
        dataset=replace(declared, contract=contract.model_copy(update={"period": cadence})), jurisdiction=jurisdiction(),
        reporter=REPORTER, period=period, today=TODAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("grain", "period"),
    [
        ("month", "2018-03"), ("quarter", "2018-Q1"), ("half_year", "2018-H2"), ("year", "2018"), ("year", "2005/2018"),
        ("event", "2005/2018"), ("event", "2018-03"), ("none", "2018"),
    ],
)  # fmt: skip
def test_a_period_of_the_contract_s_grain_is_taken(grain: str, period: str):
    assert check(period, grain=grain).text == period


@pytest.mark.parametrize(
    ("grain", "period", "code"),
    [
        ("month", "2018", "period_differs"), ("quarter", "2018-03", "period_differs"), ("year", "2018-03", "period_differs"),
        ("half_year", "2018-Q1", "period_differs"), ("month", "03/2018", "period_unreadable"),
        ("year", "2027", "period_not_begun"),
    ],
)  # fmt: skip
def test_any_other_period_is_refused_with_the_way_to_write_it(grain: str, period: str, code: str):
    with pytest.raises(errors.SubmissionRefused) as refused:
        check(period, grain=grain)
    assert refused.value.codes == (code,)
    assert refused.value.faults[0].way_out


@pytest.mark.parametrize(
    ("period", "overlaps"),
    [("2018", False), ("2017-12", False), ("2018-Q2", True), ("2018/2019", True), ("2019", False), ("2018-H2", True)],
)
def test_a_period_overlaps_when_they_share_a_day(period: str, overlaps: bool):
    known = Period.parse("2018")
    row = {
        "number": 1, "reporter": REPORTER, "period": "2018", "starts_on": known.starts_on, "ends_before": known.ends_before,
    }  # fmt: skip
    if overlaps:
        with pytest.raises(errors.SubmissionRefused):
            submission.check_overlap(Period.parse(period), reporter=REPORTER, in_force=[row])
    else:
        submission.check_overlap(Period.parse(period), reporter=REPORTER, in_force=[row])
