"""Every sum of a cube: each node is the sum of its children along one dimension, the others held fixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.protect.cubes.dimension import Dimension, IntArray


def make_sums(dimensions: Sequence[Dimension], places: IntArray, *, cells: int) -> sparse.csr_array:
    """Return one row for each sum: 1 for the parent, -1 for each child, so that `sums @ counts == 0`.

    `places` gives the cell of each combination of nodes (all axes), out of so many `cells`. A node with a single child is
    the same cell twice where both have one place; such a row says nothing and is left out.
    """
    blocks = []
    for axis, dimension in enumerate(dimensions):
        for parent, children in dimension.children.items():
            rows = np.moveaxis(np.take(places, [parent, *children], axis=axis), axis, -1)
            blocks.append(rows.reshape(-1, 1 + len(children)))
    return stack_rows(blocks, cells=cells)


def stack_rows(blocks: Sequence[IntArray], *, cells: int) -> sparse.csr_array:
    """Return rows given as blocks of cells, the parent first; a row that repeats another, or says nothing, is left out."""
    kept = [block[block[:, 0] != block[:, -1]] if block.shape[1] == 2 else block for block in blocks]
    kept = [block for block in kept if len(block)]
    if not kept:
        return sparse.csr_array((0, cells), dtype=np.int8)
    widths = np.concatenate([np.full(len(block), block.shape[1]) for block in kept])
    starts = np.concatenate([[0], np.cumsum(widths)])
    indices = np.concatenate([block.ravel() for block in kept]).astype(np.int32)
    signs = np.full(len(indices), -1, dtype=np.int8)
    signs[starts[:-1]] = 1
    rows = sparse.csr_array((signs, indices, starts.astype(np.int32)), shape=(len(widths), cells))
    first = _first_of_each(indices, signs, starts)
    return rows if len(first) == len(widths) else sparse.csr_array(rows[first])


def _first_of_each(indices: npt.NDArray[np.int32], signs: npt.NDArray[np.int8], starts: IntArray) -> IntArray:
    """Return the first row of each kind. Rows are told apart by 128 bits made of their cells, so chance errs never."""
    marks = []
    for salt in (0x9E3779B97F4A7C15, 0xD1342543DE82EF95):
        bits = indices.astype(np.uint64) + np.uint64(salt)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = (bits ^ (bits >> np.uint64(31))) * signs.astype(np.int64).view(np.uint64)
        marks.append(np.add.reduceat(bits, starts[:-1]))
    order = np.lexsort(marks)
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(marks[0][order]) != 0) | (np.diff(marks[1][order]) != 0)
    return np.sort(order[new])
