"""Small linear programs, asked for by their matrix and bounds: one way to call HiGHS for the whole audit."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NODES = 300
_NEAR = 1e-6


@dataclass(frozen=True)
class Solution:
    """The best point of a program, and the price of each row."""

    point: Floats
    prices: Floats


class Solver:
    """A program `rows @ point == right`, `low <= point <= high`, warm from one objective to the next; it looks for most."""

    def __init__(self, rows: sparse.csr_array, right: Ints | Floats, low: Ints | Floats, high: Ints | Floats) -> None:
        matrix = sparse.csc_array(rows)
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("mip_max_nodes", _NODES)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_ = np.zeros(matrix.shape[1])
        model.col_lower_, model.col_upper_ = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        model.row_lower_ = model.row_upper_ = np.asarray(right, dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data.astype(np.float64)
        self.highs.passModel(model)
        self.columns = np.arange(matrix.shape[1], dtype=np.int32)

    def most(self, objective: Floats, *, whole: bool = False) -> Solution | None:
        """Return the point with the largest objective, in whole numbers if asked; None where there is none, or no time."""
        self.highs.changeColsCost(len(self.columns), self.columns, -np.asarray(objective, dtype=np.float64))
        if whole:
            self._integrality(highspy.HighsVarType.kInteger)
        self.highs.run()
        feasible = self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        ended = self.highs.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kSolutionLimit,
        )
        found = self.highs.getSolution()
        if whole:
            self._integrality(highspy.HighsVarType.kContinuous)
        if not (feasible and ended):
            return None
        return Solution(np.array(found.col_value), -np.array(found.row_dual))

    def _integrality(self, kind: highspy.HighsVarType) -> None:
        self.highs.changeColsIntegrality(len(self.columns), self.columns, np.full(len(self.columns), kind))


def as_whole(point: Floats) -> Ints | None:
    """Return a point as whole numbers where it is one, to the solver's exactness."""
    whole = np.rint(point).astype(np.int64)
    return whole if len(point) == 0 or float(np.abs(point - whole).max()) < _NEAR else None
