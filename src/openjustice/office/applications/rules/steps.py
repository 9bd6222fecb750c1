"""What every act of an application is made of: the step of its lifecycle, the new application, and the audit event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openjustice.ground import errors
from openjustice.ground.lifecycle import Transition
from openjustice.office.applications.rules.case import (
    Actor,
    Application,
    Message,
    Need,
    positions,
)
from openjustice.office.applications.rules.faults import fault
from openjustice.office.applications.rules.lifecycle import APPLICATION, DECIDER, State

ENOUGH = 4000


@dataclass(frozen=True)
class Event:
    """One audit event: what was done, by whom, when, from which state to which. The detail is names and counts alone."""

    event: str
    act: str
    actor: str
    at: datetime
    source: str
    target: str
    detail: Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """What an act made: the application as it is now, and the event to be written in the same transaction."""

    application: Application
    event: Event


def take_step(application: Application, act: str, actor: Actor) -> Transition:
    """Return the transition of an act; raises AccessRefused where it is not possible in this state, or not for this person."""
    step = APPLICATION.step(application.state, act)
    if step.by in positions(application, actor):
        return step
    took_part = step.by == DECIDER and actor.account in application.reviewers
    why = "Whoever reviewed an application does not decide it." if took_part else ""
    raise errors.AccessRefused.because(
        "not_yours", f"'{act}' is not yours to do here.", why=why, way_out="Leave it to who may.", ask=step.by
    )


def make_done(
    application: Application,
    step: Transition,
    actor: Actor,
    at: datetime,
    changed: Mapping[str, object] | None = None,
    *,
    detail: Mapping[str, str] | None = None,
) -> Done:
    """Return the application after a transition, with the changes that go with it, and its audit event."""
    moved = {"state": State(step.target), "since": at} if step.target != step.source else {}
    event = Event(step.audit, step.act, actor.account, at, step.source, step.target, detail or {})
    return Done(application.model_copy(update={**(changed or {}), **moved}), event)


def find_need(application: Application, name: str) -> Need:
    """Return a need of an application by its name; raises AccessRefused where it has none."""
    for item in application.needs:
        if item.need == name:
            return item
    raise errors.AccessRefused(
        fault("item_unknown", "The application needs no such item.", "Look at the list of what is needed.")
    )


def note_reviewer(application: Application, actor: Actor) -> dict[str, object]:
    """Return the reviewers with whoever acts now among them."""
    known = application.reviewers
    return {"reviewers": known if actor.account in known else (*known, actor.account)}


def note_words(
    application: Application, kind: str, text: str, actor: Actor, at: datetime, *, need: str = ""
) -> dict[str, object]:
    """Return the messages with one more."""
    said = Message.model_validate(
        {"kind": kind, "by": actor.account, "at": at, "text": clean_words(text), "need": need}
    )
    return {"messages": (*application.messages, said)}


def clean_words(text: str, *, wanted: bool = True) -> str:
    """Return words without the space around them; raises AccessRefused where they are wanting or too many."""
    clean = text.strip()
    if wanted and not clean:
        raise errors.AccessRefused(
            fault("words_wanting", "Nothing was written.", "Say it in a sentence or two.", field="text")
        )
    if len(clean) > ENOUGH:
        raise errors.AccessRefused(
            fault("words_too_long", "This is too long.", f"Use at most {ENOUGH:,} characters.", field="text")
        )
    return clean
