"""Makes noisy numbers add up: the nearest numbers that satisfy every sum and are not below zero, then whole ones beside them."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from openjustice.protect import additive
from openjustice.protect.cells import CellSystem, IntArray
from openjustice.protect.cells.system import FloatArray

# Some sums follow from others, so their matrix has no inverse; this little more on its diagonal gives it one.
_RIDGE = 1e-9
_NEAR = 1e-4
_SLACK = 0.02
_GAP, _NODES = 0.05, 5_000


def make_consistent(system: CellSystem, noisy: FloatArray, *, rounds: int) -> IntArray | None:
    """Return whole numbers, none below zero, that satisfy every sum and lie nearest to the noisy ones; None if none is found.

    Claims: it looks at the noisy numbers and the form of the tables alone, so it takes nothing from their privacy. Source:
    non-negative least squares by Dykstra's alternating projections (Boyle and Dykstra, 1986); Hay et al. (2010), Boosting
    the accuracy of differentially private histograms through consistency, PVLDB 3.
    """
    nearest = _project(system, _fill(system, noisy), rounds=rounds)
    return _sum_up(system, nearest) if _has_one_cube(system) else _beside(system, nearest)


def _fill(system: CellSystem, noisy: FloatArray) -> FloatArray:
    """Give each cell that no table shows, and nobody measured, what its sum leaves for it."""
    filled = np.where(system.in_draft, noisy, 0.0)
    matrix = system.equations
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        unmeasured = ~system.in_draft[cells]
        if unmeasured.sum() == 1:
            place = int(np.flatnonzero(unmeasured)[0])
            left = float(weights @ filled[cells]) - float(weights[place] * filled[cells[place]])
            filled[cells[place]] = max(-left * float(weights[place]), 0.0)
    return filled


def _project(system: CellSystem, noisy: FloatArray, *, rounds: int) -> FloatArray:
    matrix = sparse.csr_array(system.equations, dtype=np.float64)
    if not matrix.shape[0]:
        return np.maximum(noisy, 0.0)
    square = sparse.csc_array(matrix @ matrix.T + _RIDGE * sparse.eye_array(matrix.shape[0]))
    factors = linalg.splu(square)

    def onto_sums(values: FloatArray) -> FloatArray:
        once = values - matrix.T @ factors.solve(matrix @ values)
        return np.asarray(once - matrix.T @ factors.solve(matrix @ once))

    values, correction = noisy, np.zeros_like(noisy)
    for _ in range(rounds):
        summed = onto_sums(values)
        wanted = summed + correction
        values = np.maximum(wanted, 0.0)
        correction = wanted - values
        if np.abs(values - summed).max() < _NEAR:
            break
    return values


def _has_one_cube(system: CellSystem) -> bool:
    """Say whether the cells that are no total of others give all totals, however they are added up."""
    trial = np.arange(1, len(system) + 1, dtype=np.int64) % 7 + 1
    return _sum_up(system, trial.astype(np.float64)) is not None


def _sum_up(system: CellSystem, nearest: FloatArray) -> IntArray | None:
    """Round the cells that are no total of others, and add them up to all totals; None where two ways disagree."""
    parents, parts = _parents(system)
    values = np.where(parents >= 0, 0, np.rint(nearest)).astype(np.int64)
    known = parents < 0
    matrix = system.equations
    while not known.all():
        ready = [cell for cell in np.flatnonzero(~known).tolist() if known[parts[cell]].all()]
        if not ready:
            return None
        for cell in ready:
            values[cell] = values[parts[cell]].sum()
        known[ready] = True
    return None if (matrix @ values).any() else values


def _parents(system: CellSystem) -> tuple[IntArray, dict[int, IntArray]]:
    """Return, for each cell that is a total, one sum that gives it (else -1), and the cells of that sum."""
    matrix, rows, parts = system.equations, np.full(len(system), -1, dtype=np.int64), {}
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        for sign in (1, -1):
            total = cells[weights == sign]
            if len(total) == 1 and _is_total(system, int(total[0]), cells):
                rows[total[0]] = row
                parts[int(total[0])] = np.setdiff1d(cells, total)
    return rows, parts


def _is_total(system: CellSystem, total: int, cells: IntArray) -> bool:
    """Say whether a cell that has a side of a sum to itself is its total; of two equal cells, the one that names less."""
    if len(cells) > 2:
        return True
    other = int(cells[cells != total][0])
    return (len(system.addresses[total]), total) < (len(system.addresses[other]), other)


def _beside(system: CellSystem, nearest: FloatArray) -> IntArray | None:
    """Return whole numbers next to these that satisfy every sum; with more room where there are none."""
    for room in (0, 1, 2):
        lower = np.maximum(np.floor(nearest - _SLACK) - room, 0).astype(np.int64)
        upper = (np.ceil(nearest + _SLACK) + room).astype(np.int64)
        cost = np.abs(upper - nearest) - np.abs(lower - nearest)
        found = additive.find_whole(system.equations, lower=lower, upper=upper, cost=cost, gap=_GAP, nodes=_NODES)
        if found is not None:
            return found.values
    return None
