"""Finds whole numbers that add up, each next to a number that may not be whole: the heart of rounding a table with its totals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.cells.system import FloatArray

_NEAR = 1e-6
_OPTIMAL = highspy.HighsModelStatus.kOptimal


@dataclass(frozen=True)
class Whole:
    """Whole numbers that satisfy every equation. `gap`: how far their cost may lie above the least, as a share of it.

    It is taken from the bound of the linear program, so that no number found by another way can be better by more.
    """

    values: IntArray
    gap: float


@dataclass(frozen=True)
class Task:
    """Bounds and cost of the numbers that are sought: `cost` of one more unit of each, `offset` what all cost at zero."""

    equations: sparse.csr_array
    lower: IntArray
    upper: IntArray
    cost: FloatArray
    offset: float = 0.0


def find_whole(task: Task, *, gap: float, nodes: int) -> Whole | None:
    """Return whole numbers between the bounds that satisfy every equation at least cost; None where there are none.

    The linear program comes first: for a table of two variables its matrix is that of a network, so its vertex is whole
    and the optimum is exact. Otherwise branch and bound, first with everything held fast that is whole in the vertex and
    shares no equation with what is not, then over all, until the gap is reached or so many nodes are seen. Sources: Cox
    and Ernst (1982), Controlled rounding, INFOR 20; Salazar González (2006), Mathematical Programming 105.
    """
    highs = _highs()
    highs.passModel(_model(task))
    highs.run()
    if highs.getModelStatus() != _OPTIMAL:
        return None
    vertex, bound = np.array(highs.getSolution().col_value), float(highs.getInfo().objective_function_value)
    open_cells = np.abs(vertex - np.rint(vertex)) > _NEAR
    if not open_cells.any():
        return _checked(vertex, task=task, bound=bound)
    near = _branch(_restricted(task, vertex, open_cells), gap=gap, nodes=nodes, bound=bound)
    if near is not None and near.gap <= gap:
        return near
    whole = _branch(task, gap=gap, nodes=nodes, bound=bound)
    return min((item for item in (near, whole) if item is not None), key=lambda item: item.gap, default=None)


def _restricted(task: Task, vertex: FloatArray, open_cells: BoolArray) -> Task:
    """Return the task with every number held fast that is whole and shares no equation with one that is not."""
    touched = abs(task.equations) @ open_cells.astype(np.int64) > 0
    free = np.asarray(abs(task.equations).T @ touched.astype(np.int64) > 0)
    fixed = np.rint(vertex).astype(np.int64)
    return replace(task, lower=np.where(free, task.lower, fixed), upper=np.where(free, task.upper, fixed))


def _branch(task: Task, *, gap: float, nodes: int, bound: float) -> Whole | None:
    count = len(task.lower)
    highs = _highs()
    highs.setOptionValue("mip_rel_gap", gap)
    # Nodes, not seconds: the same table gives the same answer on a slow machine.
    highs.setOptionValue("mip_max_nodes", nodes)
    highs.passModel(_model(task))
    kinds = np.full(count, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return _checked(np.array(highs.getSolution().col_value), task=task, bound=bound)


def _checked(found: FloatArray, *, task: Task, bound: float) -> Whole | None:
    """Return what was found in whole numbers where it holds exactly, whatever the solver said."""
    values = np.rint(found).astype(np.int64)
    if (task.equations @ values).any():
        return None
    cost = float(task.cost @ values) + task.offset
    return Whole(values=values, gap=max(0.0, cost - bound) / cost if cost > _NEAR else 0.0)


def _highs() -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        highs.setOptionValue(name, value)
    return highs


def _model(task: Task) -> highspy.HighsLp:
    columns = sparse.csc_array(task.equations)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = task.equations.shape
    model.col_cost_, model.offset_ = np.asarray(task.cost, dtype=np.float64), task.offset
    model.col_lower_, model.col_upper_ = task.lower.astype(np.float64), task.upper.astype(np.float64)
    model.row_lower_ = model.row_upper_ = np.zeros(task.equations.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = columns.indptr.astype(np.int32)
    model.a_matrix_.index_ = columns.indices.astype(np.int32)
    model.a_matrix_.value_ = columns.data.astype(np.float64)
    return model
