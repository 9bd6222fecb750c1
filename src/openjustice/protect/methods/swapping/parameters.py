"""What record swapping is told."""

from __future__ import annotations

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Who swaps what with whom.

    `swap`: the variables whose values are exchanged, all together (a place, mostly). `agree`: the variables in which
    partners must be equal. `k`: a record is at risk where fewer than k share its values of both. `share`: besides, this share
    of all other records swaps too, so that nobody knows of a record whether it did.
    """

    swap: tuple[str, ...] = Key(min_length=1)
    agree: tuple[str, ...] = ()
    k: int = Key(default=3, ge=1)
    share: float = Key(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _are_apart(self) -> Parameters:
        if set(self.swap) & set(self.agree):
            raise ValueError("a variable cannot both be swapped and agree")
        return self
