"""The compiled loops over nodes: bounds from margins, and what a node says of those below and above it.

A node is one level for each variable. Nodes stand in flat arrays in the order of their mixed-radix number; the *box below* a
node holds every node that is at most as general in each variable, the box above it every node that is at least as general.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.kernels import compiled

Codes = NDArray[Any]
Integers = NDArray[np.int64]
Integers32 = NDArray[np.int32]
Floats = NDArray[np.float64]


@compiled
def small_in_margins(
    codes: Codes, counts: Integers, chosen: Integers, levels: Integers, sizes: Integers, offsets: Integers,
    steps: Integers32, k: int, work: Integers32, found: Integers,
) -> None:  # fmt: skip
    """Count for each node over three variables, all others generalized away, the records in classes below k.

    The classes of the most specific node are counted once, and rolled up level by level. `work` holds three tables of that
    size: at the level of the first variable, of the first two, and of all three; each is rolled up where it stands.
    """
    a, b, c = chosen[0], chosen[1], chosen[2]
    inner = sizes[c, 0]
    middle = sizes[b, 0] * inner
    room = sizes[a, 0] * middle
    count_margin(codes, counts, a, b, c, middle, inner, work[:room])
    out = 0
    for la in range(levels[a]):
        if la > 0:
            roll_margin(work, 0, 1, sizes[a, la - 1], middle, steps, offsets[a, la - 1, la])
        na = sizes[a, la]
        work[room : room + na * middle] = work[: na * middle]
        for lb in range(levels[b]):
            if lb > 0:
                roll_margin(work, room, na, sizes[b, lb - 1], inner, steps, offsets[b, lb - 1, lb])
            nb = na * sizes[b, lb]
            work[2 * room : 2 * room + nb * inner] = work[room : room + nb * inner]
            for lc in range(levels[c]):
                if lc > 0:
                    roll_margin(work, 2 * room, nb, sizes[c, lc - 1], 1, steps, offsets[c, lc - 1, lc])
                found[out] = records_under(work[2 * room : 2 * room + nb * sizes[c, lc]], k)
                out += 1


@compiled
def count_margin(
    codes: Codes, counts: Integers, a: int, b: int, c: int, middle: int, inner: int, work: Integers32
) -> None:
    """Count the records by three of their codes."""
    work[:] = 0
    for row in range(codes.shape[0]):
        work[codes[row, a] * middle + codes[row, b] * inner + codes[row, c]] += counts[row]


@compiled
def records_under(cells: Integers32, k: int) -> int:
    """Add up the counts that are under k."""
    small = 0
    for place in range(len(cells)):
        if cells[place] < k:
            small += cells[place]
    return small


@compiled
def roll_margin(
    work: Integers32, start: int, outer: int, size: int, inner: int, steps: Integers32, offset: int
) -> None:
    """Merge in place the codes of one variable of a dense table: outer by size by inner becomes outer by fewer by inner."""
    upper = 0
    for code in range(size):
        upper = max(upper, steps[offset + code] + 1)
    merged = np.zeros(upper * inner, dtype=np.int32)
    for block in range(outer):
        for place in range(upper * inner):
            merged[place] = 0
        for code in range(size):
            into = steps[offset + code] * inner
            source = start + (block * size + code) * inner
            for place in range(inner):
                merged[into + place] += work[source + place]
        for place in range(upper * inner):
            work[start + block * upper * inner + place] = merged[place]


@compiled
def raise_below(
    node: Integers, strides: Integers, suppressed: float, added: float, limit: float, base: Floats, least: Floats,
    most_suppressed: Floats, most_added: Floats, bound: Floats,
) -> None:  # fmt: skip
    """Raise the bounds of every node in the box below a node by what was found there; a node over the limit is closed."""
    m = len(node)
    at = np.zeros(m, dtype=np.int64)
    place = 0
    while True:
        if bound[place] < np.inf:
            if suppressed > most_suppressed[place]:
                most_suppressed[place] = suppressed
            if added > most_added[place]:
                most_added[place] = added
            if most_suppressed[place] > limit:
                bound[place] = np.inf
            else:
                value = base[place] + max(most_suppressed[place] * least[place], most_added[place])
                if value > bound[place]:
                    bound[place] = value
        j = m - 1
        while j >= 0 and at[j] == node[j]:
            place -= at[j] * strides[j]
            at[j] = 0
            j -= 1
        if j < 0:
            return
        at[j] += 1
        place += strides[j]


@compiled
def raise_above(node: Integers, levels: Integers, strides: Integers, value: float, bound: Floats) -> None:
    """Raise the bound of every node in the box above a node to a value that cannot fall upward."""
    m = len(node)
    at = node.copy()
    place = 0
    for j in range(m):
        place += at[j] * strides[j]
    while True:
        if value > bound[place]:
            bound[place] = value
        j = m - 1
        while j >= 0 and at[j] == levels[j] - 1:
            place -= (at[j] - node[j]) * strides[j]
            at[j] = node[j]
            j -= 1
        if j < 0:
            return
        at[j] += 1
        place += strides[j]


@compiled
def pick_between(
    lowest: int, levels: Integers, strides: Integers, bound: Floats, best: float, share: float, height: Integers
) -> int:
    """Return an open node above an open one: the least bound among those that stand at a share of the way to the top.

    `height` gives the sum of levels of each node. Evaluating there closes much below it where it fails, and is cheap.
    """
    m = len(levels)
    start = np.empty(m, dtype=np.int64)
    rest = lowest
    most = 0
    for j in range(m):
        start[j] = rest // strides[j]
        rest -= start[j] * strides[j]
        most += levels[j]
    least = np.full(most, np.inf)
    chosen = np.full(most, -1, dtype=np.int64)
    at = start.copy()
    place = lowest
    top = 0
    while True:
        if bound[place] < best:
            rise = height[place] - height[lowest]
            if bound[place] < least[rise]:
                least[rise] = bound[place]
                chosen[rise] = place
            top = max(top, rise)
        j = m - 1
        while j >= 0 and at[j] == levels[j] - 1:
            place -= (at[j] - start[j]) * strides[j]
            at[j] = start[j]
            j -= 1
        if j < 0:
            break
        at[j] += 1
        place += strides[j]
    rise = round(top * share)
    while chosen[rise] < 0:
        rise -= 1
    return int(chosen[rise])


@compiled
def meet_of_open(
    bound: Floats,
    best: float,
    levels_of: NDArray[np.uint8],
    order: Integers,
    depth: int,
    node: Integers,
    lowest: Integers,
) -> int:
    """Write the lowest level of each variable among open nodes that share the node's levels in the first variables.

    Returns how many such nodes there are.
    """
    m = len(node)
    for j in range(m):
        lowest[j] = 255
    found = 0
    for place in range(len(bound)):
        if bound[place] < best:
            same = True
            for at in range(depth):
                j = order[at]
                if levels_of[place, j] != node[j]:
                    same = False
                    break
            if same:
                found += 1
                for j in range(m):
                    lowest[j] = min(lowest[j], levels_of[place, j])
    return found
