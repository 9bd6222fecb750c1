"""The desk of licenses: granted by a decision, reminded, renewed in the window, ended by the clock, stopping what it must stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from office import clock
from office.paperwork import Team, approve, make_team, say_again
from openjustice.office.accounts.models import Account
from openjustice.office.applications.models import Application
from openjustice.office.applications.rules.case import Actor
from openjustice.office.audit.models import Entry
from openjustice.office.licenses import selectors, services
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import grant

SignIn = Callable[[Account], Client]


@pytest.fixture
def team(make_account: Callable[..., Account], office_home: object) -> Team:
    return make_team(make_account)


@pytest.fixture
def licenses(sqlite: str, team: Team) -> list[License]:
    """Give the licenses of an approved application for two systems."""
    approve(team, ["california/achs", "california/ripa"])
    return list(License.objects.order_by("system"))


def decided(client: Client, number: int, act: str, **given: object) -> int:
    """Do a decider's act, saying again who one is."""
    say_again(client, f"/licenses/{number}/decide/refuse_renewal/")
    return int(client.post(f"/licenses/{number}/decide/{act}/", given).status_code)


def test_each_approved_system_has_its_license_from_the_moment_of_the_decision(licenses: list[License], team: Team):
    assert [item.system for item in licenses] == ["achs", "ripa"]
    for item in licenses:
        held = selectors.read(item)
        assert held.number == str(item.pk)
        assert held.starts_at == Application.objects.get().decided_at == clock.START
        assert held.ends_at == datetime.fromisoformat("2027-03-03T08:00:00+00:00")
        assert held.members == (str(team.researcher.pk), str(team.second.pk), str(team.third.pk))
    assert Entry.objects.filter(event="license_granted").count() == 2


def test_the_clock_ends_a_license_within_a_minute_of_its_end(licenses: list[License]):
    """The clock runs for a simulated week around the end, sleeping as long as it is told to sleep."""
    end = licenses[0].ends_at
    now = [end - timedelta(days=6, seconds=17)]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        # Between two looks nearly a week passes at once where nothing is due: what counts is how it nears the end.
        now[0] += timedelta(seconds=seconds)

    services.look_at_clock(at=now[0])
    now[0] = end - timedelta(seconds=95)
    services.run_clock(now=lambda: now[0], sleep=sleep, goes_on=lambda: now[0] < end + timedelta(seconds=61))
    entry = Entry.objects.filter(event="license_expired").order_by("number").first()
    assert entry is not None
    lag = datetime.fromisoformat(entry.at) - end
    assert timedelta(0) <= lag <= timedelta(seconds=60)
    assert max(slept) <= 30


def test_reminders_are_sent_to_the_team_and_once(licenses: list[License], django_mail: list):
    end = licenses[0].ends_at
    for days in (91, 90, 89, 60, 30, 29, 7, 1):
        services.look_at_clock(at=end - timedelta(days=days))
        services.look_at_clock(at=end - timedelta(days=days))
    told = Entry.objects.filter(event="license_reminded", thing_id=str(licenses[0].pk)).values_list("detail", flat=True)
    assert [item.count("90") + item.count("60") + item.count("30") + item.count('"7"') for item in told] == [1, 1, 1, 1]


def test_renewal_in_the_window_moves_the_end_by_a_year(licenses: list[License], team: Team, sign_in: SignIn):
    number, end = licenses[1].pk, licenses[1].ends_at
    ada = sign_in(team.researcher)
    early = ada.post(f"/licenses/{number}/ask_renewal/", {"text": "We go on"})
    assert early.status_code == 422
    assert "Renewal cannot be asked yet" in early.content.decode()
    clock.set_clock(end - timedelta(days=80))
    ada = sign_in(team.researcher)
    assert ada.post(f"/licenses/{number}/ask_renewal/", {"text": "We go on"}).status_code == 302
    assert decided(sign_in(team.decider), number, "renew") == 302
    assert License.objects.get(pk=number).ends_at == datetime.fromisoformat("2028-03-03T08:00:00+00:00")


