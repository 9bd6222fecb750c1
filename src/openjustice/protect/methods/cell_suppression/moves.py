"""A move: how counts could be otherwise around one cell, so that no sum that is shown would change."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from openjustice.protect.cells import IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_suppression.task import Task

_FREE = 0.01  # the price of moving an unknown cell by one: small, so that moves stay small
_NEAR = 1e-6
_NODES, _GAP = 2_000, 0.05


@dataclass(frozen=True)
class Move:
    """Changes of some cells that together leave every equation true; `is_whole` where each is a whole number."""

    cells: IntArray
    by: IntArray
    is_whole: bool = True


def find_move(task: Task, cell: int, *, by: int, among: IntArray, whole: bool) -> Move | None:
    """Return the cheapest move that changes a cell by so much, among these cells; None where there is none.

    Unknown cells cost next to nothing, candidates their price. Unless a `whole` move is asked for, it may come in
    fractions: then it says which cells would help, and proves nothing. Source: Fischetti and Salazar-González (2001),
    the subproblem that protects one cell.
    """
    matrix = sparse.csc_array(task.by_cell[:, among])
    rows = np.unique(matrix.indices)
    local = sparse.csr_array(matrix)[rows].tocsc()
    model = _model(task, cell, by=by, among=among, local=local)
    found = _solve(model, count=len(among), whole=False)
    if found is not None and whole and not _as_move(found, among=among, local=local).is_whole:
        found = _solve(model, count=len(among), whole=True)
    return None if found is None else _as_move(found, among=among, local=local)


def _as_move(found: FloatArray, *, among: IntArray, local: sparse.csc_array) -> Move:
    changes = np.rint(found).astype(np.int64)
    is_whole = bool(np.all(np.abs(found - changes) < _NEAR)) and not (local @ changes).any()
    moved = np.abs(found) > _NEAR
    return Move(cells=among[moved], by=changes[moved], is_whole=is_whole)


def _model(task: Task, cell: int, *, by: int, among: IntArray, local: sparse.csc_array) -> highspy.HighsLp:
    """Write the program: each cell's rise and fall are two columns, each equation's changes sum to zero."""
    count, place = len(among), int(np.searchsorted(among, cell))
    reach = 10.0 * (abs(by) + 1)
    lower = np.zeros(2 * count)
    upper = np.concatenate([np.full(count, reach), np.minimum(task.down[among], reach)])
    # Hiding has one price however far a cell moves: spread over the units it can carry, so that few cells carry them all.
    price = np.tile(np.where(task.unknown[among], _FREE, task.cost[among]), 2) / np.clip(upper, 1, abs(by))
    price[[place, count + place]] = 0
    upper[[place, count + place]] = 0
    moved = place if by > 0 else count + place
    lower[moved] = upper[moved] = abs(by)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = local.shape[0], 2 * count
    model.col_cost_ = price
    model.col_lower_, model.col_upper_ = lower, upper
    model.row_lower_ = model.row_upper_ = np.zeros(local.shape[0])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([local.indptr, local.indptr[1:] + local.nnz]).astype(np.int32)
    model.a_matrix_.index_ = np.concatenate([local.indices, local.indices]).astype(np.int32)
    model.a_matrix_.value_ = np.concatenate([local.data, -local.data]).astype(np.float64)
    return model


def _solve(model: highspy.HighsLp, *, count: int, whole: bool) -> FloatArray | None:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("mip_max_nodes", _NODES), ("presolve", "off")):
        highs.setOptionValue(name, value)
    highs.passModel(model)
    if whole:
        highs.setOptionValue("presolve", "choose")
        kinds = np.full(2 * count, highspy.HighsVarType.kInteger)
        highs.changeColsIntegrality(2 * count, np.arange(2 * count, dtype=np.int32), kinds)
        highs.setOptionValue("mip_rel_gap", _GAP)
    highs.run()
    # Where the limit of nodes is reached, the best whole move found so far serves as well: it is checked exactly.
    usable = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal or (
        whole and highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    )
    if not usable:
        return None
    columns = np.array(highs.getSolution().col_value)
    return np.asarray(columns[:count] - columns[count:])
