"""What random rounding is told."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How counts are rounded.

    `base`: every published number is a multiple of it; 1 changes nothing.
    """

    base: int = Key(ge=1)
