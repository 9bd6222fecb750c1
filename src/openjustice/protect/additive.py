"""Finds whole numbers that add up, each next to a number that may not be whole: the heart of rounding a table with its totals."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from openjustice.protect.cells import IntArray
from openjustice.protect.cells.system import FloatArray

_NEAR = 1e-6
_OPTIMAL = highspy.HighsModelStatus.kOptimal


@dataclass(frozen=True)
class Whole:
    """Whole numbers that satisfy every equation. `gap`: how far their cost may lie above the least, as a share of it."""

    values: IntArray
    gap: float


def find_whole(
    equations: sparse.csr_array, *, lower: IntArray, upper: IntArray, cost: FloatArray, gap: float, nodes: int
) -> Whole | None:
    """Return whole numbers between the bounds that satisfy every equation at least cost; None where there are none.

    `cost` is what one more unit of a number costs. The linear program comes first: for a table of two variables its
    matrix is that of a network, so its vertex is whole and the optimum is exact; otherwise branch and bound goes on until
    the gap is reached or so many nodes are seen. Sources: Cox and Ernst (1982), Controlled rounding, INFOR 20; Salazar
    González (2006), Controlled rounding and cell perturbation, Mathematical Programming 105.
    """
    model = _model(equations, lower=lower, upper=upper, cost=cost)
    highs = _highs()
    highs.passModel(model)
    highs.run()
    if highs.getModelStatus() != _OPTIMAL:
        return None
    found = np.array(highs.getSolution().col_value)
    if np.all(np.abs(found - np.rint(found)) < _NEAR):
        return _checked(found, equations=equations, gap=0.0)
    return _branch(model, equations=equations, count=len(lower), gap=gap, nodes=nodes)


def _branch(model: highspy.HighsLp, *, equations: sparse.csr_array, count: int, gap: float, nodes: int) -> Whole | None:
    highs = _highs()
    highs.setOptionValue("mip_rel_gap", gap)
    # Nodes, not seconds: the same table gives the same answer on a slow machine.
    highs.setOptionValue("mip_max_nodes", nodes)
    highs.passModel(model)
    kinds = np.full(count, highspy.HighsVarType.kInteger)
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return _checked(np.array(highs.getSolution().col_value), equations=equations, gap=max(0.0, float(info.mip_gap)))


def _checked(found: FloatArray, *, equations: sparse.csr_array, gap: float) -> Whole | None:
    """Return what was found in whole numbers where it holds exactly, whatever the solver said."""
    values = np.rint(found).astype(np.int64)
    return None if (equations @ values).any() else Whole(values=values, gap=gap)


def _highs() -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
        highs.setOptionValue(name, value)
    return highs


def _model(equations: sparse.csr_array, *, lower: IntArray, upper: IntArray, cost: FloatArray) -> highspy.HighsLp:
    columns = sparse.csc_array(equations)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = equations.shape
    model.col_cost_ = np.asarray(cost, dtype=np.float64)
    model.col_lower_, model.col_upper_ = lower.astype(np.float64), upper.astype(np.float64)
    model.row_lower_ = model.row_upper_ = np.zeros(equations.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = columns.indptr.astype(np.int32)
    model.a_matrix_.index_ = columns.indices.astype(np.int32)
    model.a_matrix_.value_ = columns.data.astype(np.float64)
    return model
