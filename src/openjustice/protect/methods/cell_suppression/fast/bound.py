"""How cheap hiding can be at all: a proven lower bound, and where the search for it ends with a safe choice, the optimum."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize, sparse

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_suppression.fast.driver import Problem, with_learned
from openjustice.protect.methods.cell_suppression.fast.linear import Derived, LinearTest

_ROUNDS = 40
_NODES = 2_000  # a limit by count, so that the same table gives the same bound on any machine
_SECONDS = 20.0  # the brake, for what no count foresees
_EXACT = {"mip_rel_gap": 0.0, "node_limit": _NODES, "time_limit": _SECONDS}
_SLACK = 1e-6  # the tolerance of the solver


@dataclass(frozen=True)
class Bound:
    """What helpers cost at least (`lowest`), and the cells hidden by a choice that costs no more, where one was found."""

    lowest: float
    best: BoolArray | None = field(default=None, repr=False)


def find_bound(problem: Problem, *, stuck: IntArray) -> Bound:
    """Return what hiding costs at least so that no target, but for those stuck, follows exactly.

    Whatever is hidden safely stays safe, and costs no more, when the hidden cells that follow are shown; then no sum, nor any
    sum of sums, has just one hidden cell. Of these demands the table's own are made first, then each sum of sums by which
    the cheapest answer so far gives a target away; every answer on the way is a bound. Claims: nothing safe is cheaper than
    `lowest`, up to the solver's tolerance. Surprise: looks at exact disclosure alone, whatever the problem's `reach`.
    """
    learned: list[Derived] = []
    lowest = 0.0
    fixed = problem.targets & problem.kept
    fixed[stuck] = False
    for _ in range(_ROUNDS):
        found = _solve(problem, with_learned(problem.equations, learned), fixed)
        lowest = max(lowest, float(found.mip_dual_bound or 0.0) - _SLACK)
        if found.x is None or found.status != 0:  # cut short: the bound stands, and harder rounds would only cost time
            break
        hidden = (found.x > 0.5) | problem.kept
        linear = LinearTest(problem.equations, unknown=hidden)
        leaks = np.setdiff1d(linear.solvable(problem.targets), stuck)
        if not len(leaks):
            return Bound(lowest, hidden)
        more = [item for item in linear.derive(leaks) if item.proven]
        if not more:
            break
        learned += more
    return Bound(lowest)


def _solve(problem: Problem, rows: sparse.csr_array, fixed: BoolArray) -> optimize.OptimizeResult:
    """Find the cheapest choice of hidden cells that leaves no sum with one of them alone, or a bound on its price."""
    open_to = problem.free | problem.start
    return optimize.milp(
        np.where(problem.kept, 0.0, problem.price),
        integrality=np.ones(len(fixed)),
        bounds=optimize.Bounds(fixed.astype(np.float64), open_to.astype(np.float64)),
        constraints=optimize.LinearConstraint(_demands(rows, fixed, open_to), lb=0.0),
        options=_EXACT,
    )


def _demands(rows: sparse.csr_array, fixed: BoolArray, open_to: BoolArray) -> sparse.csr_array:
    """Return for each sum and each of its cells that may stand alone in it: the others hidden, less this one, are not below 0."""
    pattern = sparse.csr_array((np.ones(len(rows.data)), rows.indices, rows.indptr), shape=rows.shape)
    always = (pattern @ fixed.astype(np.float64)).astype(np.int64)
    wanted, alone = [], []
    for row in np.flatnonzero(always < 2):
        cells = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
        cells = cells[fixed[cells]] if always[row] else cells[open_to[cells]]
        wanted += [row] * len(cells)
        alone += cells.tolist()
    at = (np.arange(len(alone)), np.array(alone, dtype=np.int64))
    minus: FloatArray = np.full(len(alone), 2.0)
    return sparse.csr_array(pattern[wanted] - sparse.csr_array((minus, at), shape=(len(alone), rows.shape[1])))
