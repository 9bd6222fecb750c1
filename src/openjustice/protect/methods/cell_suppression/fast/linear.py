"""Which unknown cells the sums give away exactly, and by which sum of sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import linalg

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_suppression.fast import merging

_SHIFT = 1e-7  # makes the singular system solvable; what it adds is taken off again by repeating
_ZERO = 1e-9  # known cells come out below 1e-14, others above 1e-6
_NEAR = 1e-7
_RIDGE, _REFINED = 1e-8, 4
_SIZES = (6, 24, 96)
_SHORT, _LONG = 160, 640  # so many sums may go into one
_LARGE = (512,)
_HEAVY = 0.3
_AT_ONCE = 8  # long sums of sums are looked for a few at a time, since mending one often mends others


@dataclass(frozen=True)
class Derived:
    """A sum that follows from the others and has one unknown cell: `cells`, that one among them, with their factors.

    `proven`: it does follow; otherwise it is a guess at what may help.
    """

    target: int
    cells: IntArray
    factors: FloatArray
    proven: bool = True


def find_solvable(equations: sparse.csr_array, *, unknown: BoolArray, targets: BoolArray) -> IntArray:
    """Return the unknown targets that follow exactly from the shown cells by linear algebra alone.

    A cell is known exactly when it is zero in every table of differences that leaves all sums as they are; a random such
    table is zero there and, up to chance of no weight, nowhere else. Source: rank arguments as in Hundepool et al. (2012),
    4.4; the numerical cut is wide, and whoever audits checks by other means.
    """
    return LinearTest(equations, unknown=unknown).solvable(targets)


@dataclass(frozen=True)
class LinearTest:
    """The sums over the unknown cells, merged and factorized once."""

    equations: sparse.csr_array
    unknown: BoolArray = field(repr=False)

    def solvable(self, targets: BoolArray) -> IntArray:
        """Return the targets among the unknown cells that the sums give away."""
        cells = np.flatnonzero(self.unknown)
        table = np.random.default_rng(20_240_501).standard_normal(self._core.shape[1])
        for _ in range(3):
            table = self._solve(_SHIFT * table)
        known = np.abs(table[self._column[cells]]) < _ZERO
        return np.asarray(cells[known & targets[cells]])

    def derive(self, targets: IntArray) -> list[Derived]:
        """Return for solvable targets sums that give them away: one for each class of merged cells, short ones if any."""
        ones = targets[np.unique(self._kind[targets], return_index=True)[1]]
        short = [
            found
            for target in ones.tolist()
            if (found := self._derive(target, sizes=_SIZES, longest=_SHORT)) is not None
        ]
        if short:
            return short
        return [
            self._derive(target, sizes=_LARGE, longest=_LONG) or self._guess(target)
            for target in ones[:_AT_ONCE].tolist()
        ]

    def _derive(self, target: int, *, sizes: Sequence[int], longest: int) -> Derived | None:
        factors, column = self._factors(target)
        order = np.argsort(-np.abs(factors), kind="stable")
        for size in sizes:
            chosen = order[:size]
            local = self._core[chosen]
            inside = np.unique(np.append(local.indices, column))
            solved = _combine(local[:, inside].toarray(), int(np.searchsorted(inside, column)))
            if solved is not None:
                rows = self._with_merges(target, self._rows[chosen[np.abs(solved) > _NEAR]])
                return self._spell(target, rows) if len(rows) <= longest else None
        return None

    def _guess(self, target: int) -> Derived:
        """Return the shown cells of the rows that weigh most: hiding one of them helps, though nothing proves it."""
        factors, _ = self._factors(target)
        rows = self._rows[np.abs(factors) > _HEAVY * np.abs(factors).max()]
        shown = np.unique(self.equations[rows].indices)
        cells = np.append(target, shown[~self.unknown[shown]])
        return Derived(target, cells, np.ones(len(cells)), proven=False)

    def _factors(self, target: int) -> tuple[FloatArray, int]:
        column = int(self._column[target])
        wanted = np.zeros(self._core.shape[1])
        wanted[column] = 1
        return np.asarray(self._core @ self._solve(wanted)), column

    def _spell(self, target: int, rows: IntArray) -> Derived | None:
        """Write the sum of these rows that has no other unknown cell than the target."""
        local = self.equations[rows]
        inside = np.unique(np.append(local.indices, target))
        dense = local[:, inside].toarray().astype(np.float64)
        hidden = self.unknown[inside]
        at = int(np.searchsorted(inside[hidden], target))
        solved = _combine(dense[:, hidden], at)
        if solved is None:
            return None
        factors = solved @ dense
        kept = np.abs(factors) > _NEAR
        return Derived(target, inside[kept], factors[kept])

    def _with_merges(self, target: int, rows: IntArray) -> IntArray:
        """Add the sums by which the cells of these rows were merged."""
        used, waiting = dict.fromkeys(rows.tolist()), [*rows.tolist()]
        anchors = {int(self._kind[target]): target}
        while waiting:
            for cell in self._unknown_of(waiting.pop()):
                anchor = anchors.setdefault(int(self._kind[cell]), cell)
                for row in self._path(cell, anchor):
                    if row not in used:
                        used[row] = None
                        waiting.append(row)
        return np.array(list(used), dtype=np.int64)

    def _unknown_of(self, row: int) -> list[int]:
        cells = self.equations.indices[self.equations.indptr[row] : self.equations.indptr[row + 1]]
        return [int(cell) for cell in cells[self.unknown[cells]]]

    def _path(self, cell: int, other: int) -> list[int]:
        """Return the sums on the way between two cells of one class."""
        above, reason = self._merged[2], self._merged[3]
        passed: dict[int, int] = {}
        place, count = cell, 0
        while place >= 0:
            passed[place] = count
            place, count = int(above[place]), count + 1
        rows, place = [], other
        while place not in passed:
            rows.append(int(reason[place]))
            place = int(above[place])
        meeting, place = place, cell
        while place != meeting:
            rows.append(int(reason[place]))
            place = int(above[place])
        return rows

    @cached_property
    def _merged(self) -> tuple[IntArray, Any, IntArray, IntArray, Any]:
        rows = self.equations
        return merging.merge_cells(rows.indptr, rows.indices, rows.data, self.unknown.astype(np.uint8))

    @property
    def _kind(self) -> IntArray:
        return self._merged[0]

    @cached_property
    def _column(self) -> IntArray:
        """The place of each unknown cell's class among the classes."""
        cells = np.flatnonzero(self.unknown)
        column = np.full(len(self.unknown), -1)
        column[cells] = np.unique(self._kind[cells], return_inverse=True)[1]
        return column

    @cached_property
    def _whole_core(self) -> tuple[sparse.csr_array, IntArray]:
        cells = np.flatnonzero(self.unknown)
        shape = (len(self.unknown), int(self._column.max(initial=-1)) + 1)
        signs = self._merged[1][cells].astype(np.float64)
        classes = sparse.csr_array((signs, (cells, self._column[cells])), shape=shape)
        rows = np.flatnonzero(self._merged[4] == 0)
        core = sparse.csr_array(self.equations[rows].astype(np.float64) @ classes)
        core.eliminate_zeros()
        some = np.diff(core.indptr) > 0
        return sparse.csr_array(core[some]), rows[some]

    @property
    def _core(self) -> sparse.csr_array:
        return self._whole_core[0]

    @property
    def _rows(self) -> IntArray:
        return self._whole_core[1]

    @cached_property
    def _factor(self) -> Any:
        count = self._core.shape[1]
        squared = sparse.csc_array(self._core.T @ self._core + _SHIFT * sparse.eye_array(count))
        return linalg.splu(squared, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})

    def _solve(self, right: FloatArray) -> FloatArray:
        return np.asarray(self._factor.solve(right)) if len(right) else right


def _combine(rows: FloatArray, column: int) -> FloatArray | None:
    """Return factors of rows whose sum is one in a column and zero in the others; None where there are none."""
    wanted = np.zeros(rows.shape[1])
    wanted[column] = 1
    squared = rows @ rows.T
    squared[np.diag_indices_from(squared)] += _RIDGE
    factor = cho_factor(squared, check_finite=False)
    factors = np.zeros(len(rows))
    for _ in range(_REFINED):
        factors += cho_solve(factor, rows @ (wanted - factors @ rows), check_finite=False)
    return factors if np.abs(factors @ rows - wanted).max() < _NEAR else None
