"""The dense rest of an elimination: blocks of columns, solved exactly, with the machine's own matrix product for the bulk."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from openjustice.ground.kernels import compiled
from openjustice.protect.audit.field import fold, inverse, minus, times

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_WIDTH = 48  # 48 products of a residue with 16 bits stay below 2^53, so floating numbers hold their sum exactly
_ROWS = 2_048
_LOW = 16


def solve_dense(matrix: Ints, vectors: Ints) -> Ints:
    """Change `vectors` (one row each) so that every row of the matrix times them is zero, by as few entries as needed.

    Returns the columns that were solved; the other entries are kept as they were. Surprise: the matrix is used up.
    """
    row_count, column_count = matrix.shape
    solved: list[int] = []
    for left in range(0, column_count, _WIDTH):
        if len(solved) == row_count:
            break
        right, top = min(left + _WIDTH, column_count), len(solved)
        lower = np.zeros((row_count - top, right - left), dtype=np.int64)
        pivots = _solve_panel(matrix, lower, top, left, right)
        if len(pivots) and right < column_count:
            _swap_rest(matrix, pivots[:, 1], top, right)
            _update(matrix, lower[:, : len(pivots)], top=top, right=right)
        solved.extend(pivots[:, 0].tolist())
    columns = np.array(solved, dtype=np.int64)
    _substitute(matrix, columns, vectors)
    return columns


@compiled
def _solve_panel(matrix: Ints, lower: Ints, top: int, left: int, right: int) -> Ints:
    """Eliminate within a block of columns; note the pivot columns, the rows swapped, and the multipliers in `lower`."""
    pivots = np.empty((right - left, 2), np.int64)
    found = 0
    for column in range(left, right):
        head = top + found
        row = head
        while row < len(matrix) and matrix[row, column] == 0:
            row += 1
        if row == len(matrix):
            continue
        pivots[found, 0], pivots[found, 1] = column, row
        for k in range(left, right):
            matrix[head, k], matrix[row, k] = matrix[row, k], matrix[head, k]
        for k in range(found):
            lower[found, k], lower[row - top, k] = lower[row - top, k], lower[found, k]
        scale = inverse(matrix[head, column])
        for other in range(head + 1, len(matrix)):
            if matrix[other, column] != 0:
                factor = times(matrix[other, column], scale)
                lower[other - top, found] = factor
                negative = minus(0, factor)
                for k in range(column, right):
                    matrix[other, k] = fold(matrix[other, k] + negative * matrix[head, k])
        found += 1
    return pivots[:found]


@compiled
def _swap_rest(matrix: Ints, swapped: Ints, top: int, right: int) -> None:
    for place in range(len(swapped)):
        first, second = top + place, swapped[place]
        if first != second:
            for k in range(right, matrix.shape[1]):
                matrix[first, k], matrix[second, k] = matrix[second, k], matrix[first, k]


def _update(matrix: Ints, lower: Ints, *, top: int, right: int) -> None:
    """Take the solved rows, with their multipliers, from all rows below, right of the block."""
    found = lower.shape[1]
    _finish_upper(matrix, lower, top, right)
    upper = matrix[top : top + found, right:].astype(np.float64)
    for start in range(found, len(lower), _ROWS):
        part = lower[start : start + _ROWS]
        high = (part >> _LOW).astype(np.float64) @ upper
        low = (part & ((1 << _LOW) - 1)).astype(np.float64) @ upper
        _take_away(matrix[top + start : top + start + len(part), right:], high, low)


@compiled
def _finish_upper(matrix: Ints, lower: Ints, top: int, right: int) -> None:
    for row in range(1, lower.shape[1]):
        for above in range(row):
            negative = minus(0, lower[row, above])
            if negative:
                for k in range(right, matrix.shape[1]):
                    matrix[top + row, k] = fold(matrix[top + row, k] + negative * matrix[top + above, k])


@compiled
def _take_away(part: Ints, high: Floats, low: Floats) -> None:
    for row in range(part.shape[0]):
        for k in range(part.shape[1]):
            product = fold(fold(int(high[row, k])) * 65_536 + int(low[row, k]))
            part[row, k] = minus(part[row, k], product)


@compiled
def _substitute(matrix: Ints, solved: Ints, vectors: Ints) -> None:
    for place in range(len(solved) - 1, -1, -1):
        column = solved[place]
        scale = inverse(matrix[place, column])
        for number in range(len(vectors)):
            total = 0
            for k in range(column + 1, matrix.shape[1]):
                total = fold(total + matrix[place, k] * vectors[number, k])
            vectors[number, column] = times(minus(0, total), scale)
