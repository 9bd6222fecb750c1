"""Records a checker's yes to one exact draft, after verifying the draft again."""

from __future__ import annotations

from pathlib import Path

from openjustice.airlock import checkers, request, verify
from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.airlock.verify import Progress
from openjustice.confidential import store as stores
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from openjustice.ground.terms import Approval


def approve(
    home: Path, number: int, *, checker: str, role: str, at: str, registry: Registry, progress: Progress | None = None
) -> Approval:
    """Record that this checker, in this role, approves this draft as it stands, and return the approval.

    Raises SealRefused with every fault where the draft does not verify, or the checker is its author or approved before.
    """
    with stores.open_store(home) as store:
        evidence = verify.gather(store, number, registry=registry, progress=progress)
        digest, author = evidence.manifest.digest, evidence.manifest.author
        before = store.approvals(number)
        faults = [
            *evidence.faults,
            *checkers.find_checker_faults(checker, author=author, approvals=before, digest=digest),
        ]
        if faults:
            raise errors.SealRefused(faults)
        approval = Approval(checker=checker, role=role, at=at, digest=digest)
        with store.transaction():
            store.record_approval(number, approval)
            store.mark_draft(number, lifecycle=RELEASE_REQUEST, act="approve", actor=checker, at=at)
            enough = (
                len(checkers.count_independent((*before, approval), author=author, digest=digest)) >= evidence.checkers
            )
            if enough:
                store.mark_draft(number, lifecycle=RELEASE_REQUEST, act="complete", actor=checker, at=at)
    return approval


def is_approved(home: Path, number: int) -> bool:
    """Say whether a draft has all the approvals it needs, and waits for its seal."""
    with stores.open_store(home, writable=False) as store:
        return store.draft_state(number) == request.APPROVED
