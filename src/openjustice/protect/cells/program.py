"""The intruder's linear program over one connected part of the cells: every table that agrees with what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from openjustice.protect.cells.system import BoolArray, CellSystem, FloatArray, IntArray

_NEAR = 1e-6
_USABLE = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit)


@dataclass(frozen=True)
class Part:
    """Unknown cells that hang together, the equations between them, and what the shown cells leave for each equation."""

    cells: IntArray
    rows: IntArray
    matrix: sparse.csc_array
    remaining: IntArray
    floor: IntArray
    ceiling: IntArray


def find_parts(system: CellSystem, *, unknown: BoolArray, floor: IntArray) -> Iterator[Part]:
    """Split the unknown cells into parts that share no equation, in the order of their first cell."""
    cells = np.flatnonzero(unknown)
    matrix = sparse.csr_array(system.equations[:, cells])
    remaining = -(system.equations @ np.where(unknown, 0, system.values))
    # Nothing bounds a whole that is not shown; twice the largest count stands for that, and is the intruder's gain.
    ceiling = np.full(len(system), 2 * int(system.values.max(initial=0)) + 1_000)
    ceiling = np.maximum(ceiling, floor)
    for columns, rows in _components(matrix):
        inside = cells[columns]
        yield Part(
            cells=inside,
            rows=rows,
            matrix=sparse.csc_array(matrix[rows][:, columns]),
            remaining=remaining[rows],
            floor=floor[inside],
            ceiling=ceiling[inside],
        )


class Program:
    """A solver that holds one part, warm from one question to the next."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("mip_max_nodes", 2_000)
        self.highs.passModel(_model(part))
        self.columns = np.arange(len(part.cells), dtype=np.int32)

    def solve(self, objective: FloatArray) -> FloatArray | None:
        """Return the table that agrees with everything shown and is largest in the objective; None where there is none."""
        self.highs.changeColsCost(len(objective), self.columns, -np.asarray(objective, dtype=np.float64))
        self.highs.run()
        # A search in whole numbers that reached its limit of nodes may have found a table all the same.
        feasible = self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not feasible or self.highs.getModelStatus() not in _USABLE:
            return None
        return np.array(self.highs.getSolution().col_value)

    def narrow(self, low: IntArray, high: IntArray) -> None:
        """Bound the cells otherwise from now on."""
        self.highs.changeColsBounds(len(low), self.columns, low.astype(np.float64), high.astype(np.float64))

    def multipliers(self) -> FloatArray:
        """Return what each equation contributes to the bound found last."""
        return -np.array(self.highs.getSolution().row_dual)

    def whole(self, objective: FloatArray, *, gap: float = 0.0) -> IntArray | None:
        """Return the largest table of whole numbers, up to a share `gap` of it; None where the limit of nodes was reached."""
        self.highs.setOptionValue("mip_rel_gap", gap)
        kinds = np.full(len(self.columns), highspy.HighsVarType.kInteger)
        self.highs.changeColsIntegrality(len(kinds), self.columns, kinds)
        found = self.solve(objective)
        kinds[:] = highspy.HighsVarType.kContinuous
        self.highs.changeColsIntegrality(len(kinds), self.columns, kinds)
        return None if found is None else as_whole(found, self.part)


def as_whole(found: FloatArray, part: Part) -> IntArray | None:
    """Return a solution as whole numbers where it is one, checked exactly; else None."""
    whole = np.rint(found).astype(np.int64)
    near = bool(np.all(np.abs(found - whole) < _NEAR))
    exact = near and bool(np.all(part.matrix @ whole == part.remaining) and np.all(whole >= part.floor))
    return whole if exact else None


def _components(matrix: sparse.csr_array) -> Iterator[tuple[IntArray, IntArray]]:
    rows, columns = matrix.shape
    graph = sparse.block_array([[None, abs(matrix)], [abs(matrix).T, None]], format="csr") if rows else None
    labels = np.arange(columns) if graph is None else csgraph.connected_components(graph, directed=False)[1][rows:]
    row_labels = np.arange(0) if graph is None else csgraph.connected_components(graph, directed=False)[1][:rows]
    order, row_order = np.argsort(labels, kind="stable"), np.argsort(row_labels, kind="stable")
    firsts = {label: place for place, label in reversed(list(enumerate(labels.tolist())))}
    for label in sorted(firsts, key=firsts.__getitem__):
        inside = order[slice(*np.searchsorted(labels[order], [label, label + 1]))]
        across = row_order[slice(*np.searchsorted(row_labels[row_order], [label, label + 1]))]
        yield inside, across


def _model(part: Part) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = part.matrix.shape
    model.col_cost_ = np.zeros(len(part.cells))
    model.col_lower_, model.col_upper_ = part.floor.astype(np.float64), part.ceiling.astype(np.float64)
    model.row_lower_ = model.row_upper_ = part.remaining.astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = part.matrix.indptr.astype(np.int32)
    model.a_matrix_.index_ = part.matrix.indices.astype(np.int32)
    model.a_matrix_.value_ = part.matrix.data.astype(np.float64)
    return model
