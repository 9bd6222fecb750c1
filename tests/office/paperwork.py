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
from openjustice.office.applications import selectors, services
from openjustice.office.applications.models import Application
from openjustice.office.applications.rules import acts, completeness
from openjustice.office.applications.rules.case import Actor

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


def approve(team: Team, systems: list[str], *, until: str = "approved") -> int:
    """Bring an application of the whole team up to a state, by the services that its pages call, and return its number."""
    at = clock.read_clock()
    today = at.date() - timedelta(days=1)
    place, found = selectors.find_systems(systems)
    ada, ben, cleo = (
        Actor(str(item.pk), frozenset({"researcher", "team_member"}))
        for item in (team.researcher, team.second, team.third)
    )
    number: int = services.begin(account=team.researcher, jurisdiction=place, systems=found, actor=ada, at=at).pk
    for person in (ben, cleo):
        services.act(number, acts.invite, account=person.account, actor=ada, at=at)
        services.act(number, acts.accept, actor=person, at=at)
    held = selectors.read(Application.objects.get(pk=number))
    askers = {item.system: next(iter(item.askers)) for item in held.systems}
    answers = dict.fromkeys(completeness.questions(held), "Why people are stopped again")
    held = services.act(number, acts.fill, answers=answers, askers=askers, actor=ada, at=at)
    people = {item.account: item for item in (ada, ben, cleo)}
    for need in held.needs:
        shown: dict[str, Any] = {"attachment": "1", "reference": "LS-1234", "signed": "My name"}
        ends = {"ends_on": today + timedelta(days=400)} if need.requirement.states_its_end else {}
        actor = people[need.account or held.investigator]
        services.act(
            number, acts.bring, need=need.need, made_on=today, today=today, actor=actor, at=at, **shown, **ends
        )
    if until == "full":
        return number
    services.act(number, acts.submit, today=today, actor=ada, at=at)
    if until == "submitted":
        return number
    reviewer, decider = (
        Actor(str(team.reviewer.pk), frozenset({"reviewer"})),
        Actor(str(team.decider.pk), frozenset({"decider"})),
    )
    services.act(number, acts.begin_review, actor=reviewer, at=at)
    for need in held.needs:
        services.act(number, acts.verify, need=need.need, today=today, actor=reviewer, at=at)
    services.act(number, acts.recommend, actor=reviewer, at=at)
    services.act(number, acts.approve, denied={}, words="", actor=decider, at=at)
    return number
