"""The lifecycle of a license: its states, who owns it in each, and every way from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.office.applications.rules.lifecycle import DECIDER, HOUSE, MEMBER, RESEARCHER

STEWARD = "steward"
POSITIONS = (RESEARCHER, MEMBER, STEWARD, DECIDER, HOUSE)


class State(StrEnum):
    """Where a license stands."""

    ACTIVE = "active"
    RENEWAL_OPEN = "renewal_open"
    RENEWAL_ASKED = "renewal_asked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLOSING = "closing"
    DESTROYED = "destroyed"


LIVE = (State.ACTIVE, State.RENEWAL_OPEN, State.RENEWAL_ASKED)
ENDING = (State.EXPIRED, State.REVOKED, State.CLOSING)


def _rows(
    states: Iterable[State], act: str, by: str, requires: str, audit: str, notice: str = "", *, to: State | None = None
) -> tuple[Transition, ...]:
    return tuple(Transition(state, act, to or state, by, requires, audit, notice) for state in states)


LICENSE = Lifecycle(
    thing="license",
    start=State.ACTIVE,
    owners=(
        (State.ACTIVE, RESEARCHER),
        (State.RENEWAL_OPEN, RESEARCHER),
        (State.RENEWAL_ASKED, DECIDER),
        (State.SUSPENDED, DECIDER),
        (State.EXPIRED, RESEARCHER),
        (State.REVOKED, RESEARCHER),
        (State.CLOSING, RESEARCHER),
        (State.DESTROYED, HOUSE),
    ),
    ends=(State.DESTROYED,),
    transitions=(
        *_rows(LIVE, "deliver", STEWARD, "the extract was checked; its differences to every other release and extract give nobody away", "copy_delivered", "the team"),
        *_rows(LIVE, "fetch", MEMBER, "the link is theirs, unused and not too old", "copy_fetched"),
        *_rows((State.ACTIVE,), "open_renewal", HOUSE, "the window before the end is open", "renewal_opened", "the team", to=State.RENEWAL_OPEN),
        *_rows(LIVE, "remind", HOUSE, "a day for a reminder has come", "license_reminded", "the team"),
        *_rows((State.RENEWAL_OPEN,), "ask_renewal", RESEARCHER, "every required item holds; a reason", "renewal_asked", "the deciders", to=State.RENEWAL_ASKED),
        *_rows((State.RENEWAL_ASKED,), "renew", DECIDER, "the decider is not on the team", "license_renewed", "the team", to=State.ACTIVE),
        *_rows((State.RENEWAL_ASKED,), "refuse_renewal", DECIDER, "reasons", "renewal_refused", "the team", to=State.RENEWAL_OPEN),
        *_rows(LIVE, "suspend", DECIDER, "a reason", "license_suspended", "the team", to=State.SUSPENDED),
        *_rows((State.SUSPENDED,), "reinstate", DECIDER, "a reason", "license_reinstated", "the team", to=State.ACTIVE),
        *_rows((*LIVE, State.SUSPENDED), "revoke", DECIDER, "a reason", "license_revoked", "the team", to=State.REVOKED),
        *_rows((*LIVE, State.SUSPENDED), "expire", HOUSE, "its end has come", "license_expired", "the team", to=State.EXPIRED),
        *_rows(LIVE, "close", RESEARCHER, "nothing", "license_closed", "the deciders", to=State.CLOSING),
        *_rows(ENDING, "certify", RESEARCHER, "a statement signed for a copy that has none", "destruction_certified", "the deciders"),
        *_rows(ENDING, "chase", HOUSE, "a certificate is wanting on a day for asking", "destruction_chased", "the team"),
        *_rows(ENDING, "finish", HOUSE, "every copy has its certificate", "license_finished", "the team", to=State.DESTROYED),
    ),
)  # fmt: skip
