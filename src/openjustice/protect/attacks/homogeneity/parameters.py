"""From when on a class tells a value."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """From when on a class tells a value, and how much may be told.

    `certainty`: the share of a class from which on its most frequent value counts as told; 1, the default, means everybody.
    `severe`: by sensitive variable, values that are told together: a class all of which has one or another of them.
    `maximum_inferred_share`: the share of records whose value may be told; 0, the default, allows none, 1 any.
    `confidence`: of the intervals.
    """

    certainty: float = Key(default=1.0, gt=0.5, le=1)
    severe: Mapping[str, tuple[str, ...]] = Key(default_factory=dict)
    maximum_inferred_share: float = Key(default=0.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
