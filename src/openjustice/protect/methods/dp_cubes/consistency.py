"""Makes noisy numbers add up: the nearest numbers that satisfy every sum and are not below zero, then whole ones beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from openjustice.protect import additive
from openjustice.protect.cells import BoolArray, CellSystem, IntArray
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
    nearest = _project(system, noisy, rounds=rounds)
    return _sum_up(system, nearest) if _has_one_cube(system) else _beside(system, nearest)


def find_finest(system: CellSystem) -> BoolArray:
    """Return the cells of a draft that are no total of other cells of it: all others follow from them."""
    finest = system.in_draft.copy()
    finest[list(_totals(system, among=system.in_draft))] = False
    return finest


def fill(system: CellSystem, values: FloatArray, *, known: BoolArray) -> FloatArray:
    """Give each cell that was not measured what its sums say of it: a total its parts, a rest what is left; else nothing."""
    totals = _totals(system, among=np.ones(len(system), dtype=np.bool_))
    filled, done = np.where(known, values, 0.0), known.copy()
    while True:
        ready = _known_parts(totals, done)
        for cell, parts in ready.items():
            filled[cell] = filled[parts].sum()
        done[list(ready)] = True
        rests = _rests(system, filled, done)
        for cell, left in rests.items():
            filled[cell] = max(left, 0.0)
        done[list(rests)] = True
        if not ready and not rests:
            return filled


def _rests(system: CellSystem, filled: FloatArray, done: BoolArray) -> dict[int, float]:
    """Return the cells that are the only unknown one of a sum, no table among them having them, and what is left for them."""
    matrix, found = system.equations, {}
    unknown = sparse.csr_array(matrix[:, ~done & ~system.in_draft])
    for row in np.flatnonzero(np.diff(unknown.indptr) == 1).tolist():
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        if (~done[cells]).sum() == 1:
            place = int(np.flatnonzero(~done[cells])[0])
            others = float(weights @ np.where(done[cells], filled[cells], 0.0))
            found[int(cells[place])] = -others * float(weights[place])
    return found


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
    totals = _totals(system, among=np.ones(len(system), dtype=np.bool_))
    known = np.ones(len(system), dtype=np.bool_)
    known[list(totals)] = False
    values = np.where(known, np.rint(nearest), 0).astype(np.int64)
    while not known.all():
        ready = _known_parts(totals, known)
        if not ready:
            return None
        for cell, parts in ready.items():
            values[cell] = values[parts].sum()
        known[list(ready)] = True
    return None if (system.equations @ values).any() else values


def _totals(system: CellSystem, *, among: BoolArray) -> dict[int, list[IntArray]]:
    """Return, for each cell that is a total of others `among` the cells, the parts of every sum that gives it."""
    matrix = system.equations
    parts: dict[int, list[IntArray]] = {}
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        for sign in (1, -1):
            total = cells[weights == sign]
            if len(total) == 1 and among[cells].all() and _is_total(system, int(total[0]), cells):
                parts.setdefault(int(total[0]), []).append(np.setdiff1d(cells, total))
    return parts


def _known_parts(parts: Mapping[int, list[IntArray]], known: BoolArray) -> dict[int, IntArray]:
    """Return the totals that are not known themselves, each with one sum whose parts all are."""
    found = {}
    for cell, sums in parts.items():
        if not known[cell]:
            ready = next((cells for cells in sums if known[cells].all()), None)
            if ready is not None:
                found[cell] = ready
    return found


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
        offset = float(np.abs(lower - nearest).sum() - cost @ lower)
        found = additive.find_whole(additive.Task(system.equations, lower, upper, cost, offset), gap=_GAP, nodes=_NODES)
        if found is not None:
            return found.values
    return None
