"""How an owed report stands: a file, a statement of none and silence are three different things, and each is audited."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential import store
from openjustice.confidential.collect import obligations, statements
from openjustice.confidential.collect.obligations import Standing
from openjustice.ground import errors, lifecycle
from unit.confidential import home_fixture as fixture

TODAY = date(2026, 3, 2)
AT = "2026-01-20T09:00:00+00:00"
OTHER = "ME0100100"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home."""
    return fixture.make_home(tmp_path)


def owed(home: Path, *, today: date = TODAY, reporter: str = fixture.REPORTER, since: int = 2022, until: int = 2026):
    """Say how what an agency owes stands, by period."""
    found = obligations.list_owed(
        home, jurisdiction=fixture.jurisdiction(), today=today, since=date(since, 1, 1), until=date(until, 1, 1),
        dataset="custody_deaths", reporter=reporter,
    )  # fmt: skip
    return {item.due.period.text: item for item in found}


def none(home: Path, *, reporter: str = fixture.REPORTER, period: str = "2025", at: str = AT) -> int:
    """State that there was none."""
    return statements.state_none(
        home, dataset=fixture.dataset(), jurisdiction=fixture.jurisdiction(), reporter=reporter, period=period,
        actor="clerk", at=at,
    )  # fmt: skip


def send(home: Path, tmp_path: Path, *, at: str = AT, period: str = "2022", **changes):
    """Send four deaths of 2022."""
    return fixture.send(fixture.write_rows(tmp_path / "f.csv", **changes), home, period=period, at=at)


def test_without_a_report_a_period_is_missing_once_it_was_due(home: Path):
    assert {period: item.standing for period, item in owed(home).items()} == dict.fromkeys(
        ["2022", "2023", "2024", "2025"], Standing.MISSING
    )
    early = owed(home, today=date(2026, 1, 30))
    assert (early["2025"].standing, early["2025"].due.due_on) == (Standing.NOT_DUE, date(2026, 1, 30))
    assert owed(home, today=date(2026, 1, 31))["2025"].standing is Standing.MISSING


def test_a_file_in_time_is_received_and_a_later_one_is_late(home: Path, tmp_path: Path):
    send(home, tmp_path, at="2023-01-20T09:00:00+00:00")
    assert (owed(home)["2022"].standing, owed(home)["2022"].days_late) == (Standing.RECEIVED, -10)
    assert owed(home)["2023"].standing is Standing.MISSING


def test_a_late_file_says_by_how_many_days_and_a_correction_does_not_make_it_later(home: Path, tmp_path: Path):
    send(home, tmp_path, at="2023-02-09T09:00:00+00:00")
    send(home, tmp_path, at="2025-02-09T09:00:00+00:00", age={0: "61"})
    found = owed(home)["2022"]
    assert (found.standing, found.days_late, found.submission) == (Standing.LATE, 10, 2)


def test_a_returned_file_is_not_a_report(home: Path, tmp_path: Path):
    receipt = send(home, tmp_path, at="2023-01-20T09:00:00+00:00", sex={0: "Martian"})
    found = owed(home)["2022"]
    assert (found.standing, found.submission, found.standing.is_report) == (Standing.RETURNED, receipt.number, False)


def test_a_statement_of_none_is_a_report_and_audited(home: Path):
    number = none(home)
    assert (owed(home)["2025"].standing, owed(home)["2025"].statement) == (Standing.NONE_STATED, number)
    assert owed(home)["2024"].standing is Standing.MISSING
    assert owed(home, reporter=OTHER)["2025"].standing is Standing.MISSING
    with store.open_store(home, writable=False) as opened:
        assert [row["event"] for row in opened.audit(thing="statement", number=number)] == ["none_stated"]


def test_the_same_statement_again_changes_nothing(home: Path):
    assert none(home) == none(home, at="2026-02-01T00:00:00+00:00") == 1
    assert owed(home)["2025"].days_late == -10


def test_a_file_takes_the_statements_place(home: Path, tmp_path: Path):
    number = none(home, period="2022", at="2023-01-05T09:00:00+00:00")
    receipt = send(home, tmp_path, at="2023-03-01T09:00:00+00:00")
    found = owed(home)["2022"]
    assert (found.standing, found.submission, found.statement) == (Standing.LATE, receipt.number, None)
    with store.open_store(home, writable=False) as opened:
        assert opened.get("statement", number)["state"] == "superseded"
        assert opened.audit(thing="statement", number=number)[-1]["detail"] == f"by submission {receipt.number}"


def test_a_returned_file_leaves_the_statement_standing(home: Path, tmp_path: Path):
    none(home, period="2022")
    send(home, tmp_path, sex={0: "Martian"})
    assert owed(home)["2022"].standing is Standing.NONE_STATED


def test_a_withdrawn_statement_is_no_report(home: Path):
    statements.withdraw(home, none(home), reason="A death came to light.", actor="clerk", at=AT)
    assert owed(home)["2025"].standing is Standing.MISSING
    assert none(home) == 2
    with pytest.raises(errors.AccessRefused):
        statements.withdraw(home, 1, reason="Again.", actor="clerk", at=AT)
    with store.open_store(home, writable=False) as opened:
        assert "came to light" not in str(opened.audit())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": "2026"}, "period_not_over"),
        ({"period": "2025-03"}, "not_owed"),
        ({"period": "1999"}, "not_owed"),
        ({"reporter": "ME0000001"}, "not_owed"),
        ({"reporter": "nobody"}, "reporter_unknown"),
        ({"period": "someday"}, "period_unreadable"),
    ],
)
def test_a_statement_is_refused_where_none_is_owed(home: Path, changes: dict[str, str], code: str):
    with pytest.raises(errors.SubmissionRefused) as refused:
        none(home, **changes)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_period_cannot_have_records_and_none(home: Path, tmp_path: Path):
    send(home, tmp_path)
    with pytest.raises(errors.SubmissionRefused) as refused:
        none(home, period="2022")
    assert refused.value.faults[0].code == "records_in_force"


def test_counts_tell_zero_from_missing(home: Path, tmp_path: Path):
    send(home, tmp_path, at="2023-05-01T00:00:00+00:00")
    none(home, reporter=OTHER, period="2022", at="2023-01-01T00:00:00+00:00")
    found = obligations.list_owed(
        home, jurisdiction=fixture.jurisdiction(), today=TODAY, since=date(2022, 1, 1), until=date(2023, 1, 1),
        dataset="custody_deaths",
    )  # fmt: skip
    (counted,) = obligations.count(found)
    agencies = len(found)
    assert (counted.owed, counted.received, counted.none_stated, counted.late) == (agencies, 1, 1, 1)
    assert counted.missing == agencies - 2
    assert counted.reported_share == pytest.approx(2 / agencies)


def test_a_home_made_before_there_were_statements_is_read_and_then_mended(home: Path):
    with store.open_store(home) as opened:
        for name in ("statements", "assessments", "assessed"):
            opened.engine.change(f"DROP TABLE {name}")
    assert owed(home)["2025"].standing is Standing.MISSING
    assert none(home) == 1
    assert owed(home)["2025"].standing is Standing.NONE_STATED


def test_an_unknown_agency_is_refused(home: Path):
    with pytest.raises(errors.RegistryRefused):
        owed(home, reporter="nobody")


def test_the_lifecycle_of_a_statement_has_no_gap():
    assert lifecycle.find_gaps(statements.LIFECYCLE) == []
