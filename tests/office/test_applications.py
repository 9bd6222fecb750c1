"""The desk of applications: two systems in one application, a team of three, a missing notary form, a decision; nobody else's page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office import clock
from office.paperwork import PDF, Team, bring_everything, make_team, say_again
from openjustice.ground import errors
from openjustice.office.accounts.models import Account
from openjustice.office.applications import selectors, services
from openjustice.office.applications.models import Application, Paper
from openjustice.office.applications.rules import acts, case, papers
from openjustice.office.audit.models import Entry
from unit.office.test_application_rules import BOTH

Make = Callable[..., Account]
SignIn = Callable[[Account], Client]


@pytest.fixture
def team(make_account: Make, office_home: object) -> Team:
    return make_team(make_account)


def begun(team: Team, client: Client) -> int:
    answer = client.post("/applications/begin/", {"systems": ["california/achs", "california/ripa"]})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].strip("/").split("/")[-1])


def test_the_whole_way_in_the_browser_s_own_forms(database: str, team: Team, sign_in: SignIn):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    page = f"/applications/{number}/"
    for person in (team.second, team.third):
        assert ada.post(f"{page}invite/", {"email": person.email}).status_code == 302
        assert sign_in(person).post(f"{page}accept/").status_code == 302
    told = ada.post(f"{page}submit/")
    assert told.status_code == 422
    assert f"/applications/{number}/form/#id_answer.purpose" in told.content.decode()
    bring_everything(number, team, sign_in, but=f"notary_identity.{team.third.pk}")
    told = ada.post(f"{page}submit/")
    assert f"#item-notary_identity.{team.third.pk}" in told.content.decode()
    third = sign_in(team.third)
    paper = {"made_on": clock.START.date(), "file": SimpleUploadedFile("form.exe", PDF)}
    assert third.post(f"{page}items/notary_identity.{team.third.pk}/", paper).status_code == 302
    assert ada.post(f"{page}submit/").status_code == 302
    reviewer, decider = sign_in(team.reviewer), sign_in(team.decider)
    assert reviewer.post(f"{page}begin/").status_code == 302
    need = f"notary_identity.{team.third.pk}"
    assert reviewer.post(f"{page}reject/", {"need": need, "note": "Not signed by a notary"}).status_code == 302
    assert reviewer.post(f"{page}ask/", {"text": "Please bring the form again.", "need": need}).status_code == 302
    assert ada.post(f"{page}answer/", {"text": "Here"}).status_code == 422
    paper["file"] = SimpleUploadedFile("form.pdf", PDF)
    assert third.post(f"{page}items/{need}/", paper).status_code == 302
    assert ada.post(f"{page}answer/", {"text": "Here it is"}).status_code == 302
    held = selectors.read(Application.objects.get(pk=number))
    for item in held.needs:
        assert reviewer.post(f"{page}verify/", {"need": item.need}).status_code == 302
    assert reviewer.post(f"{page}recommend/").status_code == 302
    decision = {"outcome.achs": "approve", "outcome.ripa": "deny", "words": "Good work"}
    say_again(decider, f"{page}decide/")
    assert decider.post(f"{page}decide/", decision).status_code == 422
    decision["reasons.ripa"] = "security_insufficient"
    assert decider.post(f"{page}decide/", decision).status_code == 302
    row = Application.objects.get(pk=number)
    assert row.state == "approved"
    assert "The records would not be kept safely." in ada.get(page).content.decode()
    entries = list(Entry.objects.filter(thing="application", thing_id=str(number)).order_by("number"))
    assert [item.source for item in entries[1:]] == [item.target for item in entries[:-1]], "no gap in the record"
    assert entries[-1].event == "application_approved"
    assert not Entry.objects.filter(detail__contains="notary form").exists()


def paths_of(number: int, paper: int) -> list[tuple[str, str]]:
    page = f"/applications/{number}/"
    acts_of = ("accept", "decline", "submit", "begin", "recommend", "withdraw", "verify", "reject", "remove", "invite", "ask", "answer", "send_back", "appeal", "uphold", "reopen")  # fmt: skip
    return [
        ("get", page), ("get", f"{page}form/"), ("get", f"{page}items/irb_approval.application/"),
        ("get", f"{page}papers/{paper}/"), ("get", f"{page}decide/"), ("post", f"{page}form/"),
        ("post", f"{page}items/irb_approval.application/"), ("post", f"{page}decide/"),
        *(("post", f"{page}{act}/") for act in acts_of),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "role",
    [
        "clerk",
        "steward",
        "checker",
        "researcher",
        "team_member",
        "provider",
        "administrator",
        "reviewer",
        "decider",
        "",
    ],
)
def test_nobody_reaches_an_application_that_is_not_theirs(
    sqlite: str, team: Team, make_account: Make, sign_in: SignIn, role: str
):
    """A draft is its team's alone: reviewers and deciders see it once it is submitted, everybody else never."""
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    ada.post(
        f"/applications/{number}/items/irb_approval.application/",
        {"made_on": "2026-03-01", "ends_on": "2027-03-01", "file": SimpleUploadedFile("a.pdf", PDF)},
    )
    paper = Paper.objects.get().pk
    before = Application.objects.get(pk=number).content
    if role == "administrator":
        settings.OFFICE_SECOND_FACTOR_ROLES = ()
    stranger = sign_in(make_account(role, name=f"Stranger {role}")) if role else Client()
    if role == "decider":  # who they are is asked again before anything is told
        say_again(stranger, f"/applications/{number}/decide/")
    for method, path in paths_of(number, paper):
        answer = getattr(stranger, method)(path)
        assert answer.status_code in ((302,) if not role else (403, 404)), (method, path, answer.status_code)
        assert not role or "Page" not in str(answer.headers.get("Location", ""))
    assert Application.objects.get(pk=number).content == before
    settings.OFFICE_SECOND_FACTOR_ROLES = ("administrator",)


