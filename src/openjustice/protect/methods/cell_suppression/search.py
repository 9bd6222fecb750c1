"""Finds for each target a range that nobody can exclude, and hides helpers where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from openjustice.protect import cells
from openjustice.protect.cells import BoolArray, IntArray, Need
from openjustice.protect.methods.cell_suppression.covering import is_needed
from openjustice.protect.methods.cell_suppression.moves import Move, around, find_move
from openjustice.protect.methods.cell_suppression.task import Task, is_met

_NEAR, _FAR = (150, 3), (700, 10)


def protect_all(task: Task) -> IntArray:
    """Hide what it takes to give every target its range; return the targets that cannot have one.

    Most ranges are found many at once; the others by a move around each target, the smallest counts first.
    """
    search = _Search(task)
    order = np.flatnonzero(task.targets)
    order = order[np.argsort(task.system.values[order], kind="stable")]
    return np.array([cell for cell in order.tolist() if not search.protect(cell)], dtype=np.int64)


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
        self.low, self.high = _ranges(task)

    def protect(self, cell: int) -> bool:
        """Find the range of a target with what is hidden now, else with helpers near it, else with any."""
        everywhere = (len(self.task.system), len(self.task.system))
        return (
            self._met(cell)
            or self._reach(cell, self.task.unknown, *_NEAR)
            or self._reach(cell, self.task.movable, *_FAR)
            or self._reach(cell, self.task.movable, *everywhere)
        )

    def _reach(self, cell: int, allowed: BoolArray, limit: int, width: int) -> bool:
        among = around(self.task, cell, allowed=allowed, limit=limit, width=width)
        for by in self._steps(cell):
            move = find_move(self.task, cell, by=by, among=among)
            if move is not None:
                self._accept(move)
            if self._met(cell):
                return True
        return False

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
        self._note(move.cells, move.by)
        if np.all(move.by <= self.task.down[move.cells]):
            self._note(move.cells, -move.by)

    def _note(self, moved: IntArray, by: IntArray) -> None:
        values = self.task.system.values[moved] + by
        self.low[moved] = np.minimum(self.low[moved], values)
        self.high[moved] = np.maximum(self.high[moved], values)

    def _met(self, cell: int) -> bool:
        return bool(is_met(self.task, self.low[[cell]], self.high[[cell]])[0])


def _ranges(task: Task) -> tuple[IntArray, IntArray]:
    interval = task.parameters.safety_interval
    found = cells.find_intervals(
        task.system,
        unknown=task.unknown,
        floor=task.system.floor(task.unknown, hidden_at_least=task.parameters.hidden_at_least),
        targets=task.targets,
        need=Need(interval.minimum_width, interval.must_contain_over),
        one_by_one=False,
    )
    low, high = task.system.values.copy(), task.system.values.copy()
    low[found.targets] = np.minimum(low[found.targets], found.low)
    high[found.targets] = np.maximum(high[found.targets], found.high)
    return low, high
