"""The rulebook of accounts: the roles, what kind of organization each belongs to, and the way of an invitation."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from openjustice.ground import errors
from openjustice.ground.lifecycle import Lifecycle, Transition


class Role(StrEnum):
    """What somebody is at the office. A person may have several; each act is done in one of them."""

    CLERK = "clerk"
    STEWARD = "steward"
    CHECKER = "checker"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    RESEARCHER = "researcher"
    TEAM_MEMBER = "team_member"
    PROVIDER = "provider"
    ADMINISTRATOR = "administrator"


HOUSE = "house"  # the office itself, where a clock or a program acts; nobody signs in as it


class Kind(StrEnum):
    """What an organization is."""

    AUTHORITY = "authority"
    AGENCY = "agency"
    RESEARCH = "research"
    PROVIDER = "provider"


ROLES_OF: dict[Kind, frozenset[Role]] = {
    Kind.AUTHORITY: frozenset({Role.STEWARD, Role.CHECKER, Role.REVIEWER, Role.DECIDER, Role.ADMINISTRATOR}),
    Kind.AGENCY: frozenset({Role.CLERK}),
    Kind.RESEARCH: frozenset({Role.RESEARCHER, Role.TEAM_MEMBER}),
    Kind.PROVIDER: frozenset({Role.PROVIDER}),
}
# The lower rooms name who acts by the field's words; at the office these are roles.
ROLE_OF_WORDS: dict[str, Role | str] = {
    "reporter": Role.CLERK,
    "data steward": Role.STEWARD,
    "an independent checker": Role.CHECKER,
    "the author": Role.STEWARD,
    "the release manager": Role.STEWARD,
    "house": HOUSE,
}
INVITATION_LIFE = timedelta(days=7)

INVITATION = Lifecycle(
    thing="invitation",
    start="sent",
    owners=(("sent", "the invited person"), ("accepted", Role.ADMINISTRATOR), ("withdrawn", Role.ADMINISTRATOR), ("expired", Role.ADMINISTRATOR)),
    ends=("accepted", "withdrawn", "expired"),
    transitions=(
        Transition("sent", "accept", "accepted", "clerk or steward or checker or reviewer or decider or researcher or team_member or provider or administrator", "the link is theirs and in time", "invitation_accepted", "the one who invited"),
        Transition("sent", "withdraw", "withdrawn", "administrator or researcher or house", "nothing", "invitation_withdrawn", "nobody"),
        Transition("sent", "expire", "expired", "house", "seven days have passed", "invitation_expired", "nobody"),
    ),
)  # fmt: skip

MEMBERSHIP = Lifecycle(
    thing="membership",
    start="held",
    owners=(("held", Role.ADMINISTRATOR), ("ended", Role.ADMINISTRATOR)),
    ends=("ended",),
    transitions=(
        Transition("held", "end", "ended", "administrator or house", "nothing", "membership_ended", "the account"),
    ),
)  # fmt: skip


def check_grant(role: str, *, kind: str) -> None:
    """Refuse a role that an organization of this kind does not have; raises AccessRefused."""
    if role not in ROLES_OF[Kind(kind)]:
        raise errors.AccessRefused.because(
            "role_not_of_organization", f"An organization of the kind {kind} has no {role.replace('_', ' ')}.",
            way_out="Choose a role that fits, or another organization.", ask="the administrator of the office",
        )  # fmt: skip
