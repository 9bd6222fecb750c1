"""What percentage coding is told: which groups are too small, and how wide the bands at the ends are."""

from __future__ import annotations

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class Cap(Declared):
    """In groups of at least so many, percentages up to `cap`, and from 100 less `cap`, are shown as that band."""

    group_at_least: int = Key(ge=1)
    cap: float = Key(gt=0, lt=50)


class Parameters(Declared):
    """How percentages are coded.

    `smallest_group`: of smaller groups nothing is shown. `caps`: the bands, by the size of the group; a larger group has the
    narrower one. `decimals`: of the percentages that are shown.
    """

    smallest_group: int = Key(ge=1)
    caps: tuple[Cap, ...] = Key(min_length=1)
    decimals: int = Key(default=0, ge=0, le=1)

    @model_validator(mode="after")
    def _covers(self) -> Parameters:
        if min(item.group_at_least for item in self.caps) > self.smallest_group:
            raise ValueError("no cap covers the smallest group that is shown")
        return self
