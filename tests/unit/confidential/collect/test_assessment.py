"""An assessment says what is late, blank, implausible or at odds, agency by agency; a month left out is found, a steady one is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from openjustice.confidential import store
from openjustice.confidential.collect import agency_page, assessment, statements
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.quality import QualityPlan, QualityRules
from openjustice.ground import errors
from unit.confidential import home_fixture as fixture

AT = "2024-02-01T09:00:00+00:00"
RULES = QualityRules(
    quality=1, says="s", false_alarm_rate=0.005, minimum_history=6, history_periods=24, judged_periods=2, minimum_peers=4,
    peers_by="type",
)  # fmt: skip
AGENCIES = [f"ME0{county}00000" for county in range(1, 8)]
LEFT_OUT = AGENCIES[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with the deaths of seven sheriffs over nine years; one of them leaves most of the last year out."""
    folder = tmp_path_factory.mktemp("assessed")
    home = fixture.make_home(folder)
    random = np.random.default_rng(5)
    for place, agency in enumerate(AGENCIES):
        rows: list[dict[str, str]] = []
        for year in range(2014, 2023):
            count = 3 if agency == LEFT_OUT and year == 2022 else int(random.poisson(40))
            rows += [
                {"record_number": f"{year}-{place:01}{number:04}", "date_of_death": f"{year}-05-0{number % 9 + 1}"}
                for number in range(count)
            ]
        path = fixture.write_rows(
            folder / f"{agency}.csv", count=len(rows),
            **{name: {number: row[name] for number, row in enumerate(rows)} for name in ("record_number", "date_of_death")},
            agency=dict.fromkeys(range(len(rows)), agency),
        )  # fmt: skip
        receipt = fixture.send(path, home, reporter=agency, period="2014/2022", at=AT)
        assert receipt.state != "returned", receipt
    return home


def assess(home: Path, *, plan: QualityPlan | None = None, jurisdiction: Jurisdiction | None = None) -> int:
    """Assess the deaths."""
    dataset = replace(fixture.dataset(), quality=plan)
    return assessment.assess(
        home, dataset=dataset, jurisdiction=jurisdiction or fixture.jurisdiction(), since=date(2020, 1, 1), actor="steward",
        at=AT, rules=RULES,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(home: Path) -> list[dict]:
    """Assess once."""
    number = assess(home)
    return assessment.read_assessment(home, number)[1]


def rows(found: list[dict], dimension: str, **equals: str) -> list[dict]:
    """Choose among what was found."""
    return [
        row for row in found
        if row["dimension"].startswith(dimension) and all(row[name] == value for name, value in equals.items())
    ]  # fmt: skip


def test_what_was_left_out_is_found_and_nothing_else_is(found: list[dict]):
    unusual = {
        (row["reporter"], row["period"], row["dimension"]) for row in rows(found, "plausibility", verdict="unusual")
    }
    assert unusual == {(LEFT_OUT, "2022", "plausibility: own history")}  # six peers are too few for so rare an alarm
    assert rows(found, "plausibility: peers", reporter=LEFT_OUT, period="2022")[0]["compared"] == 6
    judged = rows(found, "plausibility: own", reporter=LEFT_OUT, period="2022")[0]
    assert (judged["value"], judged["compared"]) == (3, 8)
    assert 3 < judged["low"] < judged["expected"] < judged["high"]


def test_only_the_latest_periods_are_judged(found: list[dict]):
    assert {row["period"] for row in rows(found, "plausibility")} == {"2021", "2022"}


def test_each_owed_report_is_in_time_late_or_missing(found: list[dict]):
    by_period = {row["period"]: row["verdict"] for row in rows(found, "timeliness", reporter=AGENCIES[0])}
    assert by_period == {"2020": "late", "2021": "late", "2022": "late", "2023": "missing"}
    assert {row["verdict"] for row in rows(found, "timeliness", reporter="ME0100100")} == {"missing"}


def test_blanks_are_told_of_fields_that_may_be_blank_and_of_no_identifier(found: list[dict]):
    measured = {row["measure"] for row in rows(found, "completeness")}
    fields = fixture.dataset().contract.fields
    assert measured
    assert all(fields[name].role != "direct_identifier" for name in measured)
    assert {row["verdict"] for row in rows(found, "completeness")} == {"usual"}


def test_an_assessment_is_kept_with_its_rules_counts_and_audit(home: Path, found: list[dict]):
    (made, *_) = assessment.list_assessments(home)
    assert (made["tests"], made["unusual"]) == (sum(row["p"] is not None for row in found), 1)
    with store.open_store(home, writable=False) as opened:
        assert [row["event"] for row in opened.audit(thing="assessment", number=made["number"])] == ["reports_assessed"]


def test_a_stated_zero_is_judged_and_silence_is_not(home: Path, tmp_path: Path):
    agency = "ME0200100"
    own = fixture.make_home(tmp_path)
    for year in range(2014, 2022):
        path = fixture.write_rows(
            tmp_path / f"{year}.csv", count=30, agency=dict.fromkeys(range(30), agency),
            record_number={number: f"{year}-{number:05}" for number in range(30)},
            date_of_death=dict.fromkeys(range(30), f"{year}-05-01"),
        )  # fmt: skip
        fixture.send(path, own, reporter=agency, period=str(year), at=AT)
    silent = assessment.read_assessment(own, assess(own), reporter=agency)[1]
    assert "2022" not in {row["period"] for row in rows(silent, "plausibility")}
    statements.state_none(
        own,
        dataset=fixture.dataset(),
        jurisdiction=fixture.jurisdiction(),
        reporter=agency,
        period="2022",
        actor="c",
        at=AT,
    )
    stated = assessment.read_assessment(own, assess(own), reporter=agency)[1]
    (judged,) = rows(stated, "plausibility", period="2022")
    assert (judged["value"], judged["verdict"], judged["submission"]) == (0, "unusual", None)


def test_nothing_to_assess_is_refused(tmp_path: Path):
    with pytest.raises(errors.SubmissionRefused):
        assess(fixture.make_home(tmp_path))


def test_the_agencys_page_shows_its_own_and_no_other(home: Path, found: list[dict]):
    labels = fixture.jurisdiction().codelists["agencies"].labels()
    page = agency_page.make_page(
        home, jurisdiction=fixture.jurisdiction(), reporter=LEFT_OUT, dataset=None, today=date(2024, 2, 1),
        since=date(2020, 1, 1),
    )  # fmt: skip
    assert labels[LEFT_OUT] in page
    assert "3 records beside its own earlier counts" in page
    assert "missing" in page
    assert not [code for code, label in labels.items() if code != LEFT_OUT and (code in page or label in page)]
    assert fixture.CANARY not in page
    own = {row["says"] for row in found if row["reporter"] == LEFT_OUT and row["dimension"] != "timeliness"}
    assert own
    assert all(says.split(";")[0].replace("'", "&#39;") in page for says in own)
