"""Finds for each target a range that nobody can exclude, and hides helpers where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from openjustice.protect import cells
from openjustice.protect.cells import BoolArray, IntArray, Intervals, Need
from openjustice.protect.methods.cell_suppression.covering import is_needed
from openjustice.protect.methods.cell_suppression.moves import Move, find_move
from openjustice.protect.methods.cell_suppression.task import Task, is_met


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
            search.protect(cell, whole=False)
    return np.array([cell for cell in search.open_targets() if not search.protect(cell, whole=True)], dtype=np.int64)


def prune(task: Task) -> None:
    """Show again what no equation needs, the dearest first; protect the rest anew, and keep this where it is cheaper."""
    trial = replace(task, hidden=task.hidden.copy())
    helpers = np.flatnonzero(task.hidden & ~task.kept & ~task.targets)
    for helper in helpers[np.argsort(-task.cost[helpers], kind="stable")].tolist():
        trial.hidden[helper] = is_needed(trial, helper)
    if (trial.hidden == task.hidden).all() or len(protect_all(trial)):
        return
    if task.cost[trial.hidden].sum() < task.cost[task.hidden].sum():
        task.hidden[:] = trial.hidden


class _Search:
    """The ranges found so far for all cells. Hiding more never narrows one, so what was found once stays true."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.low, self.high = task.system.values.copy(), task.system.values.copy()

    def open_targets(self) -> list[int]:
        """Return the targets whose range is not found yet, the smallest counts first."""
        cells_left = np.flatnonzero(self.task.targets & ~is_met(self.task, self.low, self.high))
        order = np.argsort(self.task.system.values[cells_left], kind="stable")
        return [int(cell) for cell in cells_left[order]]

    def look_around(self) -> None:
        """Find the ranges that can be found many at once."""
        found = _ranges(self.task, targets=self.task.targets & ~is_met(self.task, self.low, self.high))
        self.low[found.targets] = np.minimum(self.low[found.targets], found.low)
        self.high[found.targets] = np.maximum(self.high[found.targets], found.high)

    def protect(self, cell: int, *, whole: bool) -> bool:
        """Find the range of a target with what is hidden now, else with whatever helpers are cheapest."""
        among = np.flatnonzero(self.task.movable)
        for by in () if self._met(cell) else self._steps(cell):
            move = find_move(self.task, cell, by=by, among=among, whole=whole)
            if move is not None:
                self._accept(move)
            if self._met(cell) or (move is not None and not move.is_whole):
                break
        return self._met(cell)

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
            self._note(move.cells, move.by)
            if np.all(move.by <= self.task.down[move.cells]):
                self._note(move.cells, -move.by)

    def _note(self, moved: IntArray, by: IntArray) -> None:
        values = self.task.system.values[moved] + by
        self.low[moved] = np.minimum(self.low[moved], values)
        self.high[moved] = np.maximum(self.high[moved], values)

    def _met(self, cell: int) -> bool:
        return bool(is_met(self.task, self.low[[cell]], self.high[[cell]])[0])


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
