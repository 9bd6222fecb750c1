"""The surroundings of a hidden cell: the sums it stands in, the hidden cells of these, and so on, as far as wanted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.ground.kernels import compiled

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Neighbors:
    """The rows and columns of a matrix, each reached from the other."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        self.rows = matrix
        self.row_starts, self.row_columns = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
        by_column = sparse.csc_array(matrix)
        self.column_starts, self.column_rows = by_column.indptr.astype(np.int64), by_column.indices.astype(np.int64)
        self.row_mark = np.zeros(matrix.shape[0], dtype=np.int64)
        self.column_mark = np.zeros(matrix.shape[1], dtype=np.int64)
        self.round = 0

    def columns_around(self, column: int, *, limit: int, closed: Bools) -> Ints:
        """Return about so many columns around one, the nearest first, `closed` ones left out, through short rows first."""
        self.round += 1
        return _grow(
            column, limit, closed, self.row_starts, self.row_columns, self.column_starts, self.column_rows,
            self.row_mark, self.column_mark, self.round,
        )  # fmt: skip

    def rows_around(self, column: int, *, limit: int) -> Ints:
        """Return about so many rows around a column: those it stands in first."""
        self.round += 1
        return _grow_rows(
            column, limit, self.row_starts, self.row_columns, self.column_starts, self.column_rows,
            self.row_mark, self.column_mark, self.round,
        )  # fmt: skip

    def rows_of(self, columns: Ints) -> Ints:
        """Return every row that some of the columns stand in."""
        self.round += 1
        return _touch(columns, self.column_starts, self.column_rows, self.row_mark, self.round)


@compiled
def _grow(
    column: int,
    limit: int,
    closed: Bools,
    row_starts: Ints,
    row_columns: Ints,
    column_starts: Ints,
    column_rows: Ints,
    row_mark: Ints,
    column_mark: Ints,
    mark: int,
) -> Ints:
    found = np.empty(limit, np.int64)
    found[0], size, place = column, 1, 0
    column_mark[column] = mark
    while place < size and size < limit:
        here = found[place]
        place += 1
        for link in range(column_starts[here], column_starts[here + 1]):
            row = column_rows[link]
            if row_mark[row] == mark:
                continue
            row_mark[row] = mark
            for k in range(row_starts[row], row_starts[row + 1]):
                other = row_columns[k]
                if column_mark[other] != mark and not closed[other] and size < limit:
                    column_mark[other] = mark
                    found[size] = other
                    size += 1
    return found[:size]


@compiled
def _grow_rows(
    column: int,
    limit: int,
    row_starts: Ints,
    row_columns: Ints,
    column_starts: Ints,
    column_rows: Ints,
    row_mark: Ints,
    column_mark: Ints,
    mark: int,
) -> Ints:
    found, size, place = np.empty(limit, np.int64), 0, 0
    column_mark[column] = mark
    for link in range(column_starts[column], column_starts[column + 1]):
        if size < limit:
            row_mark[column_rows[link]] = mark
            found[size] = column_rows[link]
            size += 1
    while place < size and size < limit:
        row = found[place]
        place += 1
        for k in range(row_starts[row], row_starts[row + 1]):
            other = row_columns[k]
            if column_mark[other] == mark:
                continue
            column_mark[other] = mark
            for link in range(column_starts[other], column_starts[other + 1]):
                further = column_rows[link]
                if row_mark[further] != mark and size < limit:
                    row_mark[further] = mark
                    found[size] = further
                    size += 1
    return found[:size]


@compiled
def _touch(columns: Ints, column_starts: Ints, column_rows: Ints, row_mark: Ints, mark: int) -> Ints:
    found, size = np.empty(64, np.int64), 0
    for column in columns:
        for link in range(column_starts[column], column_starts[column + 1]):
            row = column_rows[link]
            if row_mark[row] != mark:
                row_mark[row] = mark
                if size == len(found):
                    larger = np.empty(2 * size, np.int64)
                    larger[:size] = found
                    found = larger
                found[size] = row
                size += 1
    return found[:size]
