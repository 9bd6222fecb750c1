"""Makes deliveries and gives their bytes: each byte only while the license is live, looked up anew before every piece."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pyrage
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from openjustice.airlock import extracts
from openjustice.contracts.registry import Registry
from openjustice.contracts.system import say
from openjustice.ground import durable, errors
from openjustice.office.accounts.models import Account
from openjustice.office.accounts.services import digest_of
from openjustice.office.applications.rules.case import Actor
from openjustice.office.applications.rules.faults import fault
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit
from openjustice.office.delivery import selectors
from openjustice.office.delivery.models import Delivery, Key
from openjustice.office.delivery.rules import ranges
from openjustice.office.delivery.rules.lifecycle import BEGUN, DELIVERY, READY
from openjustice.office.delivery.rules.ranges import Span
from openjustice.office.licenses import selectors as licenses
from openjustice.office.licenses import services as license_services
from openjustice.office.licenses.models import License
from openjustice.office.licenses.rules import acts, grant
from openjustice.office.licenses.rules.grant import Copy

PIECE = 65_536


def set_key(*, account: Account, recipient: str, audit: Audit) -> Key:
    """Keep somebody's public key of age in the place of the one before; raises AccessRefused where it is none."""
    try:
        pyrage.x25519.Recipient.from_str(recipient.strip())
    except (pyrage.RecipientError, ValueError):
        raise errors.AccessRefused(
            fault("recipient_wrong", "This is not a public key of age.", "It begins with age1.", field="recipient")
        ) from None
    with transaction.atomic():
        Key.objects.filter(account=account, ended_at=None).update(ended_at=audit.at)
        made = Key.objects.create(account=account, recipient=recipient.strip(), made_at=audit.at)
        digest = hashlib.sha256(made.recipient.encode()).hexdigest()
        audits.record(audit=audit, event="age_key_set", thing="account", thing_id=account.pk, detail={"key": digest})
    return made


