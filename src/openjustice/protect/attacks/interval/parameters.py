"""What the interval attack is told: the rules that the tables were to keep."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared
from openjustice.contracts.policy import SafetyInterval


class Parameters(Declared):
    """Which counts no reader may work out, and how closely.

    `minimum_frequency`: counts from 1 to below it are at stake; 1 puts none at stake. `zeros`: `hidden` puts zeros at stake
    too. `hidden_at_least`: what the intruder assumes under a mark; the higher, the stronger the intruder.
    `safety_interval`: without it, no count may be worked out exactly. `exact`: find each interval to its ends, which takes
    longer and is not needed for a verdict.
    """

    minimum_frequency: int = Key(ge=1)
    zeros: Literal["shown", "hidden"] = "shown"
    hidden_at_least: int = Key(default=0, ge=0)
    safety_interval: SafetyInterval = SafetyInterval(minimum_width=1)
    exact: bool = False
