"""The agency desk: the command line's own checks in a browser, faults by line, questions answered, nobody else's file seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openjustice.confidential.collect import submissions
from openjustice.office.accounts import services as accounts
from openjustice.office.accounts.models import Account, Organization
from openjustice.office.audit.models import Entry
from openjustice.office.audit.rules import Audit
from openjustice.office.submissions import rules
from unit.confidential.home_fixture import CANARY, REPORTER, write_rows

BAD: dict[str, Any] = {"race": {1: "Purple"}}
ASKED: dict[str, Any] = {"means_of_death": {0: "Firearm"}}


@pytest.fixture
def agency(sqlite: str, audit: Audit) -> Organization:
    """Give the agency that sends."""
    return accounts.add_organization(
        name="Aldermoor Jail", kind="agency", jurisdiction="demo", reporter=REPORTER, audit=audit
    )


@pytest.fixture
def clerk(agency: Organization, make_account: Callable[..., Account], sign_in: Callable[[Account], Client]) -> Client:
    """Give a clerk's browser."""
    return sign_in(make_account("clerk", name="Clara Clerk", organization=agency))


@pytest.fixture
def steward(sqlite: str, make_account: Callable[..., Account], sign_in: Callable[[Account], Client]) -> Client:
    """Give a steward's browser."""
    return sign_in(make_account("steward", name="Stella Steward"))


def post(
    client: Client,
    folder: Path,
    *,
    act: str = "send",
    name: str = "deaths.csv",
    period: str = "2005/2024",
    **changes: Any,
):
    """Send a file as the form does."""
    content = write_rows(folder / name, **changes).read_bytes()
    given = {
        "dataset": "demo/custody_deaths", "agency": f"demo/{REPORTER}", "period": period, act: "1",
        "file": SimpleUploadedFile(name, content),
    }  # fmt: skip
    return client.post("/submissions/send/", given)


def test_a_clerk_sends_a_bad_file_mends_it_and_answers_a_question(
    home: Path, tmp_path: Path, clerk: Client, steward: Client
):
    sent = post(clerk, tmp_path, **BAD)
    assert sent["Location"] == "/submissions/1/"
    page = clerk.get("/submissions/1/").content.decode()
    for words in ("returned", "must be corrected", "<code>codelist</code>", "race"):
        assert words in page
    assert post(clerk, tmp_path, **ASKED)["Location"] == "/submissions/2/"
    page = clerk.get("/submissions/2/").content.decode()
    assert "Was this death natural?" in page
    assert clerk.post("/submissions/questions/1/answer/", {"text": " "}).status_code == 422
    assert clerk.post("/submissions/questions/1/answer/", {"text": "Yes."}).status_code == 302
    assert "Yes." in steward.get("/submissions/2/").content.decode()
    assert steward.post("/submissions/questions/1/reopen/", {"text": "Are you sure?"}).status_code == 302
    assert clerk.post("/submissions/questions/1/answer/", {"text": "I am."}).status_code == 302
    assert steward.post("/submissions/questions/1/close/").status_code == 302
    assert [row["state"] for row in submissions.list_submissions(home)] == ["returned", "accepted"]
    events = list(
        Entry.objects.exclude(thing__in=("account", "organization", "membership")).values_list("event", flat=True)
    )
    assert events == [
        "file_sending", "file_sent", "submission_viewed", "file_sending", "file_sent", "submission_viewed", "submission_viewed",
        "question_answered", "submission_viewed", "question_reopened", "question_answered", "question_closed",
    ]  # fmt: skip
    assert CANARY not in "".join("".join(map(str, row)) for row in Entry.objects.values_list())


def test_only_checking_keeps_nothing(home: Path, tmp_path: Path, clerk: Client):
    page = post(clerk, tmp_path, act="check", **BAD)
    assert page.status_code == 200
    assert "cannot be accepted yet" in page.content.decode()
    assert submissions.list_submissions(home) == []
    assert list((home / "office" / "incoming").iterdir()) == []


def test_no_value_of_a_record_is_on_any_page(home: Path, tmp_path: Path, clerk: Client):
    checked = post(clerk, tmp_path, act="check", **BAD).content.decode()
    post(clerk, tmp_path, **BAD)
    post(clerk, tmp_path, **ASKED)
    pages = [
        checked,
        *(clerk.get(path).content.decode() for path in ("/submissions/", "/submissions/1/", "/submissions/2/")),
    ]
    assert [page for page in pages if CANARY in page or "Purple" in page] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"period": ""}, "period"), ({"period": "last year"}, "period"), ({"name": "deaths.pdf"}, None)],
)
def test_every_fault_of_the_form_is_linked_to_its_field(
    home: Path, tmp_path: Path, clerk: Client, given: dict, field: str | None
):
    answer = post(clerk, tmp_path, **given)
    if field is None:  # a file is known by its content, whatever it is called
        assert answer.status_code == 302
        return
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert submissions.list_submissions(home) == []


def test_the_same_file_again_changes_nothing(home: Path, tmp_path: Path, clerk: Client):
    post(clerk, tmp_path)
    assert post(clerk, tmp_path)["Location"] == "/submissions/1/"
    assert len(submissions.list_submissions(home)) == 1


def test_nobody_sends_for_or_sees_another_agency(
    home: Path, tmp_path: Path, clerk: Client, make_account: Callable, sign_in: Callable, audit: Audit
):
    post(clerk, tmp_path, **ASKED)
    other = accounts.add_organization(
        name="Other Police", kind="agency", jurisdiction="demo", reporter="ME0100100", audit=audit
    )
    stranger = sign_in(make_account("clerk", name="Otto Other", organization=other))
    assert "/submissions/1/" not in stranger.get("/submissions/").content.decode()
    assert stranger.get("/submissions/1/").status_code == 404
    assert stranger.post("/submissions/questions/1/answer/", {"text": "x"}).status_code == 404
    assert post(stranger, tmp_path).status_code == 422  # the agency is not among their choices
    assert len(submissions.list_submissions(home)) == 1


def test_a_steward_sends_and_answers_nothing(home: Path, tmp_path: Path, clerk: Client, steward: Client):
    post(clerk, tmp_path, **ASKED)
    assert steward.get("/submissions/1/").status_code == 200
    assert steward.post("/submissions/questions/1/answer/", {"text": "x"}).status_code == 403
    assert post(steward, tmp_path).status_code == 422
    assert clerk.post("/submissions/questions/1/close/").status_code == 403


@pytest.mark.parametrize("path", ["/submissions/playbook/demo/custody_deaths/", "/submissions/playbook/demo/custody_deaths/empty.csv"])  # fmt: skip
def test_the_playbook_is_there_for_its_own_agencies(home: Path, clerk: Client, path: str):
    answer = clerk.get(path)
    assert answer.status_code == 200
    assert "manner_of_death" in answer.content.decode()
    assert (
        clerk.get(path.replace("/demo/", "/california/").replace("custody_deaths", "deaths_in_custody")).status_code
        == 404
    )


def test_the_page_is_in_spanish_too(home: Path, tmp_path: Path, clerk: Client):
    post(clerk, tmp_path, **BAD)
    clerk.cookies["office-language"] = "es"
    page = clerk.get("/submissions/1/").content.decode()
    assert "Qué se encontró" in page
    assert "debe corregirse" in page


@pytest.mark.parametrize("act", rules.ACTS)
def test_every_act_of_the_desk_has_a_role(act: str):
    assert rules.ACTS[act]
