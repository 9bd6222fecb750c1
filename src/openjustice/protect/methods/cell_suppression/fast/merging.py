"""Merges unknown cells that a sum of two ties together: most of a table's unknowns go before anything is factorized."""

from __future__ import annotations

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.methods.cell_suppression.fast.kernels import Flags, Ints, Signs, Smalls

_WIDEST = 512


@compiled
def hang_below(above: Ints, reason: Ints, cell: int, other: int, row: int) -> None:
    """Hang the tree of `cell` below `other` by a sum, turning round the path from the cell to its old root."""
    child, parent, why = cell, other, row
    while child >= 0:
        next_child, next_why = above[child], reason[child]
        above[child], reason[child] = parent, why
        child, parent, why = next_child, child, next_why


@compiled
def reduce_row(
    row_start: Smalls,
    row_cells: Smalls,
    row_signs: Signs,
    row: int,
    hidden: Flags,
    kind: Ints,
    sign: Signs,
    found: Ints,
) -> int:
    """Write the classes left in a sum as pairs of their factor and a cell each; return how many there are.

    `found` holds, one after the other, the class, its factor and a cell of it. Returns -1 for a sum too wide to look at.
    """
    count = 0
    for at in range(row_start[row], row_start[row + 1]):
        cell = row_cells[at]
        if not hidden[cell]:
            continue
        place = 0
        while place < count and found[3 * place] != kind[cell]:
            place += 1
        if place == _WIDEST:
            return -1
        if place == count:
            found[3 * place], found[3 * place + 1], found[3 * place + 2] = kind[cell], 0, cell
            count += 1
        found[3 * place + 1] += row_signs[at] * sign[cell]
    left = 0
    for place in range(count):
        if found[3 * place + 1] != 0:
            for part in range(3):
                found[3 * left + part] = found[3 * place + part]
            left += 1
    return left


@compiled
def merge_cells(
    row_start: Smalls, row_cells: Smalls, row_signs: Signs, hidden: Flags
) -> tuple[Ints, Signs, Ints, Ints, Flags]:
    """Merge the unknown cells that are equal, up to sign and a known count, by some sum of two.

    Returns for each cell its class (a cell that stands for it) and its sign in it, the tree of merges (the cell above, and
    the sum that ties the two), and which sums say nothing more.
    """
    cells, rows = hidden.size, row_start.size - 1
    kind, sign = np.arange(cells), np.ones(cells, dtype=np.int8)
    following, last = np.full(cells, -1), np.arange(cells)
    size = np.ones(cells, dtype=np.int64)
    above, reason = np.full(cells, -1), np.full(cells, -1)
    spent, found = np.zeros(rows, dtype=np.uint8), np.zeros(3 * _WIDEST + 3, dtype=np.int64)
    changed = True
    while changed:
        changed = False
        for row in range(rows):
            if spent[row]:
                continue
            left = reduce_row(row_start, row_cells, row_signs, row, hidden, kind, sign, found)
            if left == 0:
                spent[row] = 1
            if left != 2 or abs(found[1]) != abs(found[4]):
                continue
            first, second, cell, other = found[0], found[3], found[2], found[5]
            turn = -1 if found[1] == found[4] else 1
            if size[first] < size[second]:
                first, second, cell, other = second, first, other, cell
            hang_below(above, reason, other, cell, row)
            member = second
            while member >= 0:
                kind[member], sign[member] = first, sign[member] * turn
                member = following[member]
            following[last[first]], last[first] = second, last[second]
            size[first] += size[second]
            spent[row], changed = 1, True
    return kind, sign, above, reason, spent
