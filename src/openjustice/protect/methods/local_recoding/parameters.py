"""What local recoding is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """What must hold, and what matters.

    `k`: how many records must be shown alike. `weights`: how much detail of a variable is worth beside the others (1 where
    nothing is said). `search`: `peel` goes through the lattice of levels and finds more; `halve` splits from the top and is
    for many variables; `auto` peels where the lattice has at most `most_nodes` nodes.
    """

    k: int = Key(ge=1)
    weights: Mapping[str, float] = Key(default_factory=dict)
    search: Literal["auto", "peel", "halve"] = "auto"
    most_nodes: int = Key(default=200_000, ge=1)
