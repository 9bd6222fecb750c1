"""Decides who may check a draft, and when it has been checked enough: different people, none of them its author."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from openjustice.ground import errors
from openjustice.ground.terms import Approval


def find_checker_faults(checker: str, *, author: str, approvals: Sequence[Approval], digest: str) -> list[errors.Fault]:
    """Return why this person may not approve this draft now: they made it, or have approved it; or a name is wanting."""
    faults = []
    if not _plain(checker):
        faults.append(_fault("checker_unnamed", "The checker has no name.", "Say who checked it."))
    if not _plain(author):
        faults.append(_author_unnamed())
    if is_same_person(checker, author):
        faults.append(
            _fault("author_may_not_check", "The author of a draft may not check it.", "Ask somebody else to check it.")
        )
    if any(is_same_person(checker, item.checker) for item in approvals if item.digest == digest):
        faults.append(_fault("checker_twice", "This checker has approved this draft already.", "Ask another checker."))
    return faults


def find_approval_faults(approvals: Sequence[Approval], *, author: str, digest: str, wanted: int) -> list[errors.Fault]:
    """Return why these approvals do not open the door: too few, of another draft, by the author, or one person's twice."""
    names = [_plain(item.checker) for item in approvals]
    faults = [] if _plain(author) else [_author_unnamed()]
    if any(item.digest != digest for item in approvals):
        faults.append(
            _fault(
                "approval_of_other_digest",
                "An approval was given to another state of this draft.",
                "Have the draft checked again.",
            )
        )
    if _plain(author) in names:
        faults.append(
            _fault("author_may_not_check", "The author of a draft may not check it.", "Ask somebody else to check it.")
        )
    if len(set(names)) < len(names):
        faults.append(_fault("checker_twice", "One checker approved this draft twice.", "Ask another checker."))
    missing = wanted - len(count_independent(approvals, author=author, digest=digest))
    if missing > 0:
        what = (
            f"{missing} of the {wanted} approvals that the policy asks for {'is' if missing == 1 else 'are'} wanting."
        )
        faults.append(_fault("approvals_wanting", what, "`openjustice release approve` records an approval."))
    return faults


def count_independent(approvals: Sequence[Approval], *, author: str, digest: str) -> set[str]:
    """Return the different people, other than the author, who approved this exact draft."""
    return {_plain(item.checker) for item in approvals if item.digest == digest} - {_plain(author), ""}


def is_same_person(first: str, second: str) -> bool:
    """Say whether two written names are one person's: case and spaces do not make two people."""
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _author_unnamed() -> errors.Fault:
    return _fault("author_unnamed", "The draft does not say who made it.", "Make it again, with its author.")


def _fault(code: str, what: str, way_out: str) -> errors.Fault:
    return errors.Fault(code=code, what=what, way_out=way_out, ask=errors.SealRefused.who_must_act)
