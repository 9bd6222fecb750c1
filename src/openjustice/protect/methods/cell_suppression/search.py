"""Finds for each target a range that nobody can exclude, and hides helpers where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from openjustice.protect import cells
from openjustice.protect.cells import BoolArray, IntArray, Intervals, Need
from openjustice.protect.methods.cell_suppression.fast import driver, nearby, walking
from openjustice.protect.methods.cell_suppression.fast.driver import Outcome, Problem
from openjustice.protect.methods.cell_suppression.moves import Move, find_move
from openjustice.protect.methods.cell_suppression.task import Task, is_met

_TRIES = 300
_NEAR, _DEAREST = 700, 6.0  # a program around one cell has so many cells, helpers up to so many times the usual price
_SMALL = 800  # up to so many unknown cells, programs over all of them find what walks do not
_PRUNED = 3_000  # in larger systems, protecting anew costs more time than it saves counts


def as_problem(task: Task) -> Problem:
    """Return what the search on arrays has to do before ranges are looked for."""
    unknown = task.unknown
    return Problem(
        equations=task.system.equations,
        start=unknown,
        kept=unknown,
        free=task.candidates & ~unknown,
        targets=task.targets,
        price=task.cost,
        fall=task.down,
        reach=_reach(task),
        unmarked=~(task.system.in_draft | task.system.hidden_before),
    )


def protect_all(task: Task) -> IntArray:
    """Hide what it takes to give every target its range; return the targets that cannot have one.

    In rounds: most ranges are found many at once; around each other target the cheapest helpers are hidden, in fractions
    where whole numbers would take long. What rounds leave open is then settled in whole numbers, one by one.
    """
    search = _Search(task)
    before = -1
    while before != (before := int(task.hidden.sum())):
        search.look_around()
        for cell in search.open_targets():
            if not search.is_met(cell):
                search.protect(cell, whole=False)
    return np.array([cell for cell in search.open_targets() if not search.protect(cell, whole=True)], dtype=np.int64)


def prune(task: Task, problem: Problem, outcome: Outcome) -> None:
    """Show again what no sum needs, the dearest first; protect the rest anew, and keep this where it is cheaper."""
    if len(task.system) > _PRUNED:
        return
    needed = driver.find_needless(problem, outcome, task.unknown)
    trial = replace(task, hidden=task.hidden & needed)
    if (trial.hidden == task.hidden).all() or len(protect_all(trial)):
        return
    if task.cost[trial.hidden].sum() < task.cost[task.hidden].sum():
        task.hidden[:] = trial.hidden


def _reach(task: Task) -> int:
    """Return how far every sum must be able to move, lest it alone keep some target from its goal."""
    rise = task.high_goal - task.system.values
    needy = task.targets & (rise > 0)
    return int((rise + task.down)[needy].max(initial=0))


class _Search:
    """The ranges found so far for all cells. Hiding more never narrows one, so what was found once stays true."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.low, self.high = task.system.values.copy(), task.system.values.copy()
        self.sums = driver.as_sums(task.system.equations)
        self.dearest = _DEAREST * float(np.quantile(task.cost[task.candidates], 0.1)) if task.candidates.any() else 0.0

    def open_targets(self) -> list[int]:
        """Return the targets whose range is not found yet, the smallest counts first."""
        cells_left = np.flatnonzero(self.task.targets & ~is_met(self.task, self.low, self.high))
        order = np.argsort(self.task.system.values[cells_left], kind="stable")
        return [int(cell) for cell in cells_left[order]]

    def look_around(self) -> None:
        """Find the ranges that can be found many at once: by walks from table to table, and by programs in small systems."""
        self._walk()
        wanted = self.task.targets & ~is_met(self.task, self.low, self.high)
        if wanted.any() and int(self.task.unknown.sum()) <= _SMALL:
            found = _ranges(self.task, targets=wanted)
            self._widen(found.targets, found.low, found.high)

    def protect(self, cell: int, *, whole: bool) -> bool:
        """Find the range of a target with what is hidden now, else with whatever helpers are cheapest."""
        for by in () if self.is_met(cell) else self._steps(cell):
            move = self._find_move(cell, by=by, whole=whole)
            if move is not None:
                self._accept(move)
            if self.is_met(cell) or (move is not None and not move.is_whole):
                break
        return self.is_met(cell)

    def is_met(self, cell: int) -> bool:
        """Say whether the range of a target is found."""
        return bool(is_met(self.task, self.low[[cell]], self.high[[cell]])[0])

    def _find_move(self, cell: int, *, by: int, whole: bool) -> Move | None:
        """Look near the cell first: a move over the whole system takes long, and is seldom cheaper."""
        movable = self.task.movable
        if int(movable.sum()) > _NEAR:
            price = np.where(self.task.unknown, 0.0, self.task.cost)
            around = nearby.find_nearby(self.sums, movable.astype(np.uint8), price, cell, self.dearest, _NEAR)
            move = find_move(self.task, cell, by=by, among=np.sort(around), whole=whole)
            if move is not None:
                return move
        return find_move(self.task, cell, by=by, among=np.flatnonzero(movable), whole=whole)

    def _walk(self) -> None:
        task, values = self.task, self.task.system.values
        unknown = task.unknown
        floor = task.system.floor(unknown, hidden_at_least=task.parameters.hidden_at_least)
        ranges = walking.Ranges(values.copy(), floor, self.low.copy(), self.high.copy())
        interval = task.parameters.safety_interval
        over = -1 if interval.must_contain_over is None else interval.must_contain_over
        wanted = walking.Wanted(interval.minimum_width, np.maximum(values, over + 1))
        room = driver.make_room(len(values), task.system.equations.shape[0], seed=1)
        targets = np.array(self.open_targets(), dtype=np.int64)
        walking.walk(self.sums, unknown.astype(np.uint8), ranges, wanted, room, values.copy(), targets, _TRIES)
        self.low, self.high = ranges.low, ranges.high

    def _steps(self, cell: int) -> Iterator[int]:
        """Try the goals on both sides first; then, where it cannot fall so far, a higher rise."""
        value = int(self.task.system.values[cell])
        if self.high[cell] < self.task.high_goal[cell]:
            yield int(self.task.high_goal[cell]) - value
        if self.low[cell] > self.task.low_goal[cell]:
            yield int(self.task.low_goal[cell]) - value
        interval = self.task.parameters.safety_interval
        yield max(int(self.low[cell]) + interval.minimum_width, (interval.must_contain_over or 0) + 1, value) - value

    def _accept(self, move: Move) -> None:
        self.task.hide(move.cells[~self.task.unknown[move.cells]])
        if move.is_whole:
            values = self.task.system.values[move.cells]
            self._widen(move.cells, np.minimum(values, values + move.by), np.maximum(values, values + move.by))
            if np.all(move.by <= self.task.down[move.cells]):
                self._widen(move.cells, values - move.by, values - move.by)

    def _widen(self, moved: IntArray, low: IntArray, high: IntArray) -> None:
        self.low[moved] = np.minimum(self.low[moved], low)
        self.high[moved] = np.maximum(self.high[moved], high)


def _ranges(task: Task, *, targets: BoolArray) -> Intervals:
    interval = task.parameters.safety_interval
    return cells.find_intervals(
        task.system,
        unknown=task.unknown,
        floor=task.system.floor(task.unknown, hidden_at_least=task.parameters.hidden_at_least),
        targets=targets,
        need=Need(interval.minimum_width, interval.must_contain_over),
        one_by_one=False,
    )
