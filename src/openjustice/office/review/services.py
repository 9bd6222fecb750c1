"""Drafts, comments, approves and seals. What the confidential wing and the airlock do, they do by their own functions.

Each act is noted before it begins where it may take long or fail half-way, and after it with what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings

from openjustice.airlock import review as reviewing
from openjustice.airlock import seal as sealing
from openjustice.confidential.drafting import draft as drafting
from openjustice.contracts.release import ReleaseManifest
from openjustice.ground import errors
from openjustice.ground.terms import Approval
from openjustice.office.accounts.models import Account
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import declared, keys
from openjustice.office.review import rules, selectors
from openjustice.office.review.models import Comment


def make_draft(*, dataset: str, author: str, audit: Audit) -> int:
    """Make a draft release of a dataset and return its number."""
    registry = declared.read_registry()
    audits.record(audit=audit, event="draft_begun", thing="dataset", thing_id=dataset)
    number = drafting.make_draft(
        settings.HOME, dataset=dataset, author=author, at=_text(audit.at), registry=registry,
        seed=drafting.make_seed(settings.HOME, dataset=registry.dataset(dataset).id),
    )  # fmt: skip
    digest = selectors.read(number).manifest.digest
    audits.record(
        audit=audit, event="draft_made", thing="draft", thing_id=number, target="drafted",
        detail={"dataset": dataset, "digest": digest},
    )  # fmt: skip
    return number


def comment(*, draft: int, digest: str, by: Account, text: str, audit: Audit, **where: Any) -> Comment:
    """Keep a comment on a draft, or on a cell of it: `product`, `row` and `column` say where."""
    return audits.create(
        Comment, lifecycle=rules.COMMENT, event="comment_made", audit=audit, draft=draft, digest=digest, by=by,
        text=text.strip(), made_at=audit.at, detail={"draft": draft, **{name: where[name] for name in sorted(where)}}, **where,
    )  # fmt: skip


def settle(made: Comment, *, by: Account, audit: Audit) -> Comment:
    """Settle a comment."""
    return audits.move(
        made, lifecycle=rules.COMMENT, act="settle", audit=audit, settled_by=by, settled_at=audit.at,
        detail={"draft": made.draft},
    )  # fmt: skip


def approve(number: int, *, shown_digest: str, checker: str, office: str, audit: Audit) -> Approval:
    """Approve exactly the draft that was looked at; the airlock verifies it again, and whether this person may.

    Raises SealRefused where the digest is another, the draft does not verify, or the checker made it or approved it before.
    """
    rules.check_same_digest(shown_digest, now=selectors.read(number).manifest.digest)
    begun = audits.record(
        audit=audit, event="approval_begun", thing="draft", thing_id=number, detail={"digest": shown_digest}
    )
    with _refusals_noted("approval_refused", number, begun=begun.number, audit=audit):
        approval = reviewing.approve(
            settings.HOME, number, checker=checker, role=office, at=_text(audit.at), registry=declared.read_registry()
        )
    audits.record(
        audit=audit, event="draft_approved", thing="draft", thing_id=number, target=selectors.read(number).state,
        detail={"began": begun.number, "digest": approval.digest},
    )  # fmt: skip
    return approval


def seal(number: int, *, sealer: str, note: str, audit: Audit) -> ReleaseManifest:
    """Seal an approved draft through the airlock; the release carries the newest checkpoint of the audit record outside.

    Raises SealRefused where a comment is open or any lock of the airlock does not hold.
    """
    rules.check_no_open_comment(selectors.count_open(number))
    begun = audits.record(audit=audit, event="seal_begun", thing="draft", thing_id=number)
    point = audits.take_checkpoint(settings.HOME, key=keys.read_checkpoint_key(settings.HOME), at=_text(audit.at))
    with _refusals_noted("seal_refused", number, begun=begun.number, audit=audit):
        release = sealing.seal(
            settings.HOME, number, actor=sealer, at=_text(audit.at), registry=declared.read_registry(),
            revision_note=note.strip() or None, checkpoint=point.as_text(),
        )  # fmt: skip
    audits.record(
        audit=audit, event="draft_sealed", thing="draft", thing_id=number, target="sealed",
        detail={"began": begun.number, "release": release.address, "manifest": release.digest},
    )  # fmt: skip
    return release


@contextmanager
def _refusals_noted(event: str, number: int, *, begun: int, audit: Audit) -> Iterator[None]:
    """Write the codes of a refusal into the audit record on its way out."""
    try:
        yield
    except errors.Refusal as refusal:
        audits.record(
            audit=audit, event=event, thing="draft", thing_id=number,
            detail={"began": begun, "codes": sorted(set(refusal.codes))},
        )  # fmt: skip
        raise


def _text(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()
