"""What microaggregation is told."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How large the groups are.

    `k`: the fewest records of a group; groups have up to 2k - 1. One variable is grouped as well as can be; several are
    grouped together by distance, each in units of its own spread (MDAV).
    """

    k: int = Key(ge=1)
