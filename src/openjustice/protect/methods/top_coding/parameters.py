"""What top coding is told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Where the tails begin, and what stands for them.

    `top` and `bottom`: the bounds, at least one; values over the top or under the bottom are coded. `shown_as`: `bound`
    shows the bound itself, `mean` the mean of all values beyond it. `least`: how many records must lie beyond a bound where
    the mean is shown, for a mean of few tells their values.
    """

    top: float | None = None
    bottom: float | None = None
    shown_as: Literal["bound", "mean"] = "bound"
    least: int = Key(default=5, ge=1)

    @model_validator(mode="after")
    def _has_order(self) -> Parameters:
        if self.top is None and self.bottom is None:
            raise ValueError("name a top, a bottom, or both")
        if self.top is not None and self.bottom is not None and self.bottom >= self.top:
            raise ValueError("the bottom must lie under the top")
        return self
