"""What local suppression is told: how hard to look for fewer blanks."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How hard to look.

    `rounds`: how often the search starts again with what the round before has learned; the best round counts. 0 takes the
    first answer found, 20 is the most that has been seen to help.
    """

    rounds: int = Key(default=4, ge=0, le=20)
