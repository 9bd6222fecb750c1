"""A finished grouping: which class each record is in, how each class is shown, what it costs, and the least it could cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openjustice.protect.grouping import kernels
from openjustice.protect.grouping.levels import Floats, Integers, Integers32, Leveled, Levels


@dataclass(frozen=True)
class Grouping:
    """Classes of records: the class of each record, the levels at which each class is shown, its size, a record's cost."""

    classes: Integers32
    levels: Levels
    sizes: Integers
    costs: Floats

    @property
    def total(self) -> float:
        """Return what all records cost together."""
        return float(self.costs @ self.sizes)

    @property
    def levels_of_records(self) -> Levels:
        """Return the levels at which each record is shown."""
        shown: Levels = self.levels[self.classes]
        return shown


def make_grouping(leveled: Leveled, classes: Integers32) -> Grouping:
    """Return the grouping with each class shown at the lowest levels that its records share.

    A record that is in no class yet (-1) joins the one that suffers least.
    """
    classes = _join_rest(leveled, classes) if (classes < 0).any() else classes
    known, inverse, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    named = inverse.astype(np.int32) if len(known) else classes
    levels, first = kernels.tighten_classes(leveled, named)
    costs = np.zeros(len(first))
    for variable in range(levels.shape[1]):
        costs += leveled.costs[leveled.codes[first, variable], levels[:, variable]]
    return Grouping(classes=named, levels=levels, sizes=sizes.astype(np.int64), costs=costs)


def lower_bound(leveled: Leveled, grouping: Grouping | None = None, *, k: int) -> float:
    """Return a cost that no grouping into classes of k can undercut: each record at its cheapest possible node.

    A record of a class of k is shown at some node, and the whole class agrees with it there; so in the file it is one of
    k or more that agree. The costs of a grouping are possible, and spare the count at all nodes that cost more.
    """
    nodes, _ = leveled.nodes()
    codes, inverse, counts = np.unique(leveled.codes, axis=0, return_inverse=True, return_counts=True)
    best = np.full(len(codes), np.inf)
    if grouping is not None:
        np.minimum.at(best, inverse.reshape(-1), grouping.costs[grouping.classes])
    kernels.bound(codes, leveled.tokens, leveled.costs, counts, nodes, k, best)
    return float(best @ counts)


def _join_rest(leveled: Leveled, classes: Integers32) -> Integers32:
    made = classes.copy()
    for record in np.flatnonzero(classes < 0):
        levels, first = kernels.tighten_classes(leveled, made)
        sizes = np.bincount(made[made >= 0], minlength=len(first))
        made[record] = kernels.cheapest_home(
            leveled.codes, leveled.tokens, leveled.costs, int(record), levels, first, sizes
        )
    return made
