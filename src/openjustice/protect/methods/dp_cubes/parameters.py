"""What differential privacy for cubes is told: how much each release may tell of one record, and all releases together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How much noise is added.

    `epsilon`: what one release spends; the smaller, the more noise. `budget`: what all releases of the dataset may spend
    together. `measure`: `finest` puts noise on the finest cells alone, and totals are their sums; `all` on every total too,
    each with its share. `rounds`: how often at most the search for numbers that add up projects.
    """

    epsilon: float = Key(gt=0)
    budget: float = Key(gt=0)
    measure: Literal["finest", "all"] = "finest"
    rounds: int = Key(default=500, ge=1)
