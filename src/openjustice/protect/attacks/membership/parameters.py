"""Who is not in the file, and how much better than guessing the intruder may be."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Whom the intruder asks about, and how much better than guessing they may be.

    `source`: the name of a list of people who are not in the file; empty, the default, invents such people by drawing each
    variable of the key apart, at the rates of the records. `controls`: at most so many of them, and of people in the file.
    `seed`: of the draw. `tolerance`: by variable, how many years or days the intruder's value may be off.
    `maximum_advantage`: by how much, as a share, success may exceed what guessing reaches by chance; 0 by default.
    `maximum_certain_share`: of the people in the file who share their key with nobody on the list of others, the share of
    whom may be told that they are in; 1, the default, any. `confidence`: of the intervals.
    """

    source: str = ""
    controls: int = Key(default=5_000, ge=1)
    seed: int = 1
    tolerance: Mapping[str, int] = Key(default_factory=dict)
    maximum_advantage: float = Key(default=0.0, ge=0, le=1)
    maximum_certain_share: float = Key(default=1.0, ge=0, le=1)
    confidence: float = Key(default=0.95, gt=0, lt=1)
