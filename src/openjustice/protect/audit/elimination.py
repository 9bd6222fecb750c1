"""Sparse elimination modulo a prime: solves sums of tables row by row, the shortest first, until little is left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openjustice.ground.kernels import compiled
from openjustice.protect.audit.field import PRIME, draw, fold, inverse, minus, times

Ints = npt.NDArray[np.int64]

_LOOKED_AT = 8  # so many rows of the shortest length are compared
_LONGEST = 4_096  # longer rows share one shelf


class Eliminated(NamedTuple):
    """What an elimination leaves: rows in one pool, the solved ones in order, and the rows that are still open.

    A row is `columns[starts[row]:starts[row] + lengths[row]]` with `factors` beside it. Each solved row has factor 1 at its
    pivot.
    """

    solved_rows: Ints
    solved_columns: Ints
    open_rows: Ints
    starts: Ints
    lengths: Ints
    columns: Ints
    factors: Ints


def eliminate(indptr: Ints, indices: Ints, factors: Ints, *, column_count: int, dense_at: float) -> Eliminated:
    """Eliminate the rows of a sparse matrix of residues, sorted by column within each row.

    Stops where the open rows have more than `dense_at` entries on average: a dense method is quicker from there on.
    """
    return Eliminated(*_eliminate(indptr, indices, factors, column_count, dense_at))


@compiled
def _place(columns: Ints, start: int, length: int, column: int) -> int:
    """Return where a row has a column, or -1."""
    low, high = start, start + length
    while low < high:
        middle = (low + high) >> 1
        if columns[middle] < column:
            low = middle + 1
        else:
            high = middle
    return low if low < start + length and columns[low] == column else -1


@compiled
def _shelve(first: Ints, after: Ints, before: Ints, row: int, length: int) -> None:
    """Put a row on the shelf of its length."""
    shelf = min(length, _LONGEST - 1)
    before[row], after[row] = -1, first[shelf]
    if first[shelf] >= 0:
        before[first[shelf]] = row
    first[shelf] = row


@compiled
def _unshelve(first: Ints, after: Ints, before: Ints, row: int, length: int) -> None:
    """Take a row from the shelf of its length."""
    if before[row] >= 0:
        after[before[row]] = after[row]
    else:
        first[min(length, _LONGEST - 1)] = after[row]
    if after[row] >= 0:
        before[after[row]] = before[row]


@compiled
def _row_with(
    column: int, head: Ints, link: Ints, link_row: Ints, is_open: npt.NDArray[np.bool_], rows: tuple[Ints, Ints, Ints]
) -> int:
    """Return an open row that has the column. Assumes that there is one."""
    columns, starts, lengths = rows
    here = head[column]
    while not is_open[link_row[here]] or _place(columns, starts[link_row[here]], lengths[link_row[here]], column) < 0:
        here = link[here]
    return int(link_row[here])


@compiled
def _cheapest(first: Ints, after: Ints, rows: tuple[Ints, Ints, Ints], counts: Ints) -> tuple[int, int]:
    """Return the row and column that make the fewest new entries, among the first rows of the shortest length.

    Assumes that a row is open.
    """
    columns, starts, lengths = rows
    shelf = 1
    while first[shelf] < 0:
        shelf += 1
    best_row, best_column = -1, -1
    best, row, looked = np.int64(1) << 60, first[shelf], 0
    while row >= 0 and looked < _LOOKED_AT and best > 0:
        for k in range(starts[row], starts[row] + lengths[row]):
            cost = (lengths[row] - 1) * (counts[columns[k]] - 1)
            if cost < best:
                best, best_row, best_column = cost, row, columns[k]
        row = after[row]
        looked += 1
    return best_row, best_column


@compiled
def _grown(array: Ints, size: int) -> Ints:
    larger = np.empty(size, np.int64)
    larger[: len(array)] = array
    return larger


@compiled
def _eliminate(  # noqa: C901 (one kernel over arrays that grow: torn apart it would copy them)
    indptr: Ints, indices: Ints, given: Ints, column_count: int, dense_at: float
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    row_count, top = len(indptr) - 1, len(indices)
    columns, factors = _grown(indices, 3 * top + 64), _grown(given, 3 * top + 64)
    starts, lengths = indptr[:-1].copy(), indptr[1:] - indptr[:-1]
    room = lengths.copy()
    rows = (columns, starts, lengths)
    # For each column a chain of the rows that have it; a row may stand there that has it no more.
    link, link_row, links = np.empty(2 * top + 64, np.int64), np.empty(2 * top + 64, np.int64), 0
    head, counts = np.full(column_count, -1, np.int64), np.zeros(column_count, np.int64)
    is_open = lengths > 0
    first, after = np.full(_LONGEST, -1, np.int64), np.full(row_count, -1, np.int64)
    before = np.full(row_count, -1, np.int64)
    for row in range(row_count):
        for k in range(starts[row], starts[row] + lengths[row]):
            link_row[links], link[links] = row, head[columns[k]]
            head[columns[k]] = links
            links += 1
            counts[columns[k]] += 1
        if is_open[row]:
            _shelve(first, after, before, row, lengths[row])
    single, singles = np.empty(column_count + 1, np.int64), 0  # columns that one row alone has
    for column in range(column_count):
        if counts[column] == 1:
            single[singles] = column
            singles += 1
    solved_rows, solved_columns = np.empty(row_count, np.int64), np.empty(row_count, np.int64)
    solved, open_count, entries = 0, int(is_open.sum()), top
    merged_columns, merged_factors = np.empty(column_count, np.int64), np.empty(column_count, np.int64)
    while open_count > 0 and entries <= dense_at * open_count:
        row, column = -1, -1
        while singles > 0 and row < 0:
            singles -= 1
            column = single[singles]
            if counts[column] == 1:
                row = _row_with(column, head, link, link_row, is_open, rows)
        if row < 0:
            row, column = _cheapest(first, after, rows, counts)
        _unshelve(first, after, before, row, lengths[row])
        is_open[row] = False
        open_count -= 1
        entries -= lengths[row]
        solved_rows[solved], solved_columns[solved] = row, column
        solved += 1
        start, end = starts[row], starts[row] + lengths[row]
        scale = inverse(factors[_place(columns, start, lengths[row], column)])
        for k in range(start, end):
            if scale != 1:
                factors[k] = times(factors[k], scale)
            counts[columns[k]] -= 1
            if counts[columns[k]] == 1 and singles < column_count:
                single[singles] = columns[k]
                singles += 1
        here = head[column] if counts[column] > 0 else -1
        while here >= 0:
            other = link_row[here]
            here = link[here]
            place = _place(columns, starts[other], lengths[other], column) if is_open[other] else -1
            if place < 0:
                continue
            negative = minus(0, factors[place])
            i, i_end, j, size = starts[other], starts[other] + lengths[other], start, 0
            while i < i_end or j < end:
                if j >= end or (i < i_end and columns[i] < columns[j]):
                    merged_columns[size], merged_factors[size] = columns[i], factors[i]
                    size += 1
                    i += 1
                elif i >= i_end or columns[j] < columns[i]:
                    new = columns[j]
                    merged_columns[size], merged_factors[size] = new, times(negative, factors[j])
                    size += 1
                    counts[new] += 1
                    if links == len(link):
                        link, link_row = _grown(link, 2 * links), _grown(link_row, 2 * links)
                    link_row[links], link[links] = other, head[new]
                    head[new] = links
                    links += 1
                    j += 1
                else:
                    factor = fold(factors[i] + negative * factors[j])
                    if factor != 0:
                        merged_columns[size], merged_factors[size] = columns[i], factor
                        size += 1
                    else:
                        counts[columns[i]] -= 1
                        if counts[columns[i]] == 1 and columns[i] != column and singles < column_count:
                            single[singles] = columns[i]
                            singles += 1
                    i += 1
                    j += 1
            _unshelve(first, after, before, other, lengths[other])
            entries += size - lengths[other]
            if size > room[other]:
                room[other] = size + size // 2
                if top + room[other] > len(columns):
                    larger = len(columns) + len(columns) // 2 + room[other]
                    columns, factors = _grown(columns, larger), _grown(factors, larger)
                    rows = (columns, starts, lengths)
                starts[other] = top
                top += room[other]
            columns[starts[other] : starts[other] + size] = merged_columns[:size]
            factors[starts[other] : starts[other] + size] = merged_factors[:size]
            lengths[other] = size
            if size > 0:
                _shelve(first, after, before, other, size)
            else:
                is_open[other] = False
                open_count -= 1
    return (
        solved_rows[:solved],
        solved_columns[:solved],
        np.flatnonzero(is_open),
        starts,
        lengths,
        columns[:top],
        factors[:top],
    )


@compiled
def substitute(
    solved_rows: Ints, solved_columns: Ints, starts: Ints, lengths: Ints, columns: Ints, factors: Ints, vector: Ints
) -> None:
    """Fill in the pivots of a vector, the last solved first, so that every solved row sums to zero."""
    for place in range(len(solved_rows) - 1, -1, -1):
        row, column, total = solved_rows[place], solved_columns[place], 0
        for k in range(starts[row], starts[row] + lengths[row]):
            if columns[k] != column:
                total = fold(total + factors[k] * vector[columns[k]])
        vector[column] = minus(0, total)


@compiled
def residues(values: Ints) -> Ints:
    """Return whole numbers, negative ones too, as residues."""
    result = np.empty(len(values), np.int64)
    for k in range(len(values)):
        result[k] = values[k] % PRIME
    return result


@compiled
def draw_vectors(count: int, size: int, seed: int) -> Ints:
    """Draw residues other than zero."""
    vectors = np.empty((count, size), np.int64)
    for number in range(count):
        for place in range(size):
            vectors[number, place] = draw(seed * 2 + number, place + 1)
    return vectors


@compiled
def ratios(first: Ints, second: Ints) -> Ints:
    """Divide residues one by one. Assumes that none of the second is zero."""
    result = np.empty(len(first), np.int64)
    for place in range(len(first)):
        result[place] = times(first[place], inverse(second[place]))
    return result
