"""Which file is taken away, and how much may be learned of those who are missing."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Which file is taken away, and how much may be learned of those who are missing from it.

    `source`: the name of the file that is taken away, such as court records. `tolerance`: by variable, how many years or
    days the two files may differ for one person. `maximum_excluded_share`: the share of records that may be known to be
    missing from it; 0, the default, allows none. `confidence`: of the intervals.
    """

    source: str = "court_records"
    tolerance: Mapping[str, int] = Key(default_factory=dict)
    maximum_excluded_share: float = Key(default=0.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
