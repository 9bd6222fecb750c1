"""What each act makes of a license. Nothing is stored here: every act returns the new license and its audit event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from openjustice.contracts.system import say
from openjustice.ground import calendar, errors
from openjustice.ground.lifecycle import Transition
from openjustice.office.applications.rules import completeness
from openjustice.office.applications.rules.case import HOUSE_ITSELF, Actor, Application
from openjustice.office.applications.rules.faults import fault, of_lack
from openjustice.office.applications.rules.steps import ENOUGH, Event
from openjustice.office.licenses.rules.grant import Certificate, Copy, License, Note, is_live, positions
from openjustice.office.licenses.rules.lifecycle import ENDING, LICENSE, LIVE, State


@dataclass(frozen=True)
class Done:
    """What an act made: the license as it is now, and the event to be written in the same transaction."""

    license: License
    event: Event


def tick(held: License, *, at: datetime) -> tuple[Done, ...]:
    """Return everything that the clock does to a license at this moment, in order; nothing where nothing is due.

    Surprise: reminders that were missed while the clock stood still are told as one.
    """
    made: list[Done] = []
    for act in (_expire, _open_renewal, _remind, _chase, _finish):
        if done := act(made[-1].license if made else held, at):
            made.append(done)
    return tuple(made)


def deliver(held: License, *, copy: Copy, actor: Actor, at: datetime) -> Done:
    """Note a copy that was made for a license: its digest and its mark, which must be its own."""
    step = _live_step(held, "deliver", actor, at)
    if copy.number != len(held.copies) + 1 or any(item.mark == copy.mark for item in held.copies):
        raise errors.AccessRefused(fault("copy_known", "This copy is noted already.", "Make a new one."))
    detail = {"copy": str(copy.number), "sha256": copy.sha256, "dataset": copy.dataset}
    return _done(held, step, actor, at, {"copies": (*held.copies, copy)}, detail)


def fetch(held: License, *, number: int, actor: Actor, at: datetime) -> Done:
    """Note who began to fetch a copy, and when; from here on its destruction must be certified."""
    step = _live_step(held, "fetch", actor, at)
    there = _copy(held, number)
    known = {} if there.fetched_at else {"fetched_at": at, "fetched_by": actor.account}
    detail = {"copy": str(number), "sha256": there.sha256}
    return _done(held, step, actor, at, {"copies": _with(held, there.model_copy(update=known))}, detail)


def ask_renewal(held: License, *, application: Application, text: str, actor: Actor, at: datetime) -> Done:
    """Ask for another term, within the window; every item that the system requires must hold on that day."""
    if held.state is State.ACTIVE and at < held.renewal_opens_at:
        raise errors.AccessRefused(
            fault("renewal_not_open", "Renewal cannot be asked yet.", "Wait until the window opens.")
        )
    step = _live_step(held, "ask_renewal", actor, at)
    today = calendar.day_of(at, zone=held.system.license.time_zone)
    needs = [need for need in application.needs if held.system.system in need.systems]
    lacks = [lack for need in needs for lack in completeness.find_need_lacks(application, need, today=today)]
    if lacks:
        raise errors.AccessRefused(of_lack(item) for item in lacks)
    return _done(held, step, actor, at, _noted(held, "renewal_asked", text, actor, at))


def renew(held: License, *, actor: Actor, at: datetime) -> Done:
    """Renew a license for another term from its end; reminders begin again."""
    step = _live_step(held, "renew", actor, at)
    changed = _noted(held, "renewed", "", actor, at, wanted=False) | {"terms": held.terms + 1, "reminded": ()}
    return _done(held, step, actor, at, changed)


def refuse_renewal(held: License, *, reasons: tuple[str, ...], text: str, actor: Actor, at: datetime) -> Done:
    """Refuse a renewal with reasons of the declaration; the refusal is kept and counted."""
    step = _live_step(held, "refuse_renewal", actor, at)
    if not reasons or set(reasons) - set(held.system.review.reasons):
        raise errors.AccessRefused(
            fault("reason_wanting", "A denial has no reason.", "Choose at least one reason.", field="reasons")
        )
    changed = _noted(held, "renewal_refused", text, actor, at, reasons=reasons)
    return _done(held, step, actor, at, changed, {"reasons": " ".join(reasons)})


def suspend(held: License, *, text: str, actor: Actor, at: datetime) -> Done:
    """Suspend a license with a reason: downloads stop at once, and open applications of its team are held."""
    step = _live_step(held, "suspend", actor, at)
    return _done(held, step, actor, at, _noted(held, "suspended", text, actor, at))


def reinstate(held: License, *, text: str, actor: Actor, at: datetime) -> Done:
    """Reinstate a suspended license; its end stays where it was."""
    step = _step(held, "reinstate", actor)
    if at >= held.ends_at:
        raise errors.AccessRefused(fault("license_over", "This license has ended.", "Make a new application."))
    return _done(held, step, actor, at, _noted(held, "reinstated", text, actor, at))


def revoke(held: License, *, text: str, actor: Actor, at: datetime) -> Done:
    """Revoke a license with a reason: not another byte is given, and open applications of its team are stopped."""
    step = _step(held, "revoke", actor)
    return _done(held, step, actor, at, _noted(held, "revoked", text, actor, at) | {"ended_at": at})


def close(held: License, *, actor: Actor, at: datetime) -> Done:
    """Close a license before its end, since its project is over."""
    return _done(held, _live_step(held, "close", actor, at), actor, at, {"ended_at": at})


def certify(
    held: License,
    *,
    number: int,
    method: str,
    destroyed_on: date,
    signed: str,
    language: str,
    actor: Actor,
    at: datetime,
) -> Done:
    """Certify that one copy was destroyed: `signed` is the name typed under the statement, whose words are kept by digest."""
    step = _step(held, "certify", actor)
    there, rules = _copy(held, number), held.system.license
    faults = []
    if there.certificate is not None:
        faults.append(fault("copy_certified", "This copy is certified already.", "Nothing is to be done."))
    if method not in rules.destruction.methods:
        faults.append(fault("unknown_choice", "This is not one of the choices.", "Choose one of them.", field="method"))
    if not signed.strip():
        faults.append(fault("signature_wanting", "The statement is not signed.", "Type your name.", field="signed"))
    first, last = calendar.day_of(there.made_at, zone=rules.time_zone), calendar.day_of(at, zone=rules.time_zone)
    if not first <= destroyed_on <= last:
        faults.append(
            fault("day_impossible", "A copy is destroyed after it was made, and not in the future.", "Correct the day.", field="destroyed_on")
        )  # fmt: skip
    if faults:
        raise errors.AccessRefused(faults)
    certificate = Certificate(
        by=actor.account, at=at, destroyed_on=destroyed_on.isoformat(), method=method, signed=signed.strip(),
        statement=hashlib.sha256(say(rules.destruction.statement, language).encode()).hexdigest(),
    )  # fmt: skip
    copies = _with(held, there.model_copy(update={"certificate": certificate}))
    return _done(held, step, actor, at, {"copies": copies}, {"copy": str(number), "method": method})


def _expire(held: License, at: datetime) -> Done | None:
    if held.state not in (*LIVE, State.SUSPENDED) or at < held.ends_at:
        return None
    # It ended at its end, not when the clock was looked at.
    return _by_house(held, "expire", at, {"ended_at": held.ends_at})


def _open_renewal(held: License, at: datetime) -> Done | None:
    due = held.state is State.ACTIVE and at >= held.renewal_opens_at
    return _by_house(held, "open_renewal", at) if due else None


def _remind(held: License, at: datetime) -> Done | None:
    rules = held.system.license
    due = [
        days
        for days in rules.reminders_days
        if days not in held.reminded and at >= calendar.days_before(held.ends_at, days=days, zone=rules.time_zone)
    ]
    if held.state not in LIVE or not due:
        return None
    changed = {"reminded": (*held.reminded, *due)}
    return _by_house(held, "remind", at, changed, {"days": str(min(due)), "missed": str(len(due) - 1)})


def _chase(held: License, at: datetime) -> Done | None:
    due = held.certificates_due_at
    if held.state not in ENDING or due is None or not held.uncertified:
        return None
    rules, number = held.system.license.destruction, held.chased
    while at >= due + timedelta(days=rules.chase_day(number)):
        number += 1
    if number == held.chased:
        return None
    wanting = str(len(held.uncertified))
    return _by_house(held, "chase", at, {"chased": number}, {"copies": wanting, "times": str(number)})


def _finish(held: License, at: datetime) -> Done | None:
    return _by_house(held, "finish", at) if held.state in ENDING and not held.uncertified else None


def _by_house(
    held: License,
    act: str,
    at: datetime,
    changed: Mapping[str, Any] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Done:
    return _done(held, _step(held, act, HOUSE_ITSELF), HOUSE_ITSELF, at, changed, detail)


def _step(held: License, act: str, actor: Actor) -> Transition:
    step = LICENSE.step(held.state, act)
    if step.by in positions(held, actor):
        return step
    raise errors.AccessRefused.because(
        "not_yours", f"'{act}' is not yours to do here.", way_out="Leave it to who may.", ask=step.by
    )


def _live_step(held: License, act: str, actor: Actor, at: datetime) -> Transition:
    """Return the step, where the license is not over at this very moment, however long ago the clock was looked at."""
    step = _step(held, act, actor)
    if not is_live(held, at=at):
        raise errors.AccessRefused(fault("license_over", "This license has ended.", "Make a new application."))
    return step


def _done(
    held: License,
    step: Transition,
    actor: Actor,
    at: datetime,
    changed: Mapping[str, Any] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Done:
    moved = {"state": State(step.target), "since": at} if step.target != step.source else {}
    event = Event(step.audit, step.act, actor.account, at, step.source, step.target, detail or {})
    return Done(held.model_copy(update={**(changed or {}), **moved}), event)


def _copy(held: License, number: int) -> Copy:
    for item in held.copies:
        if item.number == number:
            return item
    raise errors.AccessRefused(
        fault("copy_unknown", "The license has no such copy.", "Look at the list of its copies.")
    )


def _with(held: License, copy: Copy) -> tuple[Copy, ...]:
    return tuple(copy if item.number == copy.number else item for item in held.copies)


def _noted(
    held: License,
    kind: str,
    text: str,
    actor: Actor,
    at: datetime,
    *,
    reasons: Iterable[str] = (),
    wanted: bool = True,
) -> dict[str, Any]:
    clean = text.strip()
    if wanted and not clean:
        raise errors.AccessRefused(
            fault("words_wanting", "Nothing was written.", "Say it in a sentence or two.", field="text")
        )
    if len(clean) > ENOUGH:
        raise errors.AccessRefused(fault("words_too_long", "This is too long.", "Shorten it.", field="text"))
    said = Note.model_validate({"kind": kind, "by": actor.account, "at": at, "text": clean, "reasons": tuple(reasons)})
    return {"notes": (*held.notes, said)}
