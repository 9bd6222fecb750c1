"""What additive noise is told."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """How much noise, and of what shape.

    `share`: the variance of the noise, as a share of the variance of the numbers. `correlated`: whether the noise varies
    together as the variables do, which keeps their correlations; without it each variable gets noise of its own.
    """

    share: float = Key(gt=0, le=1)
    correlated: bool = True
