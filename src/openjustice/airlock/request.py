"""The release request: its states, who owns it in each, and every way from one to the next."""

from __future__ import annotations

from openjustice.ground.lifecycle import Lifecycle, Transition

CHECKER, AUTHOR, MANAGER = "an independent checker", "the author", "the release manager"
APPROVED = "approved"

RELEASE_REQUEST = Lifecycle(
    thing="release request",
    start="drafted",
    owners=(
        ("drafted", CHECKER),
        ("in_review", CHECKER),
        (APPROVED, MANAGER),
        ("sealing", MANAGER),
        ("sealed", MANAGER),
        ("withdrawn", AUTHOR),
    ),
    ends=("sealed", "withdrawn"),
    transitions=(
        Transition("drafted", "approve", "in_review", CHECKER, "the draft verifies; the checker is not the author", "draft_reviewed", "the author"),
        Transition("in_review", "approve", "in_review", CHECKER, "the draft verifies; the checker has not approved before", "draft_reviewed", "the author"),
        Transition("in_review", "complete", APPROVED, CHECKER, "as many independent approvals as the policy asks", "draft_review_completed", "the release manager"),
        Transition(APPROVED, "begin_seal", "sealing", MANAGER, "every lock of the airlock holds", "seal_begun", "nobody"),
        Transition("sealing", "finish_seal", "sealed", MANAGER, "the ledger has the release's line", "seal_finished", "everyone"),
        Transition("sealing", "undo_seal", APPROVED, MANAGER, "the ledger has no line for the release", "seal_undone", "the release manager"),
        Transition("drafted", "withdraw", "withdrawn", AUTHOR, "nothing", "draft_withdrawn", "the checkers"),
        Transition("in_review", "withdraw", "withdrawn", AUTHOR, "nothing", "draft_withdrawn", "the checkers"),
        Transition(APPROVED, "withdraw", "withdrawn", AUTHOR, "nothing", "draft_withdrawn", "the checkers"),
    ),
)  # fmt: skip
