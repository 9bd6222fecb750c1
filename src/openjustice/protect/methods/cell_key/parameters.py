"""What the cell key method is told: how keys are added up, and the perturbation table."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class RoundingTable(Declared):
    """A perturbation table without chance: counts below `threshold` become 0, others the multiple of `base` next to them."""

    threshold: int = Key(ge=1)
    base: int = Key(ge=1)


class NoiseTable(Declared):
    """A perturbation table of noise without bias: as even as can be among changes up to `largest_change`.

    `variance`: of the noise; small counts, which cannot fall far, get as much of it as they can. `never_shown`: counts from
    1 up to it are never the result; 0 for none.
    """

    largest_change: int = Key(ge=1)
    variance: float = Key(gt=0)
    never_shown: int = Key(default=0, ge=0)

    @model_validator(mode="after")
    def _has_room(self) -> NoiseTable:
        if self.never_shown >= self.largest_change:
            raise ValueError("never_shown must be below largest_change, or a count of one has nowhere to go")
        return self


class Parameters(Declared):
    """How counts are perturbed.

    `form`: `ons` adds record keys from 0 to 255 and keeps the remainder by 256; `abs` adds record keys of 32 bits and looks
    at the upper eight. `rounding` or `noise` says the perturbation table, one of the two. `threshold`: what is
    below it after perturbation is hidden, zeros too; 0 hides nothing.
    """

    form: Literal["ons", "abs"] = "ons"
    rounding: RoundingTable | None = None
    noise: NoiseTable | None = None
    threshold: int = Key(default=0, ge=0)

    @model_validator(mode="after")
    def _one_table(self) -> Parameters:
        if (self.rounding is None) == (self.noise is None):
            raise ValueError("name one perturbation table: rounding or noise")
        return self
