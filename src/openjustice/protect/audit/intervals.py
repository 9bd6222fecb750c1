"""The audit of intervals: for each hidden cell, tables in whole numbers that a reader cannot exclude and that lie far apart.

A few changes that no sum shows, each within the surroundings of some cells, show most cells safe at once; what is left is
looked at in ever larger surroundings, and what no table moves far enough is bounded from outside by a part of the sums.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.protect.audit.neighborhood import Neighbors
from openjustice.protect.audit.solver import Solver, as_whole

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SIZES = (160, 800, 4_000)  # cells that may move, at each level
_OUTSIDE = (60, 500, 4_000)  # sums that bound a cell from outside
_ROUNDS = (2, 8, 8)
_BESIDE, _ASIDE = 0.25, 0.001  # what moving another open cell is worth beside moving the one in the middle
_EASE = 1e-6


@dataclass(frozen=True)
class Need:
    """How far apart the possible counts of a cell must lie, and between which counts they may not all lie."""

    minimum_width: int
    never_inside: tuple[int, int] | None = None

    def is_met(self, low: Ints, high: Ints) -> Bools:
        """Say which intervals are wide enough."""
        met = high - low >= self.minimum_width
        if self.never_inside is not None:
            met &= (low < self.never_inside[0]) | (high > self.never_inside[1])
        return np.asarray(met)


@dataclass(frozen=True)
class Reader:
    """What a reader can do sums with: the unknown part of each equation, what it must come to, and bounds for each unknown."""

    matrix: sparse.csr_array
    right: Ints
    low: Ints
    high: Ints


@dataclass(frozen=True)
class Intervals:
    """For each target: the counts between which tables lie that a reader cannot exclude, and bounds nothing goes beyond.

    `narrow`: the bounds from outside are too close, so the cell is not safe; what is neither wide nor narrow is undecided.
    `tables`: each a change of the base table, in the unknown cells.
    """

    targets: Ints
    low: Ints
    high: Ints
    lowest: Ints
    highest: Ints
    wide: Bools
    narrow: Bools
    tables: tuple[Ints, ...] = field(repr=False)


def find_intervals(reader: Reader, *, base: Ints, targets: Bools, need: Need, bound: bool = True) -> Intervals:
    """Find tables that show the targets safe, from one table (`base`) that agrees with everything.

    `bound`: say of the targets that no table moved far enough whether they are narrow. Surprise: every table is in whole
    numbers, so a target that is wide is wide; one that fractions alone could move stays undecided.
    """
    search = _Search(reader, base=base, targets=targets, need=need)
    for level in range(len(_SIZES)):
        search.widen(level)
        if bound:
            search.bound(level)
    inside = np.flatnonzero(targets)
    wide = search.wide()[inside]
    return Intervals(
        targets=inside,
        low=search.low[inside],
        high=search.high[inside],
        lowest=search.lowest[inside],
        highest=search.highest[inside],
        wide=wide,
        narrow=~wide & search.is_narrow[inside],
        tables=tuple(search.tables),
    )


class _Search:
    """Collects changes, and the smallest and largest count that each target has in any of the tables."""

    def __init__(self, reader: Reader, *, base: Ints, targets: Bools, need: Need) -> None:
        self.reader, self.base, self.targets, self.need = reader, base, targets, need
        self.neighbors = Neighbors(reader.matrix)
        self.low, self.high = base.copy(), base.copy()
        self.lowest, self.highest = reader.low.copy(), reader.high.copy()
        self.is_narrow = np.zeros(len(base), dtype=np.bool_)
        self.tables: list[Ints] = []
        self.signs = _signs(len(base))

    def wide(self) -> Bools:
        """Say which cells have tables far enough apart."""
        return self.need.is_met(self.low, self.high)

    def widen(self, level: int) -> None:
        """Look for changes in the surroundings of each open target, one way and then the other."""
        for number in range(_ROUNDS[level]):
            is_open = self.targets & ~self.is_narrow & ~self.wide()
            before = int(is_open.sum())
            change = np.zeros(len(self.base), dtype=np.int64)
            for column in np.roll(np.flatnonzero(is_open), number * before // _ROUNDS[level]).tolist():
                if is_open[column] and not change[column]:
                    self._move(column, change, is_open, limit=_SIZES[level], flip=number % 2, alone=level > 0)
            if change.any():
                self.tables.append(change)
            if number % 2 and int((self.targets & ~self.is_narrow & ~self.wide()).sum()) == before:
                return

    def _move(self, column: int, change: Ints, is_open: Bools, *, limit: int, flip: int, alone: bool) -> None:
        """Add to a table's change one that moves a cell as far as it must, and open cells around it (unless `alone`)."""
        columns = self.neighbors.columns_around(column, limit=limit, closed=change != 0)
        rows = self.neighbors.rows_of(columns)
        matrix = self.reader.matrix[rows][:, columns]
        base, wanted = self.base[columns], is_open[columns]
        reach = np.where(self.targets[columns], self._reach(columns), np.iinfo(np.int32).max)
        low = np.maximum(self.reader.low[columns] - base, -reach)
        high = np.minimum(self.reader.high[columns] - base, reach)
        solver = Solver(sparse.csr_array(matrix), np.zeros(len(rows)), low, high)
        signs = np.where(wanted, self.signs[columns], 0.0) * (1 - 2 * flip)
        signs[1:] *= _ASIDE if alone else _BESIDE
        for direction in (signs, -signs):
            found = self._whole(solver, direction)
            if found is not None and found[0]:
                self._note(columns, found)
                change[columns] = found
                is_open[columns[found != 0]] &= ~self.need.is_met(self.low, self.high)[columns[found != 0]]
                return

    def _reach(self, columns: Ints) -> Ints:
        inside = self.need.never_inside
        beyond = 0 if inside is None else np.maximum(inside[1] + 1 - self.base[columns], 0)
        return np.maximum(self.need.minimum_width, beyond)

    def _whole(self, solver: Solver, objective: npt.NDArray[np.float64]) -> Ints | None:
        # To change nothing is possible always, so fractions have a best point; whole numbers may take too long.
        found = solver.most(objective)
        whole = None if found is None else as_whole(found.point)
        if whole is None:
            again = solver.most(objective, whole=True)
            whole = None if again is None else as_whole(again.point)
        return whole

    def _note(self, columns: Ints, change: Ints) -> None:
        counts = self.base[columns] + change
        self.low[columns] = np.minimum(self.low[columns], counts)
        self.high[columns] = np.maximum(self.high[columns], counts)

    def bound(self, level: int) -> None:
        """Bound each open target from outside, by the sums around it alone; where that is close, it is narrow."""
        for column in np.flatnonzero(self.targets & ~self.is_narrow & ~self.wide()).tolist():
            self._bound(column, limit=_OUTSIDE[level])
            self.is_narrow[column] = not self.need.is_met(self.lowest[[column]], self.highest[[column]]).all()

    def _bound(self, column: int, *, limit: int) -> None:
        rows = self.neighbors.rows_around(column, limit=limit)
        part = self.reader.matrix[rows]
        columns = np.unique(part.indices)
        here = (columns == column).astype(np.float64)
        low, high = self.lowest[columns], self.highest[columns]
        solver = Solver(sparse.csr_array(part[:, columns]), self.reader.right[rows], low, high)
        for sign, ends in ((1.0, self.highest), (-1.0, self.lowest)):
            found = solver.most(sign * here)
            if found is not None:
                ends[column] = sign * min(sign * ends[column], np.floor(sign * (found.point @ here) + _EASE))


def _signs(count: int) -> npt.NDArray[np.float64]:
    """Give each cell a direction, the same every time, as if by a coin."""
    bits = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(29)
    return np.where((bits * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(63), 1.0, -1.0)
