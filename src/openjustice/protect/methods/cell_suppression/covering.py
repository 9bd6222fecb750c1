"""The cheap first step: no equation may hold a single unknown cell, or it gives that cell away."""

from __future__ import annotations

import numpy as np

from openjustice.protect.cells import IntArray
from openjustice.protect.methods.cell_suppression.task import Task


def cover(task: Task) -> None:
    """Hide the cheapest helpers until every equation with an unknown cell has two, where it can.

    Surprise: a helper that leaves another equation alone with it is dearer for it, and one that mends two is cheaper.
    """
    equations, counts = task.system.equations, _count_unknown(task)
    queue = [int(row) for row in np.flatnonzero(counts == 1)]
    for row in queue:
        cells = equations.indices[equations.indptr[row] : equations.indptr[row + 1]]
        if counts[row] != 1 or not _matters(task, cells):
            continue
        choice = cheapest(task, cells, counts=counts)
        if choice is not None:
            task.hide(np.array([choice]))
            touched = _rows_of(task, choice)
            counts[touched] += 1
            queue.extend(int(item) for item in touched if counts[item] == 1)


def cheapest(task: Task, cells: IntArray, *, counts: IntArray) -> int | None:
    """Return the best cell to hide among these, or None where none may be hidden."""
    free = cells[task.candidates[cells] & ~task.unknown[cells]]
    if not len(free):
        return None
    prices = [_price(task, int(cell), counts) for cell in free]
    return int(free[int(np.argmin(prices))])


def _price(task: Task, cell: int, counts: IntArray) -> float:
    rows = counts[_rows_of(task, cell)]
    return float(task.cost[cell]) * (1 + int((rows == 0).sum())) / max(1, int((rows == 1).sum()))


def _matters(task: Task, cells: IntArray) -> bool:
    # A cell that no table ever showed needs no helper: it is nobody's secret.
    alone = cells[task.unknown[cells]]
    return bool((task.system.in_draft | task.system.hidden_before)[alone].any())


def _rows_of(task: Task, cell: int) -> IntArray:
    matrix = task.by_cell
    return np.asarray(matrix.indices[matrix.indptr[cell] : matrix.indptr[cell + 1]])


def _count_unknown(task: Task) -> IntArray:
    pattern = abs(task.system.equations)
    return np.asarray((pattern @ task.unknown.astype(np.int64)) if pattern.shape[0] else np.zeros(0, dtype=np.int64))
