"""Changes licenses: each act of the rulebook with its audit entry in one transaction, and what the clock brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from openjustice.office.accounts.models import Account
from openjustice.office.applications import services as applications
from openjustice.office.applications.models import Application
from openjustice.office.applications.rules import case
from openjustice.office.applications.rules.acts import Event
from openjustice.office.applications.rules.case import Actor
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit
from openjustice.office.licenses import selectors
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import acts, grant
from openjustice.office.licenses.rules.acts import Done
from openjustice.office.licenses.rules.lifecycle import LICENSE, LIVE

# What a license's fate does to the open applications of its team.
PASSED_ON = {"suspend": "hold", "reinstate": "resume", "revoke": "stop"}
LOOK_EVERY = timedelta(seconds=30)
_ALSO: list[Callable[[datetime], int]] = []


def look_also(call: Callable[[datetime], int]) -> None:
    """Have this called whenever the clock is looked at; the desks above keep their own times so."""
    if call not in _ALSO:
        _ALSO.append(call)


def grant_all(row: Application, application: case.Application, audit: Audit) -> None:
    """Grant the license of every system that a decision approved, in the transaction of the decision."""
    for system in application.decisions[-1].approved:
        made = grant.grant("0", application=application, system=system, at=audit.at)
        kept = audits.create(
            License, lifecycle=LICENSE, event="license_granted", audit=audit, application=row,
            detail={"application": row.pk, "system": system}, holder_id=int(made.holder), starts_at=made.starts_at,
            **_columns(made),
        )  # fmt: skip
        kept.members.set([int(item) for item in made.members])
        License.objects.filter(pk=kept.pk).update(
            content=made.model_copy(update={"number": str(kept.pk)}).model_dump_json()
        )


def act(
    number: int, function: Callable[..., Done], /, *, actor: Actor, at: datetime, **arguments: Any
) -> grant.License:
    """Do one act of the rulebook on a license as the database holds it now, with its audit entry, or nothing.

    Surprise: what the clock has brought meanwhile is done first, so that an act never rests on a state that is over.
    """
    with transaction.atomic():
        row = License.objects.select_for_update().get(pk=number)
        held = _catch_up(row, at=at)
        done = function(held, actor=actor, at=at, **arguments)
        _keep(row, held, done)
        told = PASSED_ON.get(done.event.act)
        if told:
            applications.pass_on(done.license.members, act_name=told, license_number=str(number), at=at)
        if done.event.act == "certify":
            return _catch_up(row, at=at)
    return done.license


def look_at_clock(*, at: datetime) -> int:
    """Do everything that the clock brings at this moment, each license in a transaction of its own; return for how many things."""
    count = applications.look_at_clock(at=at)
    for number in selectors.due(at=at):
        with transaction.atomic():
            row = License.objects.select_for_update().get(pk=number)
            _catch_up(row, at=at)
            count += 1
    return count + sum(call(at) for call in _ALSO)


def run_clock(*, now: Callable[[], datetime], sleep: Callable[[float], None], goes_on: Callable[[], bool]) -> None:
    """Look at the clock again and again, at least every 30 seconds, until told to stop; the clock and the sleep are given.

    A license that ends is therefore noted as ended within half a minute; nothing is given out after its end in any case.
    """
    while goes_on():
        at = now()
        look_at_clock(at=at)
        soonest = License.objects.exclude(next_at=None).order_by("next_at").values_list("next_at", flat=True).first()
        wait = min(LOOK_EVERY, max(soonest - now(), timedelta(seconds=1))) if soonest else LOOK_EVERY
        sleep(wait.total_seconds())


def _catch_up(row: License, *, at: datetime) -> grant.License:
    held = selectors.read(row)
    for done in acts.tick(held, at=at):
        _keep(row, held, done)
        held = done.license
    return held


def _keep(row: License, before: grant.License, done: Done) -> None:
    step = LICENSE.step(before.state, done.event.act)
    audits.move(
        row, lifecycle=LICENSE, act=done.event.act, audit=_audit(done.event, role=step.by), detail=done.event.detail,
        **_columns(done.license),
    )  # fmt: skip
    _tell(done.license, step.notice)


def _columns(held: grant.License) -> dict[str, Any]:
    return {
        "content": held.model_dump_json(),
        "jurisdiction": held.jurisdiction,
        "system": held.system.system,
        "ends_at": held.ends_at,
        "next_at": grant.next_moment(held),
    }


def _audit(event: Event, *, role: str) -> Audit:
    actor = f"account {event.actor}" if event.actor.isdigit() else event.actor
    return Audit(actor=actor, role=role, at=event.at)


def _tell(held: grant.License, whom: str) -> None:
    """Write to the team that something changed, and until when the license runs; the rest they read here, signed in."""
    if whom != "the team":
        return
    ends = held.ends_at.astimezone(ZoneInfo(held.system.license.time_zone)).strftime("%Y-%m-%d %H:%M %Z")
    words = _("License %(number)s: something changed. It runs until %(ends)s. Sign in to the office to read it.")
    if held.state not in LIVE:
        words = _("License %(number)s: something changed. Sign in to the office to read it.")
    told = words % {"number": held.number, "ends": ends}
    people = Account.objects.filter(pk__in=[int(item) for item in held.members], is_active=True)
    for address in people.values_list("email", flat=True):
        transaction.on_commit(lambda to=address: send_mail(_("Your license"), told, None, [to]))
