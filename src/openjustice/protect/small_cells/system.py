"""A system of cells that knows which of them the policy's rules hide, for whoever protects and whoever attacks it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from openjustice.protect.cells import BoolArray, CellSystem


@dataclass(frozen=True)
class RuledSystem(CellSystem):
    """A system whose draft's cells are sensitive by the policy's rules, and not by their count alone.

    `ruled` and `released` are over the first cells; cells that were added since, such as the bounds of a record file, have
    no rule of their own.
    """

    ruled: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_), repr=False)
    released: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_), repr=False)

    def sensitive(self, *, minimum_frequency: int, zeros_hidden: bool) -> BoolArray:
        """Return which cells a table may not show: those that a rule hides, and earlier releases' small counts."""
        small = super().sensitive(minimum_frequency=minimum_frequency, zeros_hidden=zeros_hidden)
        added = len(self) - len(self.ruled)
        return np.asarray((small & ~np.pad(self.released, (0, added))) | np.pad(self.ruled, (0, added)))


def rule_system(system: CellSystem, *, ruled: BoolArray, released: BoolArray | None = None) -> RuledSystem:
    """Return the same system, with these cells sensitive besides, and these not sensitive though they are small."""
    own = {item.name: getattr(system, item.name) for item in fields(CellSystem)}
    nothing = np.zeros(len(system), dtype=np.bool_)
    return RuledSystem(**own, ruled=ruled, released=nothing if released is None else released & ~ruled)
