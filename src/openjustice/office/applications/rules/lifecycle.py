"""The lifecycle of an application: its states, who owns it in each, and every way from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from openjustice.ground.lifecycle import Lifecycle, Transition

RESEARCHER, MEMBER, REVIEWER, DECIDER, HOUSE = "researcher", "team_member", "reviewer", "decider", "house"
POSITIONS = (RESEARCHER, MEMBER, REVIEWER, DECIDER, HOUSE)


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    HELD = "held"
    APPROVED = "approved"
    DENIED = "denied"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    STOPPED = "stopped"


WRITABLE = (State.DRAFT, State.RETURNED)
IN_REVIEW = (State.SUBMITTED, State.UNDER_REVIEW, State.RETURNED, State.RECOMMENDED)
OPEN = (State.DRAFT, *IN_REVIEW, State.HELD, State.APPEALED)


def _rows(
    states: Iterable[State], act: str, by: str, requires: str, audit: str, notice: str = "", *, to: State | None = None
) -> tuple[Transition, ...]:
    return tuple(Transition(state, act, to or state, by, requires, audit, notice) for state in states)


APPLICATION = Lifecycle(
    thing="application",
    start=State.DRAFT,
    owners=(
        (State.DRAFT, RESEARCHER),
        (State.SUBMITTED, REVIEWER),
        (State.UNDER_REVIEW, REVIEWER),
        (State.RETURNED, RESEARCHER),
        (State.RECOMMENDED, DECIDER),
        (State.HELD, HOUSE),
        (State.APPROVED, RESEARCHER),
        (State.DENIED, RESEARCHER),
        (State.APPEALED, DECIDER),
        (State.WITHDRAWN, RESEARCHER),
        (State.LAPSED, RESEARCHER),
        (State.STOPPED, HOUSE),
    ),
    ends=(State.APPROVED, State.DENIED, State.WITHDRAWN, State.LAPSED, State.STOPPED),
    transitions=(
        *_rows(WRITABLE, "fill", RESEARCHER, "the question is on the form", "application_filled"),
        *_rows(WRITABLE, "invite", RESEARCHER, "the person is not on the team yet", "member_invited", "the team member"),
        *_rows(WRITABLE, "remove", RESEARCHER, "the person is not the principal investigator", "member_removed", "the team member"),
        *_rows(WRITABLE, "accept", MEMBER, "the person was invited", "member_accepted", "the researcher"),
        *_rows(WRITABLE, "decline", MEMBER, "the person was invited", "member_declined", "the researcher"),
        *_rows(WRITABLE, "bring", MEMBER, "the item is asked of this person, or of the application", "item_brought"),
        *_rows((State.DRAFT,), "submit", RESEARCHER, "nothing is missing, everybody has accepted, no license of the team is suspended", "application_submitted", "the reviewers", to=State.SUBMITTED),
        *_rows((State.SUBMITTED,), "begin", REVIEWER, "the reviewer is not on the team", "review_begun", "the researcher", to=State.UNDER_REVIEW),
        *_rows((State.UNDER_REVIEW,), "verify", REVIEWER, "the item was brought and holds on this day", "item_verified"),
        *_rows((State.UNDER_REVIEW,), "reject", REVIEWER, "a reason", "item_rejected"),
        *_rows((State.UNDER_REVIEW,), "ask", REVIEWER, "a question", "question_asked", "the researcher", to=State.RETURNED),
        *_rows((State.RETURNED,), "answer", RESEARCHER, "an answer; nothing is missing", "question_answered", "the reviewers", to=State.UNDER_REVIEW),
        *_rows((State.UNDER_REVIEW,), "recommend", REVIEWER, "every item is verified or rejected", "review_finished", "the deciders", to=State.RECOMMENDED),
        *_rows((State.RECOMMENDED,), "send_back", DECIDER, "a reason; the decider is not on the team and reviewed nothing of it", "review_sent_back", "the reviewers", to=State.UNDER_REVIEW),
        *_rows((State.RECOMMENDED,), "approve", DECIDER, "every item of each approved system is verified and holds; reasons for each system that is not", "application_approved", "the team", to=State.APPROVED),
        *_rows((State.RECOMMENDED,), "deny", DECIDER, "reasons for each system", "application_denied", "the team", to=State.DENIED),
        *_rows((State.DENIED,), "appeal", RESEARCHER, "a reason", "appeal_noted", "the deciders", to=State.APPEALED),
        *_rows((State.APPEALED,), "uphold", DECIDER, "a reason; another decider than the one who denied", "denial_upheld", "the team", to=State.DENIED),
        *_rows((State.APPEALED,), "reopen", DECIDER, "a reason; another decider than the one who denied", "application_reopened", "the team", to=State.UNDER_REVIEW),
        *_rows((State.DRAFT, *IN_REVIEW, State.HELD), "withdraw", RESEARCHER, "nothing", "application_withdrawn", "the reviewers", to=State.WITHDRAWN),
        *_rows((State.RETURNED,), "lapse", HOUSE, "the days for an answer are over", "application_lapsed", "the team", to=State.LAPSED),
        *_rows(IN_REVIEW, "hold", HOUSE, "a license of somebody on the team is suspended", "application_held", "the team", to=State.HELD),
        *_rows((State.HELD,), "resume", HOUSE, "no license of anybody on the team is suspended", "application_resumed", "the team", to=State.UNDER_REVIEW),
        *_rows(OPEN, "stop", HOUSE, "a license of somebody on the team is revoked", "application_stopped", "the team", to=State.STOPPED),
    ),
)  # fmt: skip
