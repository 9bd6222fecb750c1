"""A table in whole numbers that agrees with everything published, found without the true counts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from openjustice.protect.audit.intervals import Reader
from openjustice.protect.audit.solver import Solver, as_whole

Ints = npt.NDArray[np.int64]

_MOST = 40_000  # unknown cells in one part; more take the solver too long


def find_table(reader: Reader) -> Ints | None:
    """Return counts for the unknown cells that agree with everything shown; None where the solver finds none in time.

    Assumes nothing but what readers have, so what is made from it says nothing new to them. Surprise: the table is a corner
    of what is possible, as far from any true table as the solver pleases.
    """
    counts = reader.low.copy()
    for columns, rows in _parts(reader.matrix):
        if len(columns) > _MOST:
            return None
        part = sparse.csr_array(reader.matrix[rows][:, columns])
        solver = Solver(part, reader.right[rows], reader.low[columns], reader.high[columns])
        nothing = np.zeros(len(columns))
        found = solver.most(nothing)
        whole = None if found is None else as_whole(found.point)
        if found is not None and whole is None:
            again = solver.most(nothing, whole=True)
            whole = None if again is None else as_whole(again.point)
        if whole is None:
            return None
        counts[columns] = whole
    return counts if not (reader.matrix @ counts - reader.right).any() else None


def _parts(matrix: sparse.csr_array) -> list[tuple[Ints, Ints]]:
    """Split columns and rows into parts that have nothing in common."""
    row_count = matrix.shape[0]
    links = sparse.csr_array(abs(matrix))
    graph = sparse.block_array([[None, links], [links.T, None]], format="csr")
    _, labels = csgraph.connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    return [
        (group[group >= row_count] - row_count, group[group < row_count]) for group in groups if group[-1] >= row_count
    ]
