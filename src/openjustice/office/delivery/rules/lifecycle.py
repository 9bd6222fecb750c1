"""The lifecycle of a delivery: ready behind its link, begun, and over for one of four reasons."""

from __future__ import annotations

from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.office.applications.rules.lifecycle import HOUSE, MEMBER

READY, BEGUN, FETCHED, EXPIRED, STOPPED = "ready", "begun", "fetched", "expired", "stopped"

DELIVERY = Lifecycle(
    thing="delivery",
    start=READY,
    owners=((READY, MEMBER), (BEGUN, MEMBER), (FETCHED, HOUSE), (EXPIRED, HOUSE), (STOPPED, HOUSE)),
    ends=(FETCHED, EXPIRED, STOPPED),
    transitions=(
        Transition(READY, "open", BEGUN, MEMBER, "the link is theirs and in time, and the license is live", "delivery_begun", ""),
        Transition(BEGUN, "finish", FETCHED, HOUSE, "the last byte was given", "delivery_fetched", ""),
        Transition(READY, "expire", EXPIRED, HOUSE, "the hours of the link are over", "delivery_expired", ""),
        Transition(BEGUN, "expire", EXPIRED, HOUSE, "the hours of the link are over", "delivery_expired", ""),
        Transition(READY, "stop", STOPPED, HOUSE, "the license is not live", "delivery_stopped", ""),
        Transition(BEGUN, "stop", STOPPED, HOUSE, "the license is not live", "delivery_stopped", ""),
    ),
)  # fmt: skip
