"""What cell suppression is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared
from openjustice.contracts.policy import SafetyInterval


class Parameters(Declared):
    """The rules of the tables, as a policy gives them.

    `minimum_frequency`: counts from 1 to below it are hidden; 1 hides nothing. `zeros`: `hidden` hides zeros likewise.
    `hidden_at_least`: what an intruder assumes under a mark; 0 is the textbook intruder, 1 one who knows that zeros are
    shown. `safety_interval`: without it, no hidden count may be worked out exactly. `weights`: how dear it is to hide a
    cell broken down by a variable; 1 where not given, higher keeps it longer.
    """

    minimum_frequency: int = Key(ge=1)
    zeros: Literal["shown", "hidden"] = "shown"
    hidden_at_least: int = Key(default=0, ge=0)
    safety_interval: SafetyInterval = SafetyInterval(minimum_width=1)
    weights: Mapping[str, float] = Key(default_factory=dict)
