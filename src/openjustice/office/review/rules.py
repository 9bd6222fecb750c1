"""The rulebook of the review desk: who drafts, looks, comments, approves and seals; and the way of a comment.

The release request itself has its lifecycle in the airlock, which trusts no caller: what is said here is said once more there.
"""

from __future__ import annotations

from openjustice.airlock import checkers
from openjustice.ground import errors
from openjustice.ground.lifecycle import Lifecycle, Transition

STEWARD, CHECKER = "steward", "checker"
# Who may do what at this desk; the matrix of permissions is made from it.
ACTS: dict[str, tuple[str, ...]] = {
    "make a draft": (STEWARD,),
    "look at a draft": (STEWARD, CHECKER),
    "comment on a cell": (STEWARD, CHECKER),
    "settle a comment": (STEWARD, CHECKER),
    "approve a draft": (CHECKER,),
    "seal a draft": (STEWARD,),
}

COMMENT = Lifecycle(
    thing="comment",
    start="unsettled",
    owners=(("unsettled", STEWARD), ("settled", CHECKER)),
    ends=("settled",),
    transitions=(
        Transition("unsettled", "settle", "settled", "steward or checker", "nothing", "comment_settled", "the author of the comment"),
    ),
)  # fmt: skip


def check_same_digest(shown: str, *, now: str) -> None:
    """Refuse an approval of anything but what was looked at; raises SealRefused."""
    if shown != now:
        raise errors.SealRefused.because(
            "other_digest_shown", "This is not the draft that you looked at.",
            why="Its digest differs from the one on the page.", way_out="Look at it again, and approve it then.",
        )  # fmt: skip


def check_no_open_comment(count: int) -> None:
    """Refuse to seal while a checker's comment is open; raises SealRefused."""
    if count:
        raise errors.SealRefused.because(
            "comments_open", f"{count} comment{'s are' if count > 1 else ' is'} not settled.",
            way_out="Settle every comment, or make another draft.",
        )  # fmt: skip


def may_approve(name: str, *, author: str, approvals: tuple[str, ...], roles: frozenset[str], state: str) -> bool:
    """Say whether the page offers an approval: a checker, not the author, who has not approved yet."""
    return (
        CHECKER in roles
        and state in ("drafted", "in_review")
        and not checkers.is_same_person(name, author)
        and not any(checkers.is_same_person(name, item) for item in approvals)
    )
