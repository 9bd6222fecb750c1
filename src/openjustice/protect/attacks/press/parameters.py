"""Which news there are, and how far they may be off."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Which news there are, how far they may be off, and how much they may single out.

    `source`: the name of the news items, one row each, blank where an item does not tell; empty, the default, stands for the
    worst case: one item for each record, that tells the whole key. `tolerance`: by variable, how many years or days an item
    may be off. `error`: how often it is; without it every value within the tolerance is as probable
    as the exact one. `is_in_file`: how probable it is that the person of an item has a record in the
    file. `maximum_singled_out_share`: the share of items that may point at one record alone; 0, the default, allows none.
    `confidence`: of the intervals.
    """

    source: str = ""
    tolerance: Mapping[str, int] = Key(default_factory=dict)
    error: float | None = Key(default=None, gt=0, lt=1)
    is_in_file: float = Key(default=1.0, gt=0, le=1)
    maximum_singled_out_share: float = Key(default=0.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
