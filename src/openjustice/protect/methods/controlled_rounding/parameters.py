"""What controlled rounding is told."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How counts are rounded.

    `base`: every published number is a multiple of it; 1 changes nothing. `gap`: how far the total of all changes may lie
    above the least possible, as a share; 0 asks for the optimum. `nodes`: how many branches the search for it may see.
    """

    base: int = Key(ge=1)
    gap: float = Key(default=0.02, ge=0, le=1)
    nodes: int = Key(default=20_000, ge=1)
