"""Changes applications: each act of the rulebook with its audit entry in one transaction, and the papers that come with them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from openjustice.contracts.system import System
from openjustice.ground import durable, errors
from openjustice.office.accounts.models import Account
from openjustice.office.applications import selectors
from openjustice.office.applications.models import Application, Paper, Seat
from openjustice.office.applications.rules import acts, case, papers
from openjustice.office.applications.rules.case import HOUSE_ITSELF, Actor
from openjustice.office.applications.rules.faults import fault
from openjustice.office.applications.rules.lifecycle import APPLICATION, OPEN
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit

Decided = Callable[[Application, case.Application, Audit], None]
SCANNERS = ("clamdscan", "clamscan")
_DECIDED: list[Decided] = []
_SUSPENDED: list[Callable[[], frozenset[str]]] = []


def when_decided(call: Decided) -> None:
    """Have this called in the transaction of every approval; the desk of licenses grants there."""
    if call not in _DECIDED:
        _DECIDED.append(call)


def ask_for_suspended(call: Callable[[], frozenset[str]]) -> None:
    """Have this asked which accounts have a suspended license."""
    if call not in _SUSPENDED:
        _SUSPENDED.append(call)


def suspended() -> frozenset[str]:
    """Return the accounts that have a suspended license now."""
    return frozenset(account for call in _SUSPENDED for account in call())


def begin(*, account: Account, jurisdiction: str, systems: Iterable[System], actor: Actor, at: datetime) -> Application:
    """Begin an application, with the declarations of its systems as they are now."""
    with transaction.atomic():
        made = acts.begin("0", jurisdiction=jurisdiction, systems=systems, actor=actor, at=at)
        row = audits.create(
            Application, lifecycle=APPLICATION, event=made.event.event, audit=_audit(made.event, role="researcher"),
            detail=made.event.detail, investigator=account, begun_at=at, **_columns(made.application),
        )  # fmt: skip
        numbered = made.application.model_copy(update={"number": str(row.pk)})
        Application.objects.filter(pk=row.pk).update(content=numbered.model_dump_json())
        Seat.objects.create(application=row, account=account)
    row.refresh_from_db()
    return row


def act(
    number: int, function: Callable[..., acts.Done], /, *, actor: Actor, at: datetime, **arguments: Any
) -> case.Application:
    """Do one act of the rulebook on an application as the database holds it now, with its audit entry, or nothing."""
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=number)
        before = selectors.read(row)
        done = function(before, actor=actor, at=at, **arguments)
        step = APPLICATION.step(before.state, done.event.act)
        audit = _audit(done.event, role=step.by)
        changes = _columns(done.application)
        if done.event.target in ("approved", "denied"):
            changes["decided_at"] = at
        audits.move(row, lifecycle=APPLICATION, act=done.event.act, audit=audit, detail=done.event.detail, **changes)
        _seat(row, done.application)
        if done.event.target == "approved":
            for call in _DECIDED:
                call(row, done.application, audit)
        _tell(done.application, step.notice)
    return done.application


def keep_paper(
    number: int, *, need: str, content: bytes, made_on: date, ends_on: date | None, actor: Actor, at: datetime, home: Path,
    name: str,
) -> case.Application:  # fmt: skip
    """Check, scan and keep an attached file, and bring it for a need; `name` is the random name it is kept under.

    Raises AccessRefused where it may not be kept. The bytes are never opened or shown by the office.
    """
    row = Application.objects.get(pk=number)
    held = selectors.read(row)
    asked = [item for item in held.needs if item.need == need]
    rules = next(item.attachments for item in held.systems if not asked or item.system in asked[0].systems)
    kind = papers.check_paper(content, rules=rules)
    folder = home / "office" / "papers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    durable.write_file(path, content)
    path.chmod(0o600)
    try:
        scanned_by = scan(path)
        with transaction.atomic():
            paper = Paper.objects.create(
                application=row, account_id=int(actor.account), need=need, file=name, kind=kind, size=len(content),
                sha256=hashlib.sha256(content).hexdigest(), scanned_by=scanned_by, kept_at=at,
            )  # fmt: skip
            return act(
                number, acts.bring, need=need, made_on=made_on, ends_on=ends_on, attachment=str(paper.pk), actor=actor,
                at=at, today=selectors.today(held, at=at),
            )  # fmt: skip
    except errors.Refusal:
        path.unlink()
        raise


def scan(path: Path) -> str:
    """Have ClamAV look at a file, where it is installed, and return its name; raises AccessRefused where it finds something."""
    command = next((found for name in SCANNERS if (found := shutil.which(name))), None)
    if command is None:
        return ""
    options = ["--no-summary", "--fdpass"] if command.endswith("clamdscan") else ["--no-summary"]
    answer = subprocess.run([command, *options, str(path)], capture_output=True, check=False, timeout=300)
    if answer.returncode == 1:
        raise errors.AccessRefused(
            fault("paper_infected", "This file carries malicious software.", "It was not kept.", field="file")
        )
    if answer.returncode != 0:
        raise errors.AccessRefused(
            fault("paper_unscanned", "This file could not be scanned.", "Try again later.", field="file")
        )
    return Path(command).name


def look_at_clock(*, at: datetime) -> int:
    """End the applications whose team has not answered in time, and return how many."""
    late = Application.objects.filter(state="returned", due_at__lte=at).values_list("pk", flat=True)
    for number in list(late):
        act(number, acts.lapse, actor=HOUSE_ITSELF, at=at)
    return len(late)


def pass_on(accounts: Iterable[str], *, act_name: str, license_number: str, at: datetime) -> None:
    """Hold, resume or stop every open application of these people, since a license of theirs was suspended, reinstated or revoked."""
    rows = Application.objects.filter(state__in=OPEN, seats__account__in=[int(item) for item in accounts]).distinct()
    for row in rows:
        if act_name not in case.may(selectors.read(row), HOUSE_ITSELF):
            continue
        if act_name != "resume":
            act(row.pk, getattr(acts, act_name), license_number=license_number, actor=HOUSE_ITSELF, at=at)
        elif not set(selectors.read(row).accounts) & suspended():
            act(row.pk, acts.resume, suspended=suspended(), actor=HOUSE_ITSELF, at=at)


def _columns(held: case.Application) -> dict[str, Any]:
    return {
        "content": held.model_dump_json(),
        "jurisdiction": held.jurisdiction,
        "systems": " ".join(item.system for item in held.systems),
        "since": held.since,
        "due_at": held.due_at,
        "submitted_at": held.submitted_at,
    }


def _audit(event: acts.Event, *, role: str) -> Audit:
    actor = f"account {event.actor}" if event.actor.isdigit() else event.actor
    return Audit(actor=actor, role=role, at=event.at)


def _seat(row: Application, held: case.Application) -> None:
    wanted = {int(item) for item in held.accounts}
    there = set(row.seats.values_list("account_id", flat=True))
    row.seats.filter(account_id__in=there - wanted).delete()
    Seat.objects.bulk_create([Seat(application=row, account_id=item) for item in sorted(wanted - there)])


def _tell(held: case.Application, whom: str) -> None:
    """Write to the people concerned that something changed; what it is, they read here, signed in."""
    accounts = {"the researcher": [held.investigator], "the team member": held.accounts[1:], "the team": held.accounts}
    people = Account.objects.filter(pk__in=[int(item) for item in accounts.get(whom, ())], is_active=True)
    addresses = list(people.values_list("email", flat=True))
    words = _("Something changed in application %(number)s. Sign in to the office to read it.") % {
        "number": held.number
    }
    for address in addresses:
        transaction.on_commit(lambda to=address: send_mail(_("Your application"), words, None, [to]))
