"""What a license is made of: its system as it was declared, its team, its term, its copies, and what was certified of each.

A license runs for whole years of local days: approved on a 29 February it ends when 1 March begins in a year that has none,
so that nobody gets less than the term.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared
from openjustice.contracts.system import System
from openjustice.ground import calendar
from openjustice.office.applications.rules.case import Actor, Application
from openjustice.office.applications.rules.lifecycle import DECIDER, HOUSE, MEMBER, RESEARCHER
from openjustice.office.licenses.rules.lifecycle import ENDING, LICENSE, LIVE, STEWARD, State


class Certificate(Declared):
    """What was signed of one copy: by whom, when, by which method it was destroyed, and the digest of the words signed."""

    by: str
    at: datetime
    destroyed_on: str
    method: str
    signed: str
    statement: str


class Copy(Declared):
    """One extract that was made for a license: its digest, its mark, who it is encrypted to, and whether it was fetched."""

    number: int
    dataset: str
    sha256: str
    mark: str
    recipient: str
    made_by: str
    made_at: datetime
    fetched_at: datetime | None = None
    fetched_by: str = ""
    certificate: Certificate | None = None


class Note(Declared):
    """One thing that was said of a license: a reason to suspend, revoke, reinstate, renew or refuse."""

    kind: Literal["suspended", "reinstated", "revoked", "renewal_asked", "renewed", "renewal_refused"]
    by: str
    at: datetime
    text: str = ""
    reasons: tuple[str, ...] = ()


class License(Declared):
    """The license of one team for the records of one system."""

    number: str
    application: str
    jurisdiction: str
    system: System
    members: tuple[str, ...] = Key(min_length=1)
    state: State = State.ACTIVE
    starts_at: datetime
    terms: int = Key(default=1, ge=1)
    since: datetime
    ended_at: datetime | None = None
    reminded: tuple[int, ...] = ()
    chased: int = 0
    copies: tuple[Copy, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def holder(self) -> str:
        """Return the account of the principal investigator."""
        return self.members[0]

    @property
    def ends_at(self) -> datetime:
        """Return the moment at which this license ends; at that moment it is over."""
        rules = self.system.license
        return calendar.end_of_years(self.starts_at, years=rules.term_years * self.terms, zone=rules.time_zone)

    @property
    def renewal_opens_at(self) -> datetime:
        """Return from which moment renewal may be asked."""
        rules = self.system.license
        return calendar.days_before(self.ends_at, days=rules.renewal_opens_days, zone=rules.time_zone)

    @property
    def certificates_due_at(self) -> datetime | None:
        """Return by when every copy must be certified as destroyed; None while the license has not ended."""
        if self.ended_at is None:
            return None
        rules = self.system.license
        return calendar.days_before(self.ended_at, days=-rules.destruction.due_days, zone=rules.time_zone)

    @property
    def uncertified(self) -> tuple[Copy, ...]:
        """Return the copies whose destruction nobody has certified; a copy that was never fetched left no building."""
        return tuple(item for item in self.copies if item.fetched_at is not None and item.certificate is None)

    @property
    def destroyed_in_time(self) -> bool | None:
        """Say whether every certificate came in time; None while some are wanting or none was owed."""
        certified = [item.certificate for item in self.copies if item.certificate]
        due = self.certificates_due_at
        if due is None or self.uncertified or not certified:
            return None
        return all(item.at < due for item in certified)


def is_live(held: License, *, at: datetime) -> bool:
    """Say whether a license lets its team have records at this moment, whether or not the clock has been looked at since."""
    return held.state in LIVE and held.starts_at <= at < held.ends_at


def is_suspended(held: License) -> bool:
    """Say whether a license is suspended."""
    return held.state is State.SUSPENDED


def grant(number: str, *, application: Application, system: str, at: datetime) -> License:
    """Make the license of one approved system of an application, for the team that was approved."""
    chosen = next(item for item in application.systems if item.system == system)
    return License(
        number=number, application=application.number, jurisdiction=application.jurisdiction, system=chosen,
        members=application.accounts, starts_at=at, since=at,
    )  # fmt: skip


def positions(held: License, actor: Actor) -> frozenset[str]:
    """Return in which positions somebody stands toward a license; whoever is on its team decides nothing of it."""
    if actor.is_house:
        return frozenset({HOUSE})
    if actor.account in held.members:
        return frozenset({MEMBER, *([RESEARCHER] if actor.account == held.holder else [])})
    return frozenset({DECIDER, STEWARD} & actor.roles)


def may_see(held: License, actor: Actor) -> bool:
    """Say whether somebody may look at a license."""
    return bool(positions(held, actor))


def may(held: License, actor: Actor) -> tuple[str, ...]:
    """Return the acts that somebody may do to a license now; whether their conditions hold is found when they act."""
    where = positions(held, actor)
    return tuple(step.act for step in LICENSE.acts(held.state) if step.by in where)


def next_moment(held: License) -> datetime | None:
    """Return when the clock next has something to do for a license; None where it never will again."""
    rules = held.system.license
    if held.state in LIVE:
        days = [item for item in rules.reminders_days if item not in held.reminded]
        moments = [calendar.days_before(held.ends_at, days=item, zone=rules.time_zone) for item in days]
        opens = [held.renewal_opens_at] if held.state is State.ACTIVE else []
        return min([*moments, *opens, held.ends_at])
    if held.state is State.SUSPENDED:
        return held.ends_at
    if held.state not in ENDING:
        return None
    due = held.certificates_due_at
    if due is None or not held.uncertified:
        return held.since
    return due + timedelta(days=rules.destruction.chase_day(held.chased))
