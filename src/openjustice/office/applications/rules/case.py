"""What an application is made of: the systems as they were declared when it was begun, the team, what was brought and said.

Surprise: an application carries the declarations that it was begun under. A later version of a form or of a requirement
never touches it; it is filled, reviewed and decided by what its applicant was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared
from openjustice.contracts.system import Evidence, Kind, Of, Requirement, System
from openjustice.office.applications.rules.lifecycle import (
    APPLICATION,
    DECIDER,
    HOUSE,
    IN_REVIEW,
    MEMBER,
    RESEARCHER,
    REVIEWER,
    State,
)


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with the roles it has in the office, or the house itself."""

    account: str
    roles: frozenset[str] = frozenset()
    is_house: bool = False


HOUSE_ITSELF = Actor(account="house", is_house=True)


class Member(Declared):
    """One person on the team; the first one is the principal investigator."""

    account: str
    accepted_at: datetime | None = None


class Need(Declared):
    """One item that one person, or the application, must bring, and for which systems."""

    need: str
    requirement: Requirement
    systems: tuple[str, ...]
    account: str = ""

    @property
    def kind(self) -> Kind:
        """Return what kind of item it is."""
        return self.requirement.kind


class Brought(Declared):
    """What was brought for one need, and what its verifier found."""

    need: str
    by: str
    at: datetime
    made_on: date
    ends_on: date | None = None
    attachment: str | None = None
    reference: str = ""
    signed: str = ""
    found: Literal["verified", "rejected"] | None = None
    found_by: str = ""
    found_at: datetime | None = None
    note: str = ""


class Message(Declared):
    """One question, answer or reason; `need` is the item it is about, where it is about one."""

    kind: Literal["question", "answer", "sent_back", "appeal", "upheld", "reopened"]
    by: str
    at: datetime
    text: str
    need: str = ""


class Decision(Declared):
    """What was decided: system by system, approved, or denied for these reasons."""

    by: str
    at: datetime
    approved: tuple[str, ...] = ()
    denied: Mapping[str, tuple[str, ...]] = Key(default_factory=dict)
    words: str = ""


class Application(Declared):
    """One application for the records of one or several systems."""

    number: str
    jurisdiction: str
    systems: tuple[System, ...] = Key(min_length=1)
    askers: Mapping[str, str] = Key(default_factory=dict)
    answers: Mapping[str, str] = Key(default_factory=dict)
    members: tuple[Member, ...] = Key(min_length=1)
    brought: tuple[Brought, ...] = ()
    messages: tuple[Message, ...] = ()
    decisions: tuple[Decision, ...] = ()
    reviewers: tuple[str, ...] = ()
    state: State = State.DRAFT
    begun_at: datetime
    submitted_at: datetime | None = None
    since: datetime

    @property
    def investigator(self) -> str:
        """Return the account of the principal investigator."""
        return self.members[0].account

    @property
    def accounts(self) -> tuple[str, ...]:
        """Return the accounts of everybody on the team."""
        return tuple(member.account for member in self.members)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return every item that this application must show, each once for every person of whom it is asked."""
        return find_needs(self.systems, accounts=self.accounts)

    def brought_for(self, need: str) -> Brought | None:
        """Return what was brought last for a need."""
        return next((item for item in reversed(self.brought) if item.need == need), None)

    @property
    def due_at(self) -> datetime | None:
        """Return by when its owner must have acted; None where no clock runs."""
        step = {
            State.SUBMITTED: "completeness",
            State.UNDER_REVIEW: "assessment",
            State.RECOMMENDED: "decision",
            State.RETURNED: "answer",
            State.APPEALED: "decision",
        }.get(self.state)
        days = max(item.review.days(step) for item in self.systems) if step else 0
        return self.since + timedelta(days=days) if step else None


def find_needs(systems: tuple[System, ...], *, accounts: tuple[str, ...]) -> tuple[Need, ...]:
    """Return every item that these systems ask of this team.

    Surprise: a paper that several systems ask of one person is asked once, under the strictest of their rules; a statement
    is signed for each system, since its words differ.
    """
    found: dict[str, Need] = {}
    for system in systems:
        for required in system.requirements.values():
            for account in _asked_of(required, accounts=accounts):
                name = f"{required.kind}.{account or 'application'}"
                if required.evidence is Evidence.STATEMENT:
                    name = f"{name}.{system.system}"
                there = found.get(name)
                strict = _stricter(there.requirement, required) if there else required
                systems_of = (*(there.systems if there else ()), system.system)
                found[name] = Need(need=name, requirement=strict, systems=systems_of, account=account)
    return tuple(found.values())


def _asked_of(required: Requirement, *, accounts: tuple[str, ...]) -> tuple[str, ...]:
    match required.of:
        case Of.APPLICATION:
            return ("",)
        case Of.PRINCIPAL_INVESTIGATOR:
            return accounts[:1]
        case Of.EVERY_MEMBER:
            return accounts


def _stricter(one: Requirement, other: Requirement) -> Requirement:
    months = [item.valid_months for item in (one, other) if item.valid_months]
    if one.states_its_end or other.states_its_end:
        return one if one.states_its_end else other
    return one.model_copy(update={"valid_months": min(months)}) if months else one


def positions(application: Application, actor: Actor) -> frozenset[str]:
    """Return in which positions somebody stands toward an application; of a stranger, none.

    Surprise: whoever is on the team neither reviews nor decides, whoever reviewed does not decide, and whoever decided
    does not review, whatever their roles.
    """
    if actor.is_house:
        return frozenset({HOUSE})
    if actor.account in application.accounts:
        principal = actor.account == application.investigator and RESEARCHER in actor.roles
        return frozenset({MEMBER, *([RESEARCHER] if principal else [])})
    decided = {item.by for item in application.decisions}
    reviews = {REVIEWER} & actor.roles if actor.account not in decided else set()
    decides = {DECIDER} & actor.roles if actor.account not in application.reviewers else set()
    return frozenset(reviews | decides)


def may_see(application: Application, actor: Actor) -> bool:
    """Say whether somebody may look at an application: its team always, reviewers and deciders once it was submitted."""
    where = positions(application, actor)
    if where & {RESEARCHER, MEMBER, HOUSE}:
        return True
    roles = {REVIEWER, DECIDER} & actor.roles
    return bool(roles) and application.submitted_at is not None and actor.account not in application.accounts


def may(application: Application, actor: Actor) -> tuple[str, ...]:
    """Return the acts that somebody may do to an application now; whether their conditions hold is found when they act."""
    where = positions(application, actor)
    return tuple(step.act for step in APPLICATION.acts(application.state) if step.by in where)


def is_in_review(application: Application) -> bool:
    """Say whether the office has the application, or has asked its team something."""
    return application.state in IN_REVIEW
