"""Receiving: kept byte for byte, accepted, asked about or returned; a resubmission supersedes; identifiers stand apart."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openjustice.confidential import identities, store
from openjustice.confidential.collect import receive, submissions, upkeep
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from unit.confidential.home_fixture import (
    AT,
    CANARY,
    KEY,
    PERIOD,
    dataset,
    jurisdiction,
    make_home,
    send,
    write_rows,
)

HARD: dict[str, Any] = {"date_of_death": {1: "1960-01-01"}}
SOFT: dict[str, Any] = {"manner_of_death": {1: "Natural"}, "means_of_death": {1: "Firearm"}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deaths.csv"


def raw_files(home: Path) -> set[str]:
    """List the kept files."""
    return {path.name for path in (home / "confidential" / "raw").iterdir()}


def current(home: Path) -> list[dict[str, object]]:
    """Read the records in force, by line."""
    with store.open_store(home) as opened:
        return opened.current_records("custody_deaths").rows(order_by=["_line"])


def test_a_good_file_is_accepted_and_kept_byte_for_byte(home: Path, file: Path):
    receipt = send(write_rows(file), home)
    assert (receipt.state, receipt.rows, receipt.queries, receipt.repeated) == ("accepted", 4, (), False)
    assert receipt.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (home / "confidential" / "raw" / receipt.sha256).read_bytes() == file.read_bytes()
    rows = current(home)
    assert [row["_line"] for row in rows] == [2, 3, 4, 5]
    assert {row["_submission"] for row in rows} == {1}
    assert upkeep.find_damage(home) == []


def test_direct_identifiers_stand_apart_and_a_keyed_pseudonym_joins_them(home: Path, file: Path):
    send(write_rows(file), home)
    rows = current(home)
    apart = set(dataset().contract.key) | {"person_name", "booking_number", "date_of_birth"}
    assert not apart & set(rows[0])
    expected = [identities.pseudonym([f"2022-{n:05}"], key=KEY, scope="demo/custody_deaths") for n in range(4)]
    assert [row["_record"] for row in rows] == expected
    with identities.open_identities(home / "identities" / "identities.duckdb", known=[1]) as opened:
        kept = {row["_record"]: row["person_name"] for row in opened.table("custody_deaths").rows()}
    assert kept == {record: f"{CANARY} {n:05}" for n, record in enumerate(expected)}


@pytest.mark.parametrize("changes", [{}, SOFT, HARD], ids=["accepted", "queries", "returned"])
def test_no_name_reaches_the_records_database(home: Path, file: Path, changes):
    send(write_rows(file, **changes), home)
    with engine.open_file(home / "confidential" / "records.duckdb", plane=Plane.CONFIDENTIAL, read_only=True) as opened:
        relations = [row[0] for row in opened.ask("SELECT table_name FROM duckdb_tables()")]
        text = repr([opened.ask(f"FROM {engine.quote(name)}") for name in relations])
    assert "audit" in relations
    assert CANARY not in text
    assert "2022-00001" not in text
    kept = [path for path in (home / "confidential").rglob("*") if path.is_file() and path.parent.name != "raw"]
    assert [path.name for path in kept if CANARY.encode() in path.read_bytes()] == []


def test_soft_findings_are_asked_about_and_the_rows_are_in_force(home: Path, file: Path):
    receipt = send(write_rows(file, **SOFT), home)
    assert (receipt.state, receipt.queries) == ("accepted_with_queries", (1,))
    shown = submissions.show_submission(home, receipt.number)
    (asked,) = shown.queries
    assert (asked["rule"], asked["count"], asked["lines"], asked["reporter"]) == (
        "natural_has_no_means", 1, [3], receipt.reporter,
    )  # fmt: skip
    assert asked["question"] == dataset().checks.checks["natural_has_no_means"].ask
    assert str(asked["due_date"]) == "2026-04-01"
    assert len(current(home)) == 4


def test_a_hard_finding_returns_the_file_which_is_kept_but_not_in_force(home: Path, file: Path):
    receipt = send(write_rows(file, **HARD), home)
    assert (receipt.state, receipt.queries) == ("returned", ())
    assert raw_files(home) == {receipt.sha256}
    found = submissions.show_submission(home, receipt.number).findings
    assert {(row["rule"], row["severity"], tuple(row["lines"])) for row in found} >= {
        ("death_after_birth", "hard", (3,))
    }
    with pytest.raises(errors.SubmissionRefused):
        current(home)
    assert upkeep.find_damage(home) == []


def test_a_file_that_is_no_table_is_returned(home: Path, file: Path):
    file.write_bytes(bytes(range(256)) * 40)
    receipt = send(file, home)
    assert (receipt.state, receipt.rows) == ("returned", 0)
    assert upkeep.find_damage(home) == []


def test_a_resubmission_supersedes_and_overwrites_nothing(home: Path, file: Path):
    first = send(write_rows(file, **SOFT), home)
    second = send(write_rows(file, count=3), home)
    assert (second.supersedes, second.state) == (first.number, "accepted")
    assert raw_files(home) == {first.sha256, second.sha256}
    assert {row["_submission"] for row in current(home)} == {second.number}
    shown = submissions.show_submission(home, first.number)
    assert (shown.submission["state"], shown.submission["superseded_by"]) == ("superseded", second.number)
    assert [asked["state"] for asked in shown.queries] == ["closed"]
    assert upkeep.find_damage(home) == []


def test_a_returned_resubmission_leaves_the_earlier_file_in_force(home: Path, file: Path):
    first = send(write_rows(file), home)
    assert send(write_rows(file, **HARD), home).supersedes is None
    assert {row["_submission"] for row in current(home)} == {first.number}


@pytest.mark.parametrize("changes", [{}, SOFT, HARD], ids=["accepted", "queries", "returned"])
def test_the_same_bytes_sent_again_say_so_and_change_nothing(home: Path, file: Path, changes):
    first = send(write_rows(file, **changes), home)
    with store.open_store(home) as opened:
        before = opened.audit()
    again = send(file, home)
    assert replace(first, repeated=True, result=None) == again
    with store.open_store(home) as opened:
        assert opened.audit() == before


def test_the_same_bytes_are_checked_anew_under_other_rules(home: Path, file: Path):
    send(write_rows(file), home)
    declared = dataset()
    other = replace(declared, contract=declared.contract.model_copy(update={"version": "2"}))
    assert not send(file, home, dataset=other).repeated


def test_going_back_to_an_earlier_file_supersedes_the_later_one(home: Path, file: Path):
    first, second = send(write_rows(file), home), send(write_rows(file, count=3), home)
    third = send(write_rows(file), home)
    assert (third.sha256, third.supersedes, third.number) == (first.sha256, second.number, 3)
    assert raw_files(home) == {first.sha256, second.sha256}


def test_rows_outside_of_the_period_return_the_file(home: Path, file: Path):
    receipt = send(write_rows(file, date_of_death={2: "2021-12-31"}), home, period="2022")
    assert receipt.state == "returned"
    assert receipt.result is not None
    assert [(item.rule, item.lines) for item in receipt.result.tallies if item.rule == "outside_period"] == [
        ("outside_period", (4,))
    ]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"reporter": "ME9999999"}, ("reporter_unknown",)),
        ({"period": "last year"}, ("period_unreadable",)),
        ({"period": "2027"}, ("period_not_begun",)),
        ({"reporter": "x", "period": "x"}, ("period_unreadable", "reporter_unknown")),
    ],
)
def test_a_wrong_reporter_or_period_is_refused_before_anything_is_kept(home: Path, file: Path, changes, codes):
    with pytest.raises(errors.SubmissionRefused) as refused:
        send(write_rows(file), home, **changes)
    assert refused.value.codes == codes
    assert raw_files(home) == set()


def test_a_period_that_overlaps_one_in_force_is_refused(home: Path, file: Path):
    send(write_rows(file), home)
    with pytest.raises(errors.SubmissionRefused) as refused:
        send(write_rows(file, count=2), home, period="2022")
    assert refused.value.codes == ("period_overlaps",)
    assert send(write_rows(file, count=2), home, period="2022", reporter="ME0100100").state == "accepted"


def test_a_missing_file_is_refused(home: Path, tmp_path: Path):
    with pytest.raises(errors.SubmissionRefused) as refused:
        send(tmp_path / "absent.csv", home)
    assert refused.value.codes == ("file_missing",)


def test_a_home_keeps_a_dataset_for_one_jurisdiction(home: Path, file: Path):
    send(write_rows(file), home)
    other = replace(dataset(), jurisdiction="elsewhere")
    elsewhere = replace(
        jurisdiction(), declaration=jurisdiction().declaration.model_copy(update={"jurisdiction": "elsewhere"})
    )
    with pytest.raises(errors.SubmissionRefused) as refused:
        send(file, home, dataset=other, jurisdiction=elsewhere)
    assert refused.value.codes == ("other_home",)


def test_a_fault_of_ours_leaves_nothing_behind(home: Path, file: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    write_rows(file, **SOFT)
    with monkeypatch.context() as patched:
        patched.setattr(receive, "_ask", fail)
        with pytest.raises(ZeroDivisionError):
            send(file, home)
    with store.open_store(home) as opened:
        assert (opened.find("submission"), opened.audit(), raw_files(home)) == ([], [], set())
    assert upkeep.find_damage(home) == []
    assert send(file, home).number == 1


def test_the_same_records_have_the_same_digest_in_every_home(tmp_path: Path, file: Path):
    digests = []
    for name, key in (("one", KEY), ("two", KEY[::-1])):
        (tmp_path / name).mkdir()
        home = make_home(tmp_path / name)
        send(write_rows(file, count=2), home, key=key)
        if name == "two":
            send(write_rows(file, count=3), home, key=key)
            send(write_rows(file, count=2), home, key=key)
        with store.open_store(home) as opened:
            digests.append(opened.input_digest("custody_deaths"))
    assert digests[0] == digests[1]


def test_damage_is_found(home: Path, file: Path):
    receipt = send(write_rows(file, **SOFT), home)
    (home / "confidential" / "raw" / receipt.sha256).write_bytes(b"changed")
    with store.open_store(home) as opened:
        opened.engine.change("UPDATE queries SET state = 'closed'")
        opened.engine.change("DELETE FROM records__custody_deaths WHERE _line = 2")
    assert upkeep.find_damage(home) == [
        f"The kept file {receipt.sha256} is damaged.",
        "The audit of query 1 does not lead to its state.",
        "Submission 1 does not have the records that it names.",
        "The identities of submission 1 do not match its records.",
    ]
    with pytest.raises(errors.HouseFault) as refused:
        upkeep.check_home(home)
    assert set(refused.value.codes) == {"home_damaged"}


def test_a_dataset_without_persons_has_no_identities(home: Path, root: Path):
    path = root / "registry" / "demo" / "datasets" / "county_arrests" / "examples" / "good.csv"
    receipt = send(path, home, dataset=dataset("county_arrests"), period=PERIOD)
    assert receipt.state == "accepted"
    with identities.open_identities(home / "identities" / "identities.duckdb", known=[1]) as opened:
        assert opened.count_by_submission("county_arrests") == {}
    assert upkeep.find_damage(home) == []


def test_the_figures_of_a_home(home: Path, file: Path):
    send(write_rows(file, **SOFT), home)
    send(write_rows(file, **HARD), home)
    figures = upkeep.summarize(home, today=date.fromisoformat(AT[:10]))
    assert figures["submissions"] == {"accepted_with_queries": 1, "returned": 1}
    assert (figures["queries"], figures["queries_overdue"]) == ({"open": 1}, 0)
    assert figures["records"] == {"custody_deaths": 4}
    assert [row["number"] for row in submissions.list_submissions(home, state="returned")] == [2]
