"""A release says which reports were owed, made and missing, and of persons does not tell records from statements of none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential import store
from openjustice.confidential.collect import assessment, statements
from openjustice.confidential.drafting import quality
from unit.confidential import home_fixture as fixture

AT = "2023-01-20T09:00:00+00:00"
TODAY = date(2026, 3, 2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home in which one agency sent deaths of 2022 and another stated that there were none."""
    made = fixture.make_home(tmp_path)
    fixture.send(fixture.write_rows(tmp_path / "f.csv"), made, period="2022", at=AT)
    statements.state_none(
        made, dataset=fixture.dataset(), jurisdiction=fixture.jurisdiction(), reporter="ME0100100", period="2022", actor="c",
        at="2023-03-01T09:00:00+00:00",
    )  # fmt: skip
    return made


def reporting(home: Path, *, persons: bool = True, today: date = TODAY) -> list[dict]:
    """Say what a release of the deaths would."""
    dataset = fixture.dataset()
    dataset = replace(dataset, contract=dataset.contract.model_copy(update={"persons": persons}))
    with store.open_store(home, writable=False) as opened:
        return quality.find_reporting(opened, dataset=dataset, jurisdiction=fixture.jurisdiction(), today=today)


def test_of_persons_records_and_statements_of_none_are_not_told_apart(home: Path):
    (found,) = reporting(home)
    assert found == {"period": "2022", "owed": 24, "reported": 2, "none_stated": None, "late": 1, "missing": 22}


def test_without_persons_a_stated_zero_is_told(home: Path):
    assert reporting(home, persons=False)[0]["none_stated"] == 1


def test_what_is_not_due_yet_is_not_owed(home: Path):
    assert reporting(home, today=date(2023, 1, 15)) == [
        {"period": "2022", "owed": 2, "reported": 2, "none_stated": None, "late": 1, "missing": 0}
    ]


def test_the_latest_assessment_is_told_where_there_is_one(home: Path):
    with store.open_store(home, writable=False) as opened:
        assert quality.find_assessment(opened, dataset=fixture.dataset()) is None
    assessment.assess(
        home,
        dataset=fixture.dataset(),
        jurisdiction=fixture.jurisdiction(),
        since=date(2022, 1, 1),
        actor="steward",
        at=AT,
    )
    with store.open_store(home, writable=False) as opened:
        assert quality.find_assessment(opened, dataset=fixture.dataset()) == {
            "on": "2023-01-20",
            "tests": 0,
            "unusual": 0,
        }
