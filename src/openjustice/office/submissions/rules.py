"""The rulebook of the agency desk: who may send for whom, and who may see and act on what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openjustice.ground import errors

CLERK, STEWARD = "clerk", "steward"
# Who may do what at this desk; the matrix of permissions is made from it.
ACTS: dict[str, tuple[str, ...]] = {
    "check a file": (CLERK, STEWARD),
    "send a file": (CLERK,),
    "see a submission": (CLERK, STEWARD),
    "answer a question": (CLERK,),
    "close a question": (STEWARD,),
    "ask again": (STEWARD,),
}


@dataclass(frozen=True, order=True)
class Agency:
    """An agency that a clerk acts for."""

    jurisdiction: str
    reporter: str
    name: str = ""


def may_see(row: Mapping[str, Any], *, roles: frozenset[str], agencies: Iterable[Agency]) -> bool:
    """Say whether somebody may see a submission: a steward sees all, a clerk those of the agencies they act for."""
    if STEWARD in roles:
        return True
    owned = {(item.jurisdiction, item.reporter) for item in agencies}
    return CLERK in roles and (row["jurisdiction"], row["reporter"]) in owned


def check_sender(agency: Agency, *, jurisdiction: str, agencies: Iterable[Agency]) -> None:
    """Refuse a file for an agency that the sender does not act for; raises AccessRefused."""
    if agency not in set(agencies) or agency.jurisdiction != jurisdiction:
        raise errors.AccessRefused.because(
            "not_your_agency", "You may not send a file for this agency.",
            way_out="Choose a dataset and an agency of your own.", ask="the administrator of the office",
        )  # fmt: skip
