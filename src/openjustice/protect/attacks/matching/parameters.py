"""What the matching intruder holds."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """What the intruder holds and how much may be learned.

    `known_share`: the share of all persons on the intruder's list, 1 by default, the worst case; with less, persons are
    taken at equal steps through the sorted list. `maximum_inferred_share`: the share of persons of whom a sensitive value
    may be learned for certain without naming their record; 0, the default, allows none, 1 any.
    """

    known_share: float = Key(default=1.0, gt=0, le=1)
    maximum_inferred_share: float = Key(default=0.0, ge=0, le=1)
