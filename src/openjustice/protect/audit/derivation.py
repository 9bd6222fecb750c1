"""How a hidden cell follows: the shortest combination of shown cells that gives it, checked by addition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.protect.audit.neighborhood import Neighbors
from openjustice.protect.audit.solver import Solver

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_FIRST, _LAST, _STEP = 40, 40_000, 6
_DENOMINATOR = 720
_STEPS_COST = 0.01  # of two derivations with as many shown cells, the one with fewer sums


@dataclass(frozen=True)
class Derivation:
    """A hidden cell as a combination of shown ones: `cell` is the sum of each cell of `terms` times its factor."""

    cell: int
    terms: Mapping[int, Fraction]

    def value(self, counts: Ints) -> Fraction:
        """Do the sum."""
        return sum((factor * int(counts[cell]) for cell, factor in self.terms.items()), Fraction(0))


class Derivations:
    """Finds derivations in one system of cells."""

    def __init__(self, equations: sparse.csr_array, hidden: Bools) -> None:
        self.equations, self.hidden = sparse.csr_array(equations), hidden
        self.columns = np.flatnonzero(hidden)
        self.place = np.cumsum(hidden) - 1
        self.unknown = sparse.csr_array(self.equations[:, self.columns])
        self.neighbors = Neighbors(self.unknown)
        self.rows_of_cell = sparse.csc_array(self.equations)
        self.is_plain = np.diff(self.unknown.indptr) == 0

    def derive(self, cell: int) -> Derivation | None:
        """Return a short derivation of a hidden cell; None where none was found in its surroundings.

        Looked for among the sums near the cell, then farther away. Whatever is returned was checked in whole numbers.
        """
        for rows in self._surroundings(cell):
            factors = self._combine(cell, rows)
            if factors is not None and (found := self._checked(cell, rows, factors)) is not None:
                return found
        return None

    def _surroundings(self, cell: int) -> Iterator[Ints]:
        limit, before = _FIRST, 0
        while limit <= _LAST:
            rows = self.neighbors.rows_around(int(self.place[cell]), limit=limit)
            if len(rows) == before:
                return
            yield np.concatenate([rows, self._plain_beside(cell)])
            before, limit = len(rows), limit * _STEP

    def _plain_beside(self, cell: int) -> Ints:
        """Return sums of shown cells alone that share cells with the sums of this one: a total says it in fewer words."""
        own = self.rows_of_cell.indices[self.rows_of_cell.indptr[cell] : self.rows_of_cell.indptr[cell + 1]]
        beside = np.unique(self.rows_of_cell[:, np.unique(self.equations[own].indices)].indices)
        return np.asarray(beside[self.is_plain[beside]][:_FIRST], dtype=np.int64)

    def _combine(self, cell: int, rows: Ints) -> npt.NDArray[np.float64] | None:
        """Weigh the rows so that every hidden cell but one cancels, with the least weight on shown cells."""
        unknown, shown = self.unknown[rows], self.equations[rows][:, ~self.hidden]
        used = np.unique(unknown.indices)
        seen = np.unique(shown.indices)
        wanted = np.zeros(len(used) + len(seen))
        wanted[np.searchsorted(used, self.place[cell])] = 1.0
        cancel = sparse.csr_array(unknown[:, used].T)
        known = sparse.csr_array(shown[:, seen].T)
        none = sparse.csr_array((len(used), 2 * len(seen)))
        rest = sparse.hstack([sparse.eye_array(len(seen)), -sparse.eye_array(len(seen))])
        table = sparse.vstack(
            [sparse.hstack([cancel, -cancel, none]), sparse.hstack([known, -known, rest])], format="csr"
        )
        width = table.shape[1]
        solver = Solver(sparse.csr_array(table), wanted, np.zeros(width), np.full(width, np.inf))
        cost = np.full(width, -1.0)
        cost[: 2 * len(rows)] = -_STEPS_COST
        found = solver.most(cost)
        return None if found is None else found.point[: len(rows)] - found.point[len(rows) : 2 * len(rows)]

    def _checked(self, cell: int, rows: Ints, factors: npt.NDArray[np.float64]) -> Derivation | None:
        exact = [Fraction(float(factor)).limit_denominator(_DENOMINATOR) for factor in factors]
        scale = lcm(*(factor.denominator for factor in exact))
        whole = np.array([int(factor * scale) for factor in exact], dtype=np.int64)
        combined = sparse.csr_array(self.equations[rows].T.astype(np.int64)) @ whole
        if (combined[self.hidden] != np.where(self.columns == cell, scale, 0)).any():
            return None
        terms = {int(here): Fraction(-int(combined[here]), scale) for here in np.flatnonzero(combined) if here != cell}
        return Derivation(cell=cell, terms=terms)
