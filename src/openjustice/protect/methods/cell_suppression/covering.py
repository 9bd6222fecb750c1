"""The cheap first step: what each equation by itself needs, lest it give a hidden cell away."""

from __future__ import annotations

import numpy as np

from openjustice.protect.cells import IntArray
from openjustice.protect.methods.cell_suppression.task import Task


def cover(task: Task) -> None:
    """Hide the cheapest helpers until every equation with hidden cells lacks nothing, or nothing more may be hidden.

    An equation lacks something where one unknown cell stands alone in it, or where the cells beside a small count could
    not fall as far as that count has to rise. Both are necessary, so no helper is hidden in vain; neither is sufficient.
    """
    cover_by_row = _Cover(task)
    queue = list(range(task.system.equations.shape[0]))
    for row in queue:
        while cover_by_row.lack(row):
            helper = cover_by_row.cheapest(row)
            if helper is None:
                break
            task.hide(np.array([helper]))
            queue.extend(cover_by_row.rows_of(helper).tolist())


def is_needed(task: Task, helper: int) -> bool:
    """Say whether some equation would lack something if this hidden helper were shown."""
    task.hidden[helper] = False
    rows = _Cover(task)
    needed = any(rows.lack(row) for row in rows.rows_of(helper).tolist())
    task.hidden[helper] = True
    return needed


class _Cover:
    """Looks at one equation at a time, at the present state of the task."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.marked = task.system.in_draft | task.system.hidden_before

    def rows_of(self, cell: int) -> IntArray:
        """Return the equations that a cell stands in."""
        matrix = self.task.by_cell
        return np.asarray(matrix.indices[matrix.indptr[cell] : matrix.indptr[cell + 1]])

    def lack(self, row: int) -> int:
        """Return how many units of movement an equation lacks; 0 where it lacks nothing."""
        cells, weights = self._row(row)
        unknown = self.task.unknown[cells]
        count = int(unknown.sum())
        if count == 0 or not self.marked[cells[unknown]].any():
            return 0
        alone = 1 if count == 1 else 0
        return max(alone, self._shortfall(cells[unknown], weights[unknown]))

    def cheapest(self, row: int) -> int | None:
        """Return the helper of an equation with the lowest price for what it mends, or None where there is none."""
        cells, _ = self._row(row)
        free = cells[self.task.candidates[cells] & ~self.task.unknown[cells]]
        prices = [self._price(int(cell)) for cell in free]
        return int(free[int(np.argmin(prices))]) if prices else None

    def _price(self, cell: int) -> float:
        """Price a helper: dearer for each equation it would stand alone in, cheaper for each that it mends."""
        mended, fresh = 0.0, 0
        for row in self.rows_of(cell).tolist():
            lack = self.lack(row)
            cells, _ = self._row(row)
            fresh += not self.task.unknown[cells].any()
            mended += min(1.0, float(self.task.down[cell]) / lack) if lack else 0.0
        return float(self.task.cost[cell]) * (1 + fresh) / max(mended, 1e-3)

    def _shortfall(self, cells: IntArray, weights: IntArray) -> int:
        """Say how far the cells beside the neediest small count fall short of letting it rise to its goal."""
        task = self.task
        places = np.flatnonzero(task.targets[cells])
        worst = 0
        for place in places.tolist():
            same = weights == weights[place]
            same[place] = False
            # A cell on the other side of the equation (the total) rises along, without end.
            if (weights == -weights[place]).any():
                continue
            rise = int(task.high_goal[cells[place]] - task.system.values[cells[place]])
            worst = max(worst, rise - int(task.down[cells[same]].sum()))
        return worst

    def _row(self, row: int) -> tuple[IntArray, IntArray]:
        matrix = self.task.system.equations
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        return np.asarray(matrix.indices[part]), np.asarray(matrix.data[part])
