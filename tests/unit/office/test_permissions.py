"""Every cell of the published permission matrix: in each state, each position tries each act, and exactly the cell's acts work."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from laws.office_world import BEGUN, PEOPLE, ZONE, World, read_systems
from openjustice.cli.house.reference.permissions import MATRICES
from openjustice.ground import errors
from openjustice.ground.calendar import day_of
from openjustice.office.applications.rules import acts, case
from openjustice.office.applications.rules.case import Actor, Application
from openjustice.office.applications.rules.lifecycle import APPLICATION
from openjustice.office.licenses.rules import acts as license_acts
from openjustice.office.licenses.rules import grant
from openjustice.office.licenses.rules.grant import Copy, License
from openjustice.office.licenses.rules.lifecycle import LICENSE

BY = {person.account: person for person in PEOPLE}
ACTORS = {
    "researcher": BY["ada"],
    "team_member": BY["ben"],
    "reviewer": BY["dan"],
    "decider": BY["gus"],
    "steward": BY["hal"],
    "house": case.HOUSE_ITSELF,
}
STRANGERS = [
    Actor("zoe", frozenset({"researcher", "team_member", "agency_clerk", "checker", "provider", "administrator"}))
]
ITEM = "irb_approval.application"


def first(given: Any) -> Any:
    """Choose the first."""
    return given[0]


@cache
def worlds() -> tuple[dict[str, Application], dict[str, License]]:
    """Make an application and a license in every state, by the acts that lead there, with Ben on the team."""
    world = World(systems=read_systems("achs", "ripa"), choose=first)
    begun = acts.begin("A-1", jurisdiction="california", systems=world.systems, actor=BY["ada"], at=BEGUN)
    joined = acts.invite(begun.application, account="ben", actor=BY["ada"], at=BEGUN)
    world._keep_application(None, joined)
    made = {"draft": world.applications["A-1"]}
    for _ in range(4):
        world.further("A-1")
        made[world.applications["A-1"].state] = world.applications["A-1"]
    license_ = next(iter(world.licenses.values()))
    house, text = case.HOUSE_ITSELF, {"text": "words"}
    denied: dict[str, Any] = {"denied": dict.fromkeys(("achs", "ripa"), ("not_eligible",)), "words": "No"}
    made["returned"] = acts.ask(made["under_review"], actor=BY["dan"], at=BEGUN, **text).application
    made["denied"] = acts.deny(made["recommended"], actor=BY["fay"], at=BEGUN, **denied).application
    made["appealed"] = acts.appeal(made["denied"], actor=BY["ada"], at=BEGUN, **text).application
    made["withdrawn"] = acts.withdraw(made["draft"], actor=BY["ada"], at=BEGUN).application
    made["held"] = acts.hold(made["submitted"], license_number="L-9", actor=house, at=BEGUN).application
    made["stopped"] = acts.stop(made["submitted"], license_number="L-9", actor=house, at=BEGUN).application
    late = made["returned"].due_at
    assert late
    made["lapsed"] = acts.lapse(made["returned"], actor=house, at=late).application
    return made, licenses_of(license_)


def licenses_of(active: License) -> dict[str, License]:
    """Make a license in every state, with one copy that was fetched."""
    copy = Copy(number=1, dataset="d", sha256="0", mark="m", recipient="age1", made_by="hal", made_at=BEGUN)
    active = license_acts.deliver(active, copy=copy, actor=BY["hal"], at=BEGUN).license
    active = license_acts.fetch(active, number=1, actor=BY["ada"], at=BEGUN).license
    opened = license_acts.tick(active, at=active.renewal_opens_at)[0].license
    asked = opened.model_copy(update={"state": "renewal_asked"})
    revoked = license_acts.revoke(active, text="words", actor=BY["gus"], at=BEGUN).license
    return {
        "active": active,
        "renewal_open": opened,
        "renewal_asked": asked,
        "suspended": license_acts.suspend(active, text="words", actor=BY["gus"], at=BEGUN).license,
        "expired": license_acts.tick(active, at=active.ends_at)[0].license,
        "revoked": revoked,
        "closing": license_acts.close(active, actor=BY["ada"], at=BEGUN).license,
        "destroyed": revoked.model_copy(update={"state": "destroyed", "copies": ()}),
    }


def try_application(held: Application, act: str, actor: Actor) -> None:
    """Try an act with arguments that make sense wherever it is allowed."""
    at = held.due_at or held.since
    today = day_of(BEGUN, zone=ZONE)
    fresh = case.find_needs(held.systems, accounts=held.accounts)
    own = next((need.need for need in fresh if need.account == actor.account and "conditions" in need.need), ITEM)
    shown = {"signed": "Name"} if "conditions" in own else {"attachment": "f", "ends_on": today + timedelta(days=9)}
    denied = dict.fromkeys(("achs", "ripa"), ("not_eligible",))
    arguments: dict[str, dict[str, Any]] = {
        "fill": {"answers": {"purpose": "Words"}, "askers": {}},
        "invite": {"account": "cleo"},
        "remove": {"account": "ben"},
        "bring": {"need": own, "made_on": today, "today": today, **shown},
        "submit": {"today": today},
        "verify": {"need": ITEM, "today": today},
        "reject": {"need": ITEM, "note": "words"},
        "ask": {"text": "words"},
        "answer": {"text": "words", "today": today},
        "send_back": {"text": "words"},
        "approve": {"denied": {}, "words": ""},
        "deny": {"denied": denied, "words": "words"},
        "appeal": {"text": "words"},
        "uphold": {"upheld": True, "text": "words"},
        "reopen": {"upheld": False, "text": "words"},
        "hold": {"license_number": "L-1"},
        "resume": {"suspended": ()},
        "stop": {"license_number": "L-1"},
    }
    name = {"begin": "begin_review", "uphold": "settle_appeal", "reopen": "settle_appeal"}.get(act, act)
    at = at if act == "lapse" else held.since
    getattr(acts, name)(held, actor=actor, at=at, **arguments.get(act, {}))


def prepare(held: Application, act: str) -> Application:
    """Give a draft what `submit` needs, and let Ben be waiting where he accepts."""
    waiting = tuple(
        item.model_copy(update={"accepted_at": None}) if item.account == "ben" and act == "accept" else item
        for item in held.members
    )
    full = worlds()[0]["submitted"]
    if held.state == "under_review" and act == "recommend":
        return held.model_copy(update={"brought": worlds()[0]["recommended"].brought})
    if held.state == "draft" and act == "submit":
        kept = {name: getattr(full, name) for name in ("brought", "answers", "askers", "members")}
        return held.model_copy(update=kept)
    return held.model_copy(update={"members": waiting})


APPLICATION_CELLS = [(state, position) for state in APPLICATION.states for position in MATRICES[0][1]]
LICENSE_CELLS = [(state, position) for state in LICENSE.states for position in MATRICES[1][1]]


@pytest.mark.parametrize(("state", "position"), APPLICATION_CELLS)
def test_an_application_lets_each_position_do_its_acts_and_no_other(state: str, position: str):
    held = worlds()[0][state]
    done = set()
    for act in sorted({step.act for step in APPLICATION.transitions}):
        try:
            try_application(prepare(held, act), act, ACTORS[position])
        except errors.AccessRefused:
            continue
        done.add(act)
    # Whoever is the researcher is on the team as well.
    also = {"team_member"} if position == "researcher" else set()
    cell = {step.act for step in APPLICATION.acts(state) if step.by in {position, *also}}
    own = (
        {"accept", "decline"} if position == "researcher" else set()
    )  # they were on it from the start, and cannot leave
    assert done == cell - own


@pytest.mark.parametrize("state", APPLICATION.states)
def test_an_application_lets_a_stranger_do_nothing_and_see_nothing(state: str):
    held = worlds()[0][state]
    for stranger in STRANGERS:
        assert not case.may_see(held, stranger)
        assert case.may(held, stranger) == ()
        for act in sorted({step.act for step in APPLICATION.transitions}):
            with pytest.raises(errors.AccessRefused):
                try_application(prepare(held, act), act, stranger)


@pytest.mark.parametrize(("state", "position"), LICENSE_CELLS)
def test_a_license_lets_each_position_do_its_acts_and_no_other(state: str, position: str):
    held, actor = worlds()[1][state], ACTORS[position]
    offered = set(grant.may(held, actor))
    also = {"team_member"} if position == "researcher" else set()
    assert offered == {step.act for step in LICENSE.acts(state) if step.by in {position, *also}}
    text = {"text": "words"}
    today = day_of(BEGUN, zone=ZONE)
    copy = Copy(number=2, dataset="d", sha256="0", mark="n", recipient="age1", made_by="hal", made_at=BEGUN)
    certificate = {"number": 1, "method": "erased", "destroyed_on": today, "signed": "Ada", "language": "en"}
    arguments: dict[str, dict[str, Any]] = {
        "deliver": {"copy": copy}, "fetch": {"number": 1}, "ask_renewal": {"application": worlds()[0]["approved"], **text},
        "renew": {}, "refuse_renewal": {"reasons": ("not_eligible",), **text}, "suspend": text, "reinstate": text,
        "revoke": text, "close": {}, "certify": certificate,
    }  # fmt: skip
    done = set()
    for act, given in arguments.items():
        try:
            getattr(license_acts, act)(held, actor=actor, at=BEGUN, **given)
        except errors.AccessRefused:
            continue
        done.add(act)
    assert done == offered & set(arguments)


@pytest.mark.parametrize("state", LICENSE.states)
def test_a_license_lets_a_stranger_do_nothing_and_see_nothing(state: str):
    held = worlds()[1][state]
    for stranger in STRANGERS:
        assert not grant.may_see(held, stranger)
        assert grant.may(held, stranger) == ()
