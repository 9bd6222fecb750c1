"""Says what an application still lacks, item by item, and whether what was brought holds on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openjustice.contracts.system import Evidence, Question, System
from openjustice.ground.calendar import add_months
from openjustice.office.applications.rules.case import Application, Brought, Need


@dataclass(frozen=True)
class Lack:
    """One thing that is still missing: `where` is the name of the field on the page, `code` says why."""

    code: str
    where: str
    account: str = ""


def find_lacks(application: Application, *, today: date) -> tuple[Lack, ...]:
    """Return everything that is missing before an application can be submitted or answered, in the order of the page."""
    return (
        *(Lack("asker_wanting", f"asker.{item.system}") for item in application.systems if not _asker(application, item)),
        *(item for name, question in questions(application).items() for item in _answer_lacks(application, name, question)),
        *(Lack("member_waits", f"member.{item.account}", item.account) for item in application.members if not item.accepted_at),
        *(item for need in application.needs for item in find_need_lacks(application, need, today=today)),
    )  # fmt: skip


def _asker(application: Application, system: System) -> bool:
    return application.askers.get(system.system, "") in system.askers


def questions(application: Application) -> dict[str, Question]:
    """Return the questions of all systems; one that several ask in the same words is asked once.

    A question of one system that differs from another's of the same name is asked for that system apart.
    """
    found: dict[str, Question] = {}
    for system in application.systems:
        for name, question in system.form.questions.items():
            key = name if found.get(name, question) == question else f"{system.system}.{name}"
            found[key] = question
    return found


def _answer_lacks(application: Application, name: str, question: Question) -> list[Lack]:
    given = application.answers.get(name, "").strip()
    if not given:
        return [Lack("answer_wanting", f"answer.{name}")] if question.required else []
    return [] if find_answer_fault(question, given) is None else [Lack("answer_wrong", f"answer.{name}")]


def find_answer_fault(question: Question, given: str) -> str | None:
    """Return what is wrong with an answer that was given: too long, or no choice of the question."""
    if len(given) > question.most:
        return "too_long"
    if question.kind == "choice" and given not in question.choices:
        return "unknown_choice"
    return "unknown_choice" if question.kind == "yes_no" and given not in ("yes", "no") else None


def find_need_lacks(application: Application, need: Need, *, today: date) -> tuple[Lack, ...]:
    """Return what is wrong with one item: not brought, rejected, or past its end."""
    there = application.brought_for(need.need)
    if there is None:
        return (Lack("item_wanting", f"item.{need.need}", need.account),)
    if there.found == "rejected":
        return (Lack("item_rejected", f"item.{need.need}", need.account),)
    return () if holds(need, there, on=today) else (Lack("item_expired", f"item.{need.need}", need.account),)


def holds(need: Need, brought: Brought, *, on: date) -> bool:
    """Say whether an item holds on a day: its last day is the day before `valid_months` are over, or the day it states."""
    end = end_of(need, brought)
    return brought.made_on <= on and (end is None or on < end)


def end_of(need: Need, brought: Brought) -> date | None:
    """Return the first day on which an item holds no more; None where it does not expire."""
    if need.requirement.states_its_end:
        # A paper that should state its end and has none never holds.
        return date.fromordinal(brought.ends_on.toordinal() + 1) if brought.ends_on else brought.made_on
    months = need.requirement.valid_months
    return add_months(brought.made_on, months) if months else None


def find_item_fault(need: Need, brought: Brought, *, today: date) -> str | None:
    """Return what is wrong with the form of what was brought: the evidence is of another kind, or its end is wanting."""
    given = {
        Evidence.DOCUMENT: bool(brought.attachment),
        Evidence.REFERENCE: bool(brought.reference.strip()),
        Evidence.STATEMENT: bool(brought.signed),
    }[need.requirement.evidence]
    if not given:
        return "evidence_wanting"
    if brought.made_on > today:
        return "made_in_future"
    if need.requirement.states_its_end and (brought.ends_on is None or brought.ends_on < brought.made_on):
        return "end_wanting"
    return None


def find_unverified(application: Application, *, system: str, on: date) -> tuple[Lack, ...]:
    """Return which items of one system are not verified, or do not hold on the day of the decision."""
    lacks = []
    for need in application.needs:
        if system not in need.systems:
            continue
        there = application.brought_for(need.need)
        if there is None or there.found != "verified":
            lacks.append(Lack("item_not_verified", f"item.{need.need}", need.account))
        elif not holds(need, there, on=on):
            lacks.append(Lack("item_expired", f"item.{need.need}", need.account))
    return tuple(lacks)
