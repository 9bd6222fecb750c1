"""What the matching intruder holds."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """What the intruder holds and how much may be learned.

    `known_share`: the share of all persons on the intruder's list, 1 by default, the worst case; with less, persons are
    taken at equal steps through the sorted list. `maximum_inferred_share`: the share of persons of whom a sensitive value
    may be learned for certain without naming their record; 0, the default, allows none, 1 any. `tolerance`: by variable, how
    many years or days the list may be off; without it, the list is exact. `error`: how often a value with a tolerance is off; without it
    every value within the tolerance is as probable as the exact one.
    `is_in_file`: how probable it is that a person of the list has a record in the file; 1, the default, is the worst case.
    `person`: the column of the list that says which rows are one person's; then success is counted by person too. Where the
    policy names such a field, it is given.
    `sure`: the probability from which on a match counts as sure. `confidence`: of the intervals.
    """

    known_share: float = Key(default=1.0, gt=0, le=1)
    maximum_inferred_share: float = Key(default=0.0, ge=0, le=1)
    tolerance: Mapping[str, int] = Key(default_factory=dict)
    error: float | None = Key(default=None, gt=0, lt=1)
    is_in_file: float = Key(default=1.0, gt=0, le=1)
    person: str | None = None
    sure: float = Key(default=0.95, gt=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
