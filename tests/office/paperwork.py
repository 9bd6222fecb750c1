"""A team of three, those who judge, and everything that an application asks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office import clock
from office.people import PASSWORD
from openjustice.contracts.system import Evidence
from openjustice.office.accounts.models import Account
from openjustice.office.applications import selectors
from openjustice.office.applications.models import Application
from openjustice.office.applications.rules import completeness

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass(frozen=True)
class Team:
    """Who applies, and who judges."""

    researcher: Account
    second: Account
    third: Account
    reviewer: Account
    decider: Account
    steward: Account


def make_team(make_account: Callable[..., Account]) -> Team:
    """Make three people of one research body, and those of the authority."""
    return Team(
        researcher=make_account("researcher", name="Ada Lane"), second=make_account("team_member", name="Ben Ford"),
        third=make_account("team_member", name="Cleo Marsh"), reviewer=make_account("reviewer", name="Dan Brook"),
        decider=make_account("decider", name="Fay Hill"), steward=make_account("steward", name="Hal Glen"),
    )  # fmt: skip


def say_again(client: Client, path: str) -> None:
    """Say again who one is, as it is asked before something that cannot be undone."""
    asked = client.post(path).get("Location", "")
    if asked.startswith("/account/reauthenticate/"):
        client.post(asked, {"password": PASSWORD})


def bring_everything(number: int, team: Team, sign_in: Callable[[Account], Client], *, but: str = "") -> None:
    """Fill in the form, and have everybody bring what is asked of them, but for one item."""
    held = selectors.read(Application.objects.get(pk=number))
    clients = {
        str(item.pk): sign_in(item)
        for item in (team.researcher, team.second, team.third)
        if str(item.pk) in held.accounts
    }
    form: dict[str, Any] = {f"asker.{item.system}": next(iter(item.askers)) for item in held.systems}
    form |= {f"answer.{name}": "Why people are stopped again" for name in completeness.questions(held)}
    assert clients[held.investigator].post(f"/applications/{number}/form/", form).status_code == 302
    for need in held.needs:
        if need.need == but:
            continue
        day = clock.read_clock().date() - timedelta(days=1)
        given: dict[str, Any] = {"made_on": day}
        if need.requirement.states_its_end:
            given["ends_on"] = day + timedelta(days=400)
        match need.requirement.evidence:
            case Evidence.DOCUMENT:
                given["file"] = SimpleUploadedFile("paper.pdf", PDF)
            case Evidence.REFERENCE:
                given["reference"] = "LS-1234"
            case Evidence.STATEMENT:
                given["signed"] = "My name"
        answer = clients[need.account or held.investigator].post(f"/applications/{number}/items/{need.need}/", given)
        assert answer.status_code == 302, (need.need, answer.content.decode())


def approve(team: Team, sign_in: Callable[[Account], Client], *, systems: list[str], until: str = "approved") -> int:
    """Bring an application of the whole team up to a state, by the forms of its pages, and return its number."""
    ada = sign_in(team.researcher)
    number = int(ada.post("/applications/begin/", {"systems": systems})["Location"].strip("/").split("/")[-1])
    page = f"/applications/{number}/"
    for person in (team.second, team.third):
        ada.post(f"{page}invite/", {"email": person.email})
        sign_in(person).post(f"{page}accept/")
    bring_everything(number, team, sign_in)
    if until == "full":
        return number
    assert ada.post(f"{page}submit/").status_code == 302
    if until == "submitted":
        return number
    reviewer, decider = sign_in(team.reviewer), sign_in(team.decider)
    reviewer.post(f"{page}begin/")
    held = selectors.read(Application.objects.get(pk=number))
    for item in held.needs:
        reviewer.post(f"{page}verify/", {"need": item.need})
    assert reviewer.post(f"{page}recommend/").status_code == 302
    say_again(decider, f"{page}decide/")
    decision = {f"outcome.{item.system}": "approve" for item in held.systems}
    assert decider.post(f"{page}decide/", decision).status_code == 302
    return number