def test_a_team_member_sees_no_paper_of_another(sqlite: str, team: Team, sign_in: SignIn):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    for person in (team.second, team.third):
        ada.post(f"/applications/{number}/invite/", {"email": person.email})
        sign_in(person).post(f"/applications/{number}/accept/")
    need = f"notary_identity.{team.second.pk}"
    answer = sign_in(team.second).post(
        f"/applications/{number}/items/{need}/", {"made_on": clock.START.date(), "file": SimpleUploadedFile("a", PDF)}
    )
    assert answer.status_code == 302
    paper = Paper.objects.get().pk
    assert sign_in(team.third).get(f"/applications/{number}/papers/{paper}/").status_code == 404
    assert sign_in(team.reviewer).get(f"/applications/{number}/papers/{paper}/").status_code == 404
    given = sign_in(team.second).get(f"/applications/{number}/papers/{paper}/")
    assert given["Content-Disposition"].startswith("attachment")
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(given.streaming_content) == PDF


def packed(names: list[str], *, size: int = 10) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"0" * size)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "paper_empty"),
        (b"MZ\x90\x00", "paper_type"),
        (b"<html><script>alert(1)</script>", "paper_type"),
        (b"%PDF-1.7" + b"0" * 10_000_001, "paper_too_large"),
        (packed(["word/document.xml"], size=5_000_000), "paper_swollen"),
        (packed(["word/document.xml", "word/vbaProject.bin"]), "paper_type"),
        (packed(["xl/workbook.xml"]), "paper_type"),
        (b"PK\x03\x04broken", "paper_type"),
    ],
)
def test_a_file_that_may_not_be_kept_is_refused(content: bytes, code: str):
    with pytest.raises(errors.AccessRefused) as refused:
        papers.check_paper(content, rules=BOTH[0].attachments)
    assert refused.value.codes == (code,)


