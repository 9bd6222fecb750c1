"""What synthetic records are told: how much may be spent, which combinations are counted, how many records are drawn."""

from __future__ import annotations

from typing import Self

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """What is measured and drawn.

    `epsilon`, `delta`: what the release spends; a delta of zero means Laplace noise, above it Gaussian. `marginals`: the sets
    of variables whose combinations are counted; where none are given, all sets of `ways` variables (or all variables, where
    there are fewer). `rows`: how many records are drawn; where not said, as many as the noisy counts say there are.
    `largest`: how many cells one set may have.
    """

    epsilon: float = Key(gt=0)
    delta: float = Key(default=0.0, ge=0, lt=1)
    marginals: tuple[tuple[str, ...], ...] = ()
    ways: int = Key(default=2, ge=1, le=4)
    rows: int | None = Key(default=None, ge=1)
    largest: int = Key(default=1_000_000, ge=1)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        sets = [frozenset(names) for names in self.marginals]
        if any(len(own) != len(names) or not names for own, names in zip(sets, self.marginals, strict=True)):
            raise ValueError("a set of variables names each once, and at least one")
        if len(set(sets)) != len(sets):
            raise ValueError("the same set of variables is given twice")
        return self
