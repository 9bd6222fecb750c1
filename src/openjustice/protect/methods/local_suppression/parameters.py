"""What local suppression is told: how hard to look for fewer blanks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How hard to look, and how a blank is read.

    `rounds`: how often the search starts again with what the round before has learned; the best round counts. 0 takes the
    first answer found, 20 is the most that has been seen to help.
    `blank`: `strict` where a blank is a value of its own, so that k records look exactly alike; `matches-anything` where k
    records need only be possible, each equal or blank in every variable, as sdcMicro reads it. The second takes less than
    half the blanks and promises much less: see the claim.
    """

    rounds: int = Key(default=4, ge=0, le=20)
    blank: Literal["strict", "matches-anything"] = "strict"
