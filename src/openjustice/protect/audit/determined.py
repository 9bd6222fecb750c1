"""The exact linear audit: which hidden cells have one value only, given every sum that holds and every cell that is shown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.protect.audit import elimination, remainder
from openjustice.protect.audit.elimination import Eliminated
from openjustice.protect.audit.field import PRIME

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_VECTORS = 2
_DENSE_AT = 300.0
_MANY = 60_000  # fewer hidden cells are solved in one go


def find_determined(
    equations: sparse.csr_array,
    hidden: Bools,
    *,
    parents: Ints | None = None,
    blocks: Ints | None = None,
    seed: int = 1,
    dense_at: float = _DENSE_AT,
) -> Bools:
    """Say which hidden cells follow from the shown ones by sums alone, exactly; whether counts are whole or not matters not.

    A cell is determined where every change that no equation sees leaves it as it is. Two changes are drawn at random,
    modulo a large prime, from all of them; a cell that both leave alone is determined. `parents`: for each equation of a
    complete cube the cell that is summed up, else -1; one equation for each such cell says all. `blocks`: for each cell a
    block; where there are very many cells, changes within one block are found first, and make the rest small.
    Claims: exact, but for a chance below one in 10^9 for all cells together. Surprise: a cell may be safe here and still be
    known closely; that is the audit of intervals.
    """
    columns = np.flatnonzero(hidden)
    determined = np.zeros(len(hidden), dtype=np.bool_)
    if not len(columns):
        return determined
    matrix = _matrix(equations, columns, parents=parents)
    determined[columns] = ~find_changes(
        matrix, blocks=None if blocks is None else blocks[columns], seed=seed, dense_at=dense_at
    ).any(axis=0)
    return determined


def find_together(
    equations: sparse.csr_array, hidden: Bools, *, parents: Ints | None = None, seed: int = 1
) -> list[Ints]:
    """Return groups of hidden cells that move only together: who knows one of a group knows all of it.

    Assumes that no hidden cell is determined. Two cells move together where both random changes move them in one ratio.
    """
    columns = np.flatnonzero(hidden)
    if not len(columns):
        return []
    vectors = find_changes(_matrix(equations, columns, parents=parents), blocks=None, seed=seed)
    groups = _groups(elimination.ratios(vectors[0], vectors[1]))
    return [columns[group] for group in groups if len(group) > 1]


def find_changes(matrix: sparse.csr_array, *, blocks: Ints | None, seed: int, dense_at: float = _DENSE_AT) -> Ints:
    """Draw two vectors at random among those that every row of the matrix sums to zero, modulo the prime."""
    kept = np.arange(matrix.shape[1])
    total = np.zeros((_VECTORS, matrix.shape[1]), dtype=np.int64)
    if blocks is not None and len(kept) > _MANY:
        whole = sparse.csc_array(matrix)
        free = np.zeros(len(kept), dtype=np.bool_)
        for number, inside in enumerate(_groups(blocks)):
            vectors, is_free = _solve(whole[:, inside].tocsr(), seed=seed + 1_000 + number, dense_at=dense_at)
            total[:, inside] = vectors
            free[inside] = is_free
        # A change of one block can undo any other in its free cells: the rest need not move these.
        kept = np.flatnonzero(~free)
        matrix = whole[:, kept].tocsr()
    vectors, _ = _solve(matrix, seed=seed, dense_at=dense_at)
    total[:, kept] = (total[:, kept] + vectors) % PRIME
    return total


def _matrix(equations: sparse.csr_array, columns: Ints, *, parents: Ints | None) -> sparse.csr_array:
    rows = sparse.csr_array(equations)
    if parents is not None:
        is_hidden = np.zeros(rows.shape[1], dtype=np.int64)
        is_hidden[columns] = 1
        rows = rows[_one_for_each(parents, abs(rows.sign()) @ is_hidden)]
    return sparse.csr_array(rows[:, columns])


def _one_for_each(parents: Ints, unknowns: Ints) -> Ints:
    """Return one equation for each parent, the one with the fewest unknown cells, and all that have no parent."""
    order = np.lexsort((unknowns, parents))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = parents[order][1:] != parents[order][:-1]
    return np.sort(order[first | (parents[order] < 0)])


def _groups(labels: Ints) -> list[Ints]:
    order = np.argsort(labels, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(labels[order])) + 1))


def _solve(matrix: sparse.csr_array, *, seed: int, dense_at: float) -> tuple[Ints, Bools]:
    """Return random vectors that every row sums to zero, and which of their entries were free to choose."""
    matrix.sort_indices()
    matrix = matrix[np.diff(matrix.indptr) > 0]
    column_count = matrix.shape[1]
    found = elimination.eliminate(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int64),
        elimination.residues(matrix.data.astype(np.int64)),
        column_count=column_count,
        dense_at=dense_at,
    )
    vectors = elimination.draw_vectors(_VECTORS, column_count, seed)
    free = np.ones(column_count, dtype=np.bool_)
    free[found.solved_columns] = False
    if len(found.open_rows):
        _solve_rest(found, vectors, free)
    for vector in vectors:
        elimination.substitute(
            found.solved_rows, found.solved_columns, found.starts, found.lengths, found.columns, found.factors, vector
        )
    return vectors, free


def _solve_rest(found: Eliminated, vectors: Ints, free: Bools) -> None:
    is_open = np.zeros(len(free), dtype=np.bool_)
    for row in found.open_rows:
        is_open[found.columns[found.starts[row] : found.starts[row] + found.lengths[row]]] = True
    columns = np.flatnonzero(is_open)
    places = np.cumsum(is_open) - 1
    dense = np.zeros((len(found.open_rows), len(columns)), dtype=np.int64)
    for number, row in enumerate(found.open_rows):
        here = slice(found.starts[row], found.starts[row] + found.lengths[row])
        dense[number, places[found.columns[here]]] = found.factors[here]
    part = np.ascontiguousarray(vectors[:, columns])
    free[columns[remainder.solve_dense(dense, part)]] = False
    vectors[:, columns] = part
