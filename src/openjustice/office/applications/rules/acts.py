"""What each act makes of an application. Nothing is stored here: every act returns the new application and its audit event.

The moment is an argument; a refusal names what is wrong and the way out, and never repeats what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from openjustice.contracts.system import System
from openjustice.ground import errors
from openjustice.office.applications.rules import completeness
from openjustice.office.applications.rules.case import (
    Actor,
    Application,
    Brought,
    Member,
)
from openjustice.office.applications.rules.completeness import Lack
from openjustice.office.applications.rules.faults import fault, of_answer, of_item, of_lack
from openjustice.office.applications.rules.lifecycle import State
from openjustice.office.applications.rules.review import (
    approve,
    ask,
    begin_review,
    deny,
    reason_words,
    recommend,
    reject,
    send_back,
    settle_appeal,
    verify,
)
from openjustice.office.applications.rules.steps import (
    Done,
    Event,
    find_need,
    make_done,
    note_words,
    take_step,
)

# Every act is found here, whoever it belongs to.
__all__ = (
    "Done",
    "Event",
    "accept",
    "answer",
    "appeal",
    "approve",
    "ask",
    "begin",
    "begin_review",
    "bring",
    "decline",
    "deny",
    "fill",
    "hold",
    "invite",
    "lapse",
    "reason_words",
    "recommend",
    "reject",
    "remove",
    "resume",
    "send_back",
    "settle_appeal",
    "stop",
    "submit",
    "verify",
    "withdraw",
)


def begin(number: str, *, jurisdiction: str, systems: Iterable[System], actor: Actor, at: datetime) -> Done:
    """Begin an application of one researcher for one or several systems of a jurisdiction, as they are declared now."""
    chosen = tuple(systems)
    if not chosen:
        raise errors.AccessRefused(fault("system_wanting", "No data system was chosen.", "Choose at least one."))
    if "researcher" not in actor.roles:
        raise errors.AccessRefused(
            fault("not_yours", "Applications are made by researchers.", "Ask for an account as a researcher.")
        )
    made = Application(
        number=number, jurisdiction=jurisdiction, systems=chosen,
        members=(Member(account=actor.account, accepted_at=at),), begun_at=at, since=at,
    )  # fmt: skip
    detail = {"systems": " ".join(item.system for item in chosen)}
    event = Event("application_begun", "begin", actor.account, at, "", State.DRAFT, detail)
    return Done(made, event)


def fill(application: Application, *, answers: Mapping[str, str], askers: Mapping[str, str], actor: Actor, at: datetime) -> Done:  # fmt: skip
    """Keep answers to questions of the form, finished or not."""
    step = take_step(application, "fill", actor)
    asked = completeness.questions(application)
    faults = [
        fault("unknown_question", "The form has no such question.", "Use the page.", field=name)
        for name in answers
        if name not in asked
    ]
    systems = {item.system: item for item in application.systems}
    faults += [
        fault("unknown_choice", "This is not one of the choices.", "Choose one of them.", field=f"asker.{name}")
        for name, value in askers.items()
        if name not in systems or value not in systems[name].askers
    ]
    faults += [
        of_answer(found, field=f"answer.{name}")
        for name, given in answers.items()
        if name in asked and given and (found := completeness.find_answer_fault(asked[name], given))
    ]
    if faults:
        raise errors.AccessRefused(faults)
    changed = {"answers": {**application.answers, **answers}, "askers": {**application.askers, **askers}}
    return make_done(application, step, actor, at, changed, detail={"questions": " ".join(sorted({*answers, *askers}))})


def invite(application: Application, *, account: str, actor: Actor, at: datetime) -> Done:
    """Ask somebody onto the team; they accept for themselves. Whoever has judged it cannot be asked."""
    step = take_step(application, "invite", actor)
    if account in application.accounts:
        raise errors.AccessRefused(
            fault("member_already", "This person is on the team already.", "Nothing is to be done.")
        )
    if account in (*application.reviewers, *(item.by for item in application.decisions)):
        raise errors.AccessRefused(
            fault("member_judged", "This person has judged the application.", "Ask somebody else.")
        )
    changed = {"members": (*application.members, Member(account=account))}
    return make_done(application, step, actor, at, changed, detail={"member": account})


def remove(application: Application, *, account: str, actor: Actor, at: datetime) -> Done:
    """Take somebody off the team, with what they brought."""
    step = take_step(application, "remove", actor)
    return make_done(application, step, actor, at, _without(application, account), detail={"member": account})


def accept(application: Application, *, actor: Actor, at: datetime) -> Done:
    """Accept, for oneself, to be on the team."""
    step = take_step(application, "accept", actor)
    if _member(application, actor.account).accepted_at:
        raise errors.AccessRefused(fault("member_already", "You are on the team already.", "Nothing is to be done."))
    members = tuple(
        item.model_copy(update={"accepted_at": at}) if item.account == actor.account else item
        for item in application.members
    )
    return make_done(application, step, actor, at, {"members": members}, detail={"member": actor.account})


def decline(application: Application, *, actor: Actor, at: datetime) -> Done:
    """Leave the team, or decline to be on it."""
    step = take_step(application, "decline", actor)
    return make_done(
        application, step, actor, at, _without(application, actor.account), detail={"member": actor.account}
    )


def bring(
    application: Application,
    *,
    need: str,
    made_on: date,
    actor: Actor,
    at: datetime,
    today: date,
    ends_on: date | None = None,
    attachment: str | None = None,
    reference: str = "",
    signed: str = "",
) -> Done:
    """Bring one item: each person their own, what is asked of the application by the principal investigator.

    `signed` is the name that a statement was signed with. What was brought before is kept and no longer counts.
    """
    step = take_step(application, "bring", actor)
    wanted = find_need(application, need)
    if actor.account != (wanted.account or application.investigator):
        raise errors.AccessRefused(
            fault("not_yours", "This item is somebody else's to bring.", "Ask them to bring it.")
        )
    item = Brought(
        need=need, by=actor.account, at=at, made_on=made_on, ends_on=ends_on, attachment=attachment,
        reference=reference, signed=signed,
    )  # fmt: skip
    if found := completeness.find_item_fault(wanted, item, today=today):
        raise errors.AccessRefused(of_item(found, field=f"item.{need}"))
    if not completeness.holds(wanted, item, on=today):
        raise errors.AccessRefused(
            fault("item_expired", "This item holds no more.", "Bring a newer one.", field=f"item.{need}")
        )
    return make_done(application, step, actor, at, {"brought": (*application.brought, item)}, detail={"need": need})


def submit(application: Application, *, actor: Actor, at: datetime, today: date, suspended: Iterable[str] = ()) -> Done:
    """Submit a whole application; `suspended` are accounts with a suspended license. Raises AccessRefused with every lack."""
    step = take_step(application, "submit", actor)
    lacks = completeness.find_lacks(application, today=today)
    lacks += tuple(
        Lack("license_suspended", f"member.{account}", account)
        for account in application.accounts
        if account in set(suspended)
    )
    if lacks:
        raise errors.AccessRefused(of_lack(item) for item in lacks)
    return make_done(application, step, actor, at, {"submitted_at": at})


def answer(application: Application, *, text: str, actor: Actor, at: datetime, today: date) -> Done:
    """Answer what was asked; nothing may be missing then."""
    step = take_step(application, "answer", actor)
    if lacks := completeness.find_lacks(application, today=today):
        raise errors.AccessRefused(of_lack(item) for item in lacks)
    return make_done(application, step, actor, at, note_words(application, "answer", text, actor, at))


def appeal(application: Application, *, text: str, actor: Actor, at: datetime) -> Done:
    """Note an appeal against a denial; another decider looks at it."""
    step = take_step(application, "appeal", actor)
    return make_done(application, step, actor, at, note_words(application, "appeal", text, actor, at))


def withdraw(application: Application, *, actor: Actor, at: datetime) -> Done:
    """Withdraw an application that nobody has decided."""
    return make_done(application, take_step(application, "withdraw", actor), actor, at)


def lapse(application: Application, *, actor: Actor, at: datetime) -> Done:
    """End an application whose team has not answered in time."""
    step = take_step(application, "lapse", actor)
    if application.due_at is None or at < application.due_at:
        raise errors.AccessRefused(fault("not_due", "The days for an answer are not over.", "Wait until they are."))
    return make_done(application, step, actor, at)


def hold(application: Application, *, license_number: str, actor: Actor, at: datetime) -> Done:
    """Hold an application while a license of somebody on its team is suspended."""
    step = take_step(application, "hold", actor)
    return make_done(application, step, actor, at, detail={"license": license_number})


def resume(application: Application, *, suspended: Iterable[str], actor: Actor, at: datetime) -> Done:
    """Go on with a held application; `suspended` are the accounts that still have a suspended license."""
    step = take_step(application, "resume", actor)
    if set(suspended) & set(application.accounts):
        raise errors.AccessRefused(
            fault("license_suspended", "A license of the team is still suspended.", "Reinstate it first.")
        )
    return make_done(application, step, actor, at)


def stop(application: Application, *, license_number: str, actor: Actor, at: datetime) -> Done:
    """Stop an open application since a license of somebody on its team was revoked."""
    step = take_step(application, "stop", actor)
    return make_done(application, step, actor, at, detail={"license": license_number})


def _without(application: Application, account: str) -> dict[str, object]:
    _member(application, account)
    if account == application.investigator:
        raise errors.AccessRefused(
            fault("member_principal", "The principal investigator cannot leave.", "Withdraw the application.")
        )
    members = tuple(item for item in application.members if item.account != account)
    return {"members": members, "brought": tuple(item for item in application.brought if item.by != account)}


def _member(application: Application, account: str) -> Member:
    for item in application.members:
        if item.account == account:
            return item
    raise errors.AccessRefused(
        fault("member_unknown", "This person is not on the team.", "Look at the list of the team.")
    )
