"""The acts of reviewers and deciders: items are verified, questions asked, and a decision given with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from openjustice.contracts.system import say
from openjustice.ground import errors
from openjustice.ground.calendar import day_of
from openjustice.ground.lifecycle import Transition
from openjustice.office.applications.rules import completeness
from openjustice.office.applications.rules.case import (
    Actor,
    Application,
    Brought,
    Decision,
)
from openjustice.office.applications.rules.faults import fault, of_lack
from openjustice.office.applications.rules.steps import (
    Done,
    clean_words,
    find_need,
    make_done,
    note_reviewer,
    note_words,
    take_step,
)


def begin_review(application: Application, *, actor: Actor, at: datetime) -> Done:
    """Take a submitted application up for review."""
    step = take_step(application, "begin", actor)
    return make_done(application, step, actor, at, note_reviewer(application, actor))


def verify(application: Application, *, need: str, actor: Actor, at: datetime, today: date) -> Done:
    """Note that an item was looked at and is what it should be; it must hold on that day."""
    step = take_step(application, "verify", actor)
    wanted, there = find_need(application, need), application.brought_for(need)
    if there is None:
        raise errors.AccessRefused(
            fault("item_wanting", "This item was not brought.", "Ask for it.", field=f"item.{need}")
        )
    if not completeness.holds(wanted, there, on=today):
        raise errors.AccessRefused(
            fault("item_expired", "This item holds no more.", "Ask for a newer one.", field=f"item.{need}")
        )
    return _judge(application, step, there, "verified", "", actor=actor, at=at)


def reject(application: Application, *, need: str, note: str, actor: Actor, at: datetime) -> Done:
    """Note that an item is not what it should be, and why."""
    step = take_step(application, "reject", actor)
    there = application.brought_for(find_need(application, need).need)
    if there is None:
        raise errors.AccessRefused(
            fault("item_wanting", "This item was not brought.", "Ask for it.", field=f"item.{need}")
        )
    return _judge(application, step, there, "rejected", clean_words(note), actor=actor, at=at)


def ask(application: Application, *, text: str, actor: Actor, at: datetime, need: str = "") -> Done:
    """Ask the team something, of an item or of the whole; the application goes back to it until it answers."""
    step = take_step(application, "ask", actor)
    if need:
        find_need(application, need)
    changed = {**note_words(application, "question", text, actor, at, need=need), **note_reviewer(application, actor)}
    return make_done(application, step, actor, at, changed, detail={"need": need})


def recommend(application: Application, *, actor: Actor, at: datetime) -> Done:
    """Hand a reviewed application to the deciders: every item was looked at."""
    step = take_step(application, "recommend", actor)
    there = {need.need: application.brought_for(need.need) for need in application.needs}
    open_items = [name for name, item in there.items() if item is None or item.found is None]
    if open_items:
        raise errors.AccessRefused(
            fault("item_open", "Nobody has verified or rejected this item.", "Look at it first.", field=f"item.{name}")
            for name in open_items
        )
    return make_done(application, step, actor, at, note_reviewer(application, actor))


def send_back(application: Application, *, text: str, actor: Actor, at: datetime) -> Done:
    """Send a reviewed application back to its reviewers, with a reason."""
    step = take_step(application, "send_back", actor)
    return make_done(application, step, actor, at, note_words(application, "sent_back", text, actor, at))


def approve(
    application: Application,
    *,
    denied: Mapping[str, tuple[str, ...]],
    words: str,
    actor: Actor,
    at: datetime,
) -> Done:
    """Approve an application for every system but those denied, each of which has its reasons.

    Raises AccessRefused where an item of an approved system is not verified or does not hold on the day, local to that system.
    """
    step = take_step(application, "approve", actor)
    approved = tuple(item.system for item in application.systems if item.system not in denied)
    if not approved:
        raise errors.AccessRefused(fault("nothing_approved", "No system is approved.", "Deny the application instead."))
    _check_reasons(application, denied)
    lacks = [
        lack
        for item in application.systems
        if item.system in approved
        for lack in completeness.find_unverified(
            application, system=item.system, on=day_of(at, zone=item.license.time_zone)
        )
    ]
    if lacks:
        raise errors.AccessRefused(of_lack(item) for item in lacks)
    made = Decision(
        by=actor.account, at=at, approved=approved, denied=dict(denied), words=clean_words(words, wanted=False)
    )
    detail = {"approved": " ".join(approved), "denied": " ".join(sorted(denied))}
    return make_done(application, step, actor, at, {"decisions": (*application.decisions, made)}, detail=detail)


def deny(
    application: Application, *, denied: Mapping[str, tuple[str, ...]], words: str, actor: Actor, at: datetime
) -> Done:
    """Deny an application for every system, each with reasons of its declaration, and say it in words."""
    step = take_step(application, "deny", actor)
    _check_reasons(application, denied, every=True)
    made = Decision(by=actor.account, at=at, denied=dict(denied), words=clean_words(words))
    reasons = sorted({reason for item in denied.values() for reason in item})
    detail = {"denied": " ".join(sorted(denied)), "reasons": " ".join(reasons)}
    return make_done(application, step, actor, at, {"decisions": (*application.decisions, made)}, detail=detail)


def settle_appeal(application: Application, *, upheld: bool, text: str, actor: Actor, at: datetime) -> Done:
    """Uphold a denial or open its application again; whoever denied it does neither."""
    step = take_step(application, "uphold" if upheld else "reopen", actor)
    if application.decisions and application.decisions[-1].by == actor.account:
        raise errors.AccessRefused(
            fault("decided_it", "You denied this application yourself.", "Another decider looks at the appeal.")
        )
    return make_done(
        application, step, actor, at, note_words(application, "upheld" if upheld else "reopened", text, actor, at)
    )


def _judge(
    application: Application, step: Transition, there: Brought, found: str, note: str, *, actor: Actor, at: datetime
) -> Done:
    judged = there.model_copy(update={"found": found, "found_by": actor.account, "found_at": at, "note": note})
    brought = tuple(judged if item is there else item for item in application.brought)
    changed = {"brought": brought, **note_reviewer(application, actor)}
    return make_done(application, step, actor, at, changed, detail={"need": there.need})


def _check_reasons(application: Application, denied: Mapping[str, tuple[str, ...]], *, every: bool = False) -> None:
    systems = {item.system: item for item in application.systems}
    faults = [
        fault("reason_wanting", "A denial has no reason.", "Choose at least one reason.", field=f"reasons.{name}")
        for name in (systems if every else denied)
        if not denied.get(name)
    ]
    faults += [
        fault("unknown_reason", "This is none of the declared reasons.", "Choose one of them.", field="reasons")
        for name, reasons in denied.items()
        if name not in systems or set(reasons) - set(systems[name].review.reasons)
    ]
    if faults:
        raise errors.AccessRefused(faults)


def reason_words(application: Application, decision: Decision, *, language: str) -> dict[str, tuple[str, ...]]:
    """Return, for each system that was denied, its reasons in the words of its declaration."""
    systems = {item.system: item for item in application.systems}
    return {
        name: tuple(say(systems[name].review.reasons[reason], language) for reason in reasons)
        for name, reasons in decision.denied.items()
    }
