"""Finds for each target a range that nobody can exclude, hiding helpers where there is none, and takes back what was too much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.methods.cell_suppression.moves import Move, around, find_move
from openjustice.protect.methods.cell_suppression.task import Task, is_met

_NEAR, _FAR = (150, 3), (700, 10)


class Search:
    """The ranges found so far for all cells (`low`, `high`), and the moves that show them."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.low, self.high = task.system.values.copy(), task.system.values.copy()
        self.lowest_by = np.full(len(self.low), -1)
        self.highest_by = np.full(len(self.high), -1)
        self.moves: list[Move] = []
        self.users: dict[int, set[int]] = {}

    def protect_all(self) -> IntArray:
        """Give every target its range, the smallest counts first; return the targets that cannot have one."""
        targets = np.flatnonzero(self.task.targets)
        order = targets[np.argsort(self.task.system.values[targets], kind="stable")]
        return np.array([cell for cell in order.tolist() if not self._protect(cell)], dtype=np.int64)

    def prune(self) -> None:
        """Show every helper again that no target needs, the dearest first."""
        task = self.task
        helpers = np.flatnonzero(task.hidden & ~task.kept & ~task.targets)
        for helper in helpers[np.argsort(-task.cost[helpers], kind="stable")].tolist():
            if not self._leaves_one_alone(helper):
                self._try_without(helper)

    def _protect(self, cell: int) -> bool:
        return self._met(cell) or self._audit(cell) or self._repair(cell)

    def _audit(self, cell: int) -> bool:
        """Look for the range with what is hidden now."""
        return self._reach(cell, [(self.task.unknown, _NEAR)])

    def _repair(self, cell: int) -> bool:
        """Look for the range with helpers, near first, then anywhere; hide what it takes."""
        allowed = self.task.movable
        everywhere = (len(allowed), len(allowed))
        return self._reach(cell, [(allowed, _FAR), (allowed, everywhere)])

    def _reach(self, cell: int, spaces: list[tuple[BoolArray, tuple[int, int]]]) -> bool:
        for allowed, (limit, width) in spaces:
            for by in self._steps(cell):
                among = around(self.task, cell, allowed=allowed, limit=limit, width=width)
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
        unknown = self.task.unknown
        self.task.hide(move.cells[~unknown[move.cells]])
        self._note(move)
        if np.all(move.by <= self.task.down[move.cells]):
            self._note(Move(cells=move.cells, by=-move.by))

    def _note(self, move: Move) -> None:
        values = self.task.system.values[move.cells] + move.by
        higher, lower = values > self.high[move.cells], values < self.low[move.cells]
        if not (higher | lower).any():
            return
        number = len(self.moves)
        self.moves.append(move)
        for cell in move.cells.tolist():
            self.users.setdefault(cell, set()).add(number)
        for chosen, ends, by in ((higher, self.high, self.highest_by), (lower, self.low, self.lowest_by)):
            ends[move.cells[chosen]] = values[chosen]
            by[move.cells[chosen]] = number

    def _met(self, cell: int) -> bool:
        return bool(is_met(self.task, self.low[[cell]], self.high[[cell]])[0])

    def _leaves_one_alone(self, helper: int) -> bool:
        task, unknown = self.task, self.task.unknown
        rows = task.by_cell.indices[task.by_cell.indptr[helper] : task.by_cell.indptr[helper + 1]]
        equations = task.system.equations
        others = [equations.indices[equations.indptr[row] : equations.indptr[row + 1]] for row in rows]
        left = [cells[unknown[cells] & (cells != helper)] for cells in others]
        return any(len(cells) == 1 and bool(task.targets[cells[0]]) for cells in left)

    def _try_without(self, helper: int) -> None:
        """Show a helper; where a target that leaned on it finds no other way, hide it again."""
        numbers = list(self.users.get(helper, ()))
        leaning = np.isin(self.highest_by, numbers) | np.isin(self.lowest_by, numbers)
        before = self.low.copy(), self.high.copy(), self.lowest_by.copy(), self.highest_by.copy()
        for ends, by in ((self.high, self.highest_by), (self.low, self.lowest_by)):
            stale = np.isin(by, numbers)
            ends[stale], by[stale] = self.task.system.values[stale], -1
        self.task.hidden[helper] = False
        dependents = np.flatnonzero(leaning & self.task.targets).tolist()
        if not all(self._met(cell) or self._audit(cell) for cell in dependents):
            self.task.hidden[helper] = True
            self.low, self.high, self.lowest_by, self.highest_by = before