def deliver(
    number: int, *, dataset: str, account: Account, token: str, name: str, actor: Actor, at: datetime, home: Path,
    registry: Registry, address: str,
) -> Delivery:  # fmt: skip
    """Make the extract of a dataset for one person of a license, encrypt it to their key, and send them its link.

    `token` is the secret of the link, `name` the random name of the file. Raises AccessRefused where the license does not let
    it, SealRefused where the airlock does not. Nothing is kept where anything fails.
    """
    held = licenses.read(License.objects.get(pk=number))
    _check(held, dataset=dataset, account=account, actor=actor, at=at)
    key = selectors.key_of(account)
    if key is None:
        raise errors.AccessRefused(
            fault("recipient_wanting", "This person has given no key yet.", "Ask them to give one.", field="account")
        )
    copy = len(held.copies) + 1
    made = extracts.make(
        home, dataset=f"{held.jurisdiction}/{dataset}", tier=held.system.delivery.tier,
        copy=f"license-{number}-copy-{copy}", terms=_terms(held, copy=copy), registry=registry,
    )  # fmt: skip
    sealed = pyrage.encrypt(made.content, [pyrage.x25519.Recipient.from_str(key.recipient)])
    folder = home / "office" / "deliveries"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.write_file(folder / name, sealed)
    (folder / name).chmod(0o600)
    noted = Copy(
        number=copy, dataset=dataset, sha256=made.sha256, mark=made.mark, recipient=key.recipient, made_by=actor.account,
        made_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            license_services.act(number, acts.deliver, copy=noted, actor=actor, at=at)
            row = audits.create(
                Delivery, lifecycle=DELIVERY, event="delivery_made", audit=Audit(f"account {actor.account}", "steward", at),
                detail={"license": number, "copy": copy, "sha256": made.sha256, "mark": made.mark}, license_id=number,
                copy=copy, account=account, file=name, size=len(sealed), sha256=hashlib.sha256(sealed).hexdigest(),
                link_sha256=digest_of(token), made_at=at, ends_at=at + timedelta(hours=held.system.delivery.link_hours),
            )  # fmt: skip
            words = _("An extract is ready for you. It can be fetched once, until %(ends)s, signed in: %(link)s") % {
                "ends": row.ends_at.strftime("%Y-%m-%d %H:%M UTC"), "link": f"{address}/deliveries/fetch/{token}/",
            }  # fmt: skip
            transaction.on_commit(lambda: send_mail(_("An extract is ready"), words, None, [account.email]))
    except BaseException:
        (folder / name).unlink()
        raise
    return row


def open_link(row: Delivery, *, header: str, actor: Actor, at: datetime) -> Span:
    """Return which bytes this request gets, and note that fetching began; raises AccessRefused where it gets none."""
    with transaction.atomic():
        held = Delivery.objects.select_for_update().get(pk=row.pk)
        why = _why_not(held, at=at)
        if why is None:
            span = ranges.read_span(header, size=held.size, given=held.given)
            if held.state == READY:
                license_services.act(held.license_id, acts.fetch, number=held.copy, actor=actor, at=at)
                audits.move(
                    held, lifecycle=DELIVERY, act="open", audit=Audit(f"account {actor.account}", "team_member", at)
                )
            return span
        _end(held, why, at=at)
    raise errors.AccessRefused(fault("link_over", "This link gives nothing any more.", "Ask the office for a new one."))


def give(row: Delivery, span: Span, *, home: Path, now: Callable[[], datetime]) -> Iterator[bytes]:
    """Give the bytes of a span piece by piece. Before each piece the license is looked up: once it is not live, nothing follows.

    Surprise: a download that is stopped ends short of its announced length, so that whoever fetches it sees that it broke.
    """
    place = span.start
    with (home / "office" / "deliveries" / row.file).open("rb") as file:
        file.seek(place)
        while place < span.stop:
            at = now()
            if (why := _why_not(Delivery.objects.get(pk=row.pk), at=at)) is not None:
                with transaction.atomic():
                    _end(Delivery.objects.select_for_update().get(pk=row.pk), why, at=at)
                return
            piece = file.read(min(PIECE, span.stop - place))
            place += len(piece)
            _note_given(row.pk, place, at=at)
            yield piece


def _note_given(number: int, place: int, *, at: datetime) -> None:
    with transaction.atomic():
        held = Delivery.objects.select_for_update().get(pk=number)
        held.given = max(held.given, place)
        held.save(update_fields=("given",))
        if held.given == held.size and held.state == BEGUN:
            audits.move(held, lifecycle=DELIVERY, act="finish", audit=Audit("house", "house", at))


def look_at_clock(*, at: datetime, home: Path) -> int:
    """End the links whose hours are over or whose license is not live, and remove what nobody can fetch any more."""
    rows = list(Delivery.objects.filter(state__in=(READY, BEGUN)))
    count = 0
    for row in rows:
        if (why := _why_not(row, at=at)) is not None:
            with transaction.atomic():
                _end(Delivery.objects.select_for_update().get(pk=row.pk), why, at=at)
            count += 1
    for row in Delivery.objects.exclude(state__in=(READY, BEGUN)):
        (home / "office" / "deliveries" / row.file).unlink(missing_ok=True)
    return count


def look_at_home(at: datetime) -> int:
    """Do the same in the home that the settings name."""
    return look_at_clock(at=at, home=settings.HOME)


def copies_of(numbers: Sequence[int]) -> list[str]:
    """Return the names of every copy of these licenses, as the airlock marked them."""
    return [
        f"license-{number}-copy-{copy.number}"
        for number in numbers
        for copy in licenses.read(License.objects.get(pk=number)).copies
    ]


def _why_not(row: Delivery, *, at: datetime) -> str | None:
    """Return which act ends a delivery now; None where its bytes may be given."""
    if row.state not in (READY, BEGUN):
        return "over"
    if not licenses.is_live(row.license_id, at=at) or not row.account.is_active:
        return "stop"
    return "expire" if at >= row.ends_at else None


def _end(row: Delivery, act: str, *, at: datetime) -> None:
    if act != "over":
        audits.move(row, lifecycle=DELIVERY, act=act, audit=Audit("house", "house", at))


def _check(held: grant.License, *, dataset: str, account: Account, actor: Actor, at: datetime) -> None:
    if "deliver" not in grant.may(held, actor) or not grant.is_live(held, at=at):
        raise errors.AccessRefused(
            fault("not_yours", "This is not yours to do here.", "Look at where the license stands.")
        )
    if dataset not in held.system.delivery.datasets:
        raise errors.AccessRefused(
            fault(
                "dataset_not_covered",
                "The license does not cover this dataset.",
                "Choose another one.",
                field="dataset",
            )
        )
    if str(account.pk) not in held.members:
        raise errors.AccessRefused(
            fault("member_unknown", "This person is not on the team.", "Choose somebody who is.", field="account")
        )


def _terms(held: grant.License, *, copy: int) -> str:
    limits = "".join(f"- {say(item, 'en')}\n" for item in held.system.limits)
    return (
        f"License {held.number}, copy {copy}: {say(held.system.title, 'en')}\n{held.system.statute.citation}\n\n"
        f"For the approved project and its team alone. The license ends at {held.ends_at.isoformat()}; then every copy must be\n"
        f"destroyed and certified. This copy carries a mark that names its license.\n{limits}"
    )