def test_a_suspension_holds_open_applications_and_a_revocation_stops_them(
    licenses: list[License], team: Team, sign_in: SignIn
):
    other = approve(team, ["california/jcpss"], until="submitted")
    decider = sign_in(team.decider)
    number = licenses[0].pk
    assert decided(decider, number, "suspend", text="A breach is looked at") == 302
    assert Application.objects.get(pk=other).state == "held"
    assert not selectors.is_live(number, at=clock.read_clock())
    assert decided(decider, number, "reinstate", text="It was none") == 302
    assert Application.objects.get(pk=other).state == "under_review"
    assert decided(decider, number, "suspend", text="Again") == 302
    assert decided(decider, number, "revoke", text="It was one") == 302
    assert Application.objects.get(pk=other).state == "stopped"
    events = (
        Entry.objects.filter(thing="application", thing_id=str(other))
        .order_by("number")
        .values_list("event", flat=True)
    )
    assert list(events)[-4:] == ["application_held", "application_resumed", "application_held", "application_stopped"]


def test_nobody_applies_while_a_license_of_theirs_is_suspended(licenses: list[License], team: Team, sign_in: SignIn):
    assert decided(sign_in(team.decider), licenses[0].pk, "suspend", text="A breach is looked at") == 302
    other = approve(team, ["california/jcpss"], until="full")
    answer = sign_in(team.researcher).post(f"/applications/{other}/submit/")
    assert answer.status_code == 422
    assert "A license of somebody on the team is suspended." in answer.content.decode()


PATHS = (
    ("get", ""), ("get", "copies/1/certify/"), ("post", "copies/1/certify/"), ("post", "ask_renewal/"), ("post", "close/"),
    ("post", "decide/renew/"), ("post", "decide/suspend/"), ("post", "decide/revoke/"), ("post", "decide/reinstate/"),
    ("post", "decide/refuse_renewal/"),
)  # fmt: skip


@pytest.mark.parametrize("role", ["clerk", "checker", "researcher", "team_member", "provider", "reviewer", ""])
def test_nobody_reaches_a_license_that_is_not_theirs(
    licenses: list[License], make_account: Callable[..., Account], sign_in: SignIn, role: str
):
    stranger = sign_in(make_account(role, name=f"Stranger {role}")) if role else Client()
    before = licenses[0].content
    for method, path in PATHS:
        answer = getattr(stranger, method)(f"/licenses/{licenses[0].pk}/{path}", {"text": "words"})
        assert answer.status_code in ((302,) if not role else (403, 404)), (method, path)
    assert License.objects.get(pk=licenses[0].pk).content == before


@pytest.mark.parametrize("who", ["second", "steward"])
def test_whoever_may_see_a_license_cannot_decide_it(licenses: list[License], team: Team, sign_in: SignIn, who: str):
    client = sign_in(getattr(team, who))
    assert client.get(f"/licenses/{licenses[0].pk}/").status_code == 200
    before = License.objects.get(pk=licenses[0].pk).content
    for method, path in PATHS[1:]:
        answer = getattr(client, method)(f"/licenses/{licenses[0].pk}/{path}", {"text": "words"})
        assert answer.status_code in (403, 404, 422), (method, path, answer.status_code)
    assert License.objects.get(pk=licenses[0].pk).content == before


def test_a_team_decides_nothing_of_its_own_license(licenses: list[License], team: Team):
    held = selectors.read(licenses[0])
    both = Actor(str(team.researcher.pk), frozenset({"researcher", "decider", "steward"}))
    assert grant.positions(held, both) == {"researcher", "team_member"}


@pytest.fixture
def django_mail() -> list:
    mail.outbox.clear()
    outbox: list = mail.outbox
    return outbox
