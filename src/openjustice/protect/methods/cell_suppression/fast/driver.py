"""Drives the search on arrays: cover, anneal, test, learn the sums that leak, and again until nothing leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_suppression.fast import kernels
from openjustice.protect.methods.cell_suppression.fast.linear import Derived, LinearTest

_ROUNDS = 60
_WARM = 4  # rounds that still exchange helpers; later ones only mend
_NOISE = 2.0
_HEAT = 0.12  # of the price of a cheap helper


@dataclass(frozen=True)
class Problem:
    """What is to be hidden: `start` whatever comes, of the `free` cells as few as are needed, by `price`.

    `targets` must not be solvable. `fall`: how far an unknown cell may be below its true value. `reach`: how far each sum
    with an unknown cell must be able to move; 0 asks for two unknown cells alone. `kept`: which of `start` may not be shown
    again; the others are only preferred. `unmarked`: unknown cells that no table has, so that nothing is at stake where a
    sum gives one of them away.
    """

    equations: sparse.csr_array
    start: BoolArray
    kept: BoolArray
    free: BoolArray
    targets: BoolArray
    price: FloatArray
    fall: IntArray
    reach: int = 0
    unmarked: BoolArray | None = None


@dataclass(frozen=True)
class Outcome:
    """Which cells are hidden, the targets that can be worked out all the same, and the sums learned on the way."""

    hidden: BoolArray
    stuck: IntArray
    learned: tuple[Derived, ...] = field(repr=False)
    rounds: int

    def price(self, problem: Problem) -> float:
        """Return the price of what is hidden beside what had to be."""
        return float(problem.price[self.hidden & ~problem.kept].sum())


def hide(problem: Problem, *, cycles: int = 2, seed: int = 1) -> Outcome:
    """Hide the cheapest helpers found until every sum stands well and no target is solvable.

    Each leak that the linear test finds is a sum of sums with one unknown cell; it joins the sums that are covered, so the
    search learns what it needs. A cycle starts from the best safe table so far and may only replace it by a cheaper one.
    """
    best = _search_safely(problem, problem.start, (), steps=_steps(problem), warmth=1.0, seed=seed)
    for cycle in range(1, cycles):
        steps, warmth = _steps(problem) // 2, 1 - cycle / cycles
        found = _search_safely(problem, best.hidden, best.learned, steps=steps, warmth=warmth, seed=seed + best.rounds)
        kept = found if (len(found.stuck), found.price(problem)) < (len(best.stuck), best.price(problem)) else best
        best = replace(kept, learned=found.learned, rounds=best.rounds + found.rounds)
    return best


def _search_safely(
    problem: Problem, hidden: BoolArray, learned: Sequence[Derived], *, steps: int, warmth: float, seed: int
) -> Outcome:
    """Search, test and learn in rounds until no target is solvable; the first round may exchange what is dearer."""
    sums, leaks = list(learned), np.flatnonzero(problem.targets)
    heat = warmth * _HEAT * _typical_price(problem)
    for number in range(_ROUNDS):
        share = steps // (8 if number else 1) if number < _WARM else 0
        hidden, alone = _search(problem, hidden, sums, steps=share, heat=0.0 if number else heat, seed=seed + number)
        linear = LinearTest(problem.equations, unknown=hidden)
        leaks = linear.solvable(problem.targets)
        mendable = np.setdiff1d(leaks, alone)
        if not len(mendable):
            return Outcome(hidden, leaks, tuple(sums), number + 1)
        sums += linear.derive(mendable)
    return Outcome(hidden, leaks, tuple(sums), _ROUNDS)


def _steps(problem: Problem) -> int:
    return 1_000 + 2 * int(problem.targets.sum())


def find_needless(problem: Problem, outcome: Outcome, hidden: BoolArray) -> BoolArray:
    """Return what stays hidden when the helpers are shown that no sum needs, learned sums among them, the dearest first."""
    rows = with_learned(problem.equations, outcome.learned)
    sums, board = as_sums(rows), _make_board(problem, hidden, rows)
    choice = kernels.Choice(problem.free.astype(np.uint8), problem.kept.astype(np.uint8), problem.price)
    helpers = np.flatnonzero(hidden & ~problem.kept)
    order = helpers[np.argsort(-problem.price[helpers], kind="stable")]
    kernels.prune(sums, board, choice, make_room(len(hidden), rows.shape[0], seed=1), order)
    return np.asarray(board.hidden > 0)


def _typical_price(problem: Problem) -> float:
    prices = problem.price[problem.free]
    return float(np.quantile(prices, 0.1)) if len(prices) else 1.0


def _search(
    problem: Problem, hidden: BoolArray, learned: Sequence[Derived], *, steps: int, heat: float, seed: int
) -> tuple[BoolArray, IntArray]:
    """Cover, prune and anneal once; return what is hidden and the cells that stand in sums which cannot be mended."""
    rows = with_learned(problem.equations, learned)
    sums = as_sums(rows)
    board = _make_board(problem, hidden, rows)
    choice = kernels.Choice(
        _usable(problem, rows).astype(np.uint8), problem.kept.astype(np.uint8), problem.price.astype(np.float64)
    )
    room = make_room(len(hidden), rows.shape[0], seed=seed)
    stuck = kernels.cover(sums, board, choice, room, 0.0)
    helpers = np.flatnonzero((board.hidden > 0) & ~problem.kept)
    kernels.prune(sums, board, choice, room, helpers[np.argsort(-problem.price[helpers], kind="stable")])
    kernels.anneal(sums, board, choice, room, steps, heat, _NOISE)
    return board.hidden > 0, np.unique(rows[stuck].indices)


def _usable(problem: Problem, rows: sparse.csr_array) -> BoolArray:
    """Return the free cells that can be helpers at all: in each sum another cell is, or may be, unknown too."""
    pattern = abs(rows)
    by_cell = sparse.csc_array(pattern)
    usable = problem.free.copy()
    while True:
        alone = (pattern @ (usable | problem.start).astype(np.int32)) < 2
        lost = usable & (by_cell.T @ alone.astype(np.int32) > 0)
        if not lost.any():
            return usable
        usable &= ~lost


def with_learned(equations: sparse.csr_array, learned: Sequence[Derived]) -> sparse.csr_array:
    """Return the sums of the table, and below them the learned ones with the signs of their factors."""
    if not learned:
        return equations
    starts = np.cumsum([0, *(len(item.cells) for item in learned)])
    cells = np.concatenate([item.cells for item in learned])
    signs = np.concatenate([np.sign(item.factors) for item in learned]).astype(np.int8)
    more = sparse.csr_array((signs, cells, starts), shape=(len(learned), equations.shape[1]))
    return sparse.csr_array(sparse.vstack([equations, more], dtype=np.int8))


def as_sums(rows: sparse.csr_array) -> kernels.Sums:
    """Return the rows as the kernels have them."""
    by_cell = sparse.csc_array(rows)
    as_small = [
        np.asarray(item, dtype=np.int32) for item in (rows.indptr, rows.indices, by_cell.indptr, by_cell.indices)
    ]
    return kernels.Sums(
        as_small[0], as_small[1], rows.data.astype(np.int8), as_small[2], as_small[3], by_cell.data.astype(np.int8)
    )


def _make_board(problem: Problem, hidden: BoolArray, rows: sparse.csr_array) -> kernels.Board:
    fall = np.clip(problem.fall, 0, problem.reach).astype(np.int32)
    plus, minus = (rows > 0).astype(np.int32), (rows < 0).astype(np.int32)
    marked = hidden if problem.unmarked is None else hidden & ~problem.unmarked
    rise = np.where(hidden, problem.reach, 0).astype(np.int32)
    sink = np.where(hidden, fall, 0).astype(np.int32)
    return kernels.Board(
        hidden=hidden.astype(np.uint8),
        unknowns=((plus + minus) @ hidden.astype(np.int32)).astype(np.int32),
        marked=((plus + minus) @ marked.astype(np.int32)).astype(np.int32),
        up=(plus @ rise + minus @ sink).astype(np.int32),
        down=(plus @ sink + minus @ rise).astype(np.int32),
        fall=fall,
        reach=np.array([problem.reach], dtype=np.int32),
    )


def make_room(cells: int, rows: int, *, seed: int) -> kernels.Room:
    """Return the working space of the kernels."""
    return kernels.Room(
        log=np.zeros(20_000 + cells, dtype=np.int64),
        stack=np.zeros(20_000 + rows + cells, dtype=np.int64),
        near=np.zeros(4_096, dtype=np.int64),
        listed=np.zeros(cells + 1, dtype=np.int64),
        place=np.zeros(cells, dtype=np.int64),
        random=np.array([88_172_645_463_325_252 + 7_919 * seed], dtype=np.uint64),
    )