def test_a_word_document_is_known_by_what_is_in_it():
    assert papers.check_paper(packed(["word/document.xml"]), rules=BOTH[0].attachments) == "docx"


def test_malicious_software_is_not_kept(sqlite: str, team: Team, sign_in: SignIn, tmp_path, monkeypatch):
    """The scanner is whatever ClamAV answers: here one that finds something in every file."""
    scanner = tmp_path / "clamscan"
    scanner.write_text("#!/bin/sh\nexit 1\n")
    scanner.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    before = (
        sorted((settings.HOME / "office" / "papers").glob("*"))
        if (settings.HOME / "office" / "papers").is_dir()
        else []
    )
    given = {"made_on": "2026-03-01", "ends_on": "2027-03-01", "file": SimpleUploadedFile("a.pdf", PDF)}
    answer = ada.post(f"/applications/{number}/items/irb_approval.application/", given)
    assert answer.status_code == 422
    assert "malicious" in answer.content.decode()
    assert sorted((settings.HOME / "office" / "papers").glob("*")) == before
    scanner.write_text("#!/bin/sh\nexit 2\n")
    given["file"] = SimpleUploadedFile("a.pdf", PDF)
    answer = ada.post(f"/applications/{number}/items/irb_approval.application/", given)
    assert "could not be scanned" in answer.content.decode()
    assert not Paper.objects.exists()


def test_pages_speak_spanish(sqlite: str, team: Team, sign_in: SignIn):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    ada.post("/language/", {"language": "es", "back": "/"})
    page = ada.get(f"/applications/{number}/").content.decode()
    assert "Verificación de antecedentes por huellas dactilares" in page
    assert "Solicitud" in page
    assert "¿Qué quiere averiguar?" in ada.get(f"/applications/{number}/form/").content.decode()


def test_an_unanswered_application_ends_by_the_clock(sqlite: str, team: Team, sign_in: SignIn):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    bring_everything(number, team, sign_in)
    assert ada.post(f"/applications/{number}/submit/").status_code == 302
    reviewer = sign_in(team.reviewer)
    reviewer.post(f"/applications/{number}/begin/")
    reviewer.post(f"/applications/{number}/ask/", {"text": "Why?"})
    due = Application.objects.get(pk=number).due_at
    assert services.look_at_clock(at=due - timedelta(seconds=1)) == 0
    assert services.look_at_clock(at=due) == 1
    assert Application.objects.get(pk=number).state == "lapsed"


def test_two_people_who_act_at_once_do_it_once(sqlite: str, team: Team, sign_in: SignIn):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    bring_everything(number, team, sign_in)
    ada.post(f"/applications/{number}/submit/")
    reviewer = sign_in(team.reviewer)
    assert reviewer.post(f"/applications/{number}/begin/").status_code == 302
    again = reviewer.post(f"/applications/{number}/begin/")
    assert again.status_code == 422
    assert "moved on" in again.content.decode()
    assert Entry.objects.filter(event="review_begun", thing_id=str(number)).count() == 1


def test_a_form_of_another_version_changes_nothing_of_what_was_begun(
    sqlite: str, team: Team, sign_in: SignIn, monkeypatch
):
    ada = sign_in(team.researcher)
    number = begun(team, ada)
    found = selectors.jurisdictions()
    monkeypatch.setattr(
        selectors, "jurisdictions", lambda: {name: item for name, item in found.items() if name == "demo"}
    )
    page = ada.get(f"/applications/{number}/form/")
    assert page.status_code == 200
    assert "answer.records_needed" in page.content.decode()


def test_today_is_the_day_where_the_system_is():
    held = acts.begin(
        "1",
        jurisdiction="california",
        systems=BOTH,
        actor=case.Actor("1", frozenset({"researcher"})),
        at=clock.START,
    ).application
    assert selectors.today(held, at=clock.START.replace(hour=7)) == date(2026, 3, 1)
