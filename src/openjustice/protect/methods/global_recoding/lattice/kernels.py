"""The compiled loops over records: the classes of a node, their sizes, what suppressing it would add."""

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
def fill_steps(
    lower: Integers, upper: Integers, offsets: Integers, sizes: Integers, steps: Integers32, adds: Floats,
    lut: Integers, cost: Floats,
) -> float:  # fmt: skip
    """Fill for each code of a table its part of the class key at a node, and what suppressing one record there adds.

    Returns the number of keys that are possible, as a float, for a key may not hold it. The last variable stands lowest, as in
    the order of the rows, so that neighbors among the rows are neighbors among the keys.
    """
    space = 1.0
    stride = 1
    for j in range(len(lower) - 1, -1, -1):
        start = offsets[j, lower[j], upper[j]]
        for code in range(sizes[j, lower[j]]):
            lut[j, code] = steps[start + code] * stride
            cost[j, code] = adds[start + code]
        for code in range(sizes[j, lower[j]], lut.shape[1]):
            lut[j, code] = 0
        space *= sizes[j, upper[j]]
        stride *= sizes[j, upper[j]]
    return space


@compiled
def name_dense(
    codes: Codes, lut: Integers, prior: Integers, cells: Integers32, spots: Integers32, class_of: Integers32,
    first: Integers32,
) -> int:  # fmt: skip
    """Number the classes of the rows in the order of their first rows, and return how many there are.

    `cells` holds a place for each possible key and is left at 0; `spots` is room for one place for each class. `prior`
    gives part of each row's key, or is empty.
    """
    found = 0
    width = lut.shape[0]
    for row in range(codes.shape[0]):
        key = prior[row] if len(prior) else 0
        for j in range(width):
            key += lut[j, codes[row, j]]
        number = cells[key]
        if number == 0:
            first[found] = row
            spots[found] = key
            found += 1
            cells[key] = found
            number = found
        class_of[row] = number - 1
    for number in range(found):
        cells[spots[number]] = 0
    return found


@compiled
def pack_keys(codes: Codes, lut: Integers, prior: Integers, room: int, packed: NDArray[np.uint64]) -> None:
    """Write each row's key, with so many bits below it for the number of the row, and that number."""
    width = lut.shape[0]
    for row in range(codes.shape[0]):
        key = prior[row] if len(prior) else 0
        for j in range(width):
            key += lut[j, codes[row, j]]
        packed[row] = np.uint64(key << room | row)


@compiled
def name_sorted(packed: NDArray[np.uint64], room: int, class_of: Integers32, first: Integers32) -> int:
    """Number the classes of rows in the order of their keys, and return how many there are."""
    found = 0
    before = np.uint64(0)
    low = (np.uint64(1) << np.uint64(room)) - np.uint64(1)
    for at in range(len(packed)):
        key = packed[at] >> np.uint64(room)
        row = packed[at] & low
        if at == 0 or key != before:
            first[found] = row
            found += 1
            before = key
        class_of[row] = found - 1
    return found


@compiled
def add_up(class_of: Integers32, counts: Integers, sizes: Integers, classes: int) -> None:
    """Add up a count of the rows by class."""
    for number in range(classes):
        sizes[number] = 0
    for row in range(len(class_of)):
        sizes[class_of[row]] += counts[row]


@compiled
def add_up_by(
    class_of: Integers32, counts: Integers, codes: Codes, column: int, histogram: Integers, classes: int
) -> None:
    """Add up the counts of the rows by class and code of a column."""
    for number in range(classes):
        for code in range(histogram.shape[1]):
            histogram[number, code] = 0
    for row in range(len(class_of)):
        histogram[class_of[row], codes[row, column]] += counts[row]


@compiled
def weigh_small(
    codes: Codes, first: Integers32, sizes: Integers, held: Integers, cost: Floats, classes: int, k: int, out: Floats
) -> None:
    """Write how many records stand in classes that hold fewer than k, what suppressing them adds, and class measures.

    `out`: suppressed records, their added cost, the same two again as bounds for the box below, sum of squares of all
    classes, of those kept, the number of kept classes, and of all that have a record.
    """
    for place in range(len(out)):
        out[place] = 0.0
    for number in range(classes):
        size = sizes[number]
        square = float(size) * float(size)
        out[4] += square
        out[7] += size > 0
        if held[number] < k:
            added = 0.0
            row = first[number]
            for j in range(cost.shape[0]):
                added += cost[j, codes[row, j]]
            out[0] += size
            out[1] += size * added
        elif size > 0:
            out[5] += square
            out[6] += 1
    out[2] = out[0]
    out[3] = out[1]


@compiled
def count_dense(codes: Codes, counts: Integers, lut: Integers, cells: NDArray[np.uint8], keys: Integers32) -> None:
    """Write each row's key, and count the rows in one byte for each key; a count that would pass 255 stays there."""
    width = lut.shape[0]
    # The variables that are not generalized away: the others add nothing to a key.
    shown = np.zeros(width, dtype=np.int64)
    active = 0
    for j in range(width):
        if lut[j].max() > 0:
            shown[active] = j
            active += 1
    for row in range(codes.shape[0]):
        key = 0
        for at in range(active):
            key += lut[shown[at], codes[row, shown[at]]]
        keys[row] = key
        cells[key] = min(255, cells[key] + counts[row])


@compiled
def clear_bytes(cells: NDArray[np.uint8], keys: Integers32) -> None:
    """Set the cells to 0 again: all of them, or only those that were used where they are few."""
    if len(cells) < 16 * len(keys):
        cells[:] = 0
    else:
        for row in range(len(keys)):
            cells[keys[row]] = 0


@compiled
def weigh_dense(
    codes: Codes, counts: Integers, lut: Integers, cost: Floats, cells: NDArray[np.uint8], keys: Integers32, k: int,
    caps: Integers, over: Integers, out: Floats,
) -> None:  # fmt: skip
    """Write how many records stand in classes under k and what suppressing them adds, for k up to 255: no class is numbered.

    `cells` holds one byte for each possible key and is left at 0. `over` gets the
    records left out by code of each column in `caps`.
    """
    width = lut.shape[0]
    # The variables that are not generalized away: the others add nothing to a key.
    shown = np.zeros(width, dtype=np.int64)
    active = 0
    for j in range(width):
        if lut[j].max() > 0:
            shown[active] = j
            active += 1
    for row in range(codes.shape[0]):
        key = 0
        for at in range(active):
            key += lut[shown[at], codes[row, shown[at]]]
        keys[row] = key
        cells[key] = min(255, cells[key] + counts[row])
    suppressed = 0
    added = 0.0
    for row in range(codes.shape[0]):
        if cells[keys[row]] < k:
            suppressed += counts[row]
            more = 0.0
            for j in range(width):
                more += cost[j, codes[row, j]]
            added += more * counts[row]
            for cap in range(len(caps)):
                over[cap, codes[row, caps[cap]]] += counts[row]
    out[0] = suppressed
    out[1] = added
    out[2] = suppressed
    out[3] = added
    clear_bytes(cells, keys)


@compiled
def weigh_shares(
    codes: Codes, first: Integers32, sizes: Integers, fails: NDArray[np.bool_], shares: Floats, cost: Floats,
    classes: int, out: Floats,
) -> None:  # fmt: skip
    """Write the same as `weigh_small` for classes that fail any rule; `shares` bound what must go at each node below."""
    for place in range(len(out)):
        out[place] = 0.0
    for number in range(classes):
        size = sizes[number]
        square = float(size) * float(size)
        out[4] += square
        out[7] += size > 0
        added = 0.0
        if fails[number] or shares[number] > 0.0:
            row = first[number]
            for j in range(cost.shape[0]):
                added += cost[j, codes[row, j]]
        if fails[number]:
            out[0] += size
            out[1] += size * added
        elif size > 0:
            out[5] += square
            out[6] += 1
        out[2] += size * shares[number]
        out[3] += size * shares[number] * added


@compiled
def add_failing(fails: NDArray[np.bool_], histogram: Integers, classes: int, found: Integers) -> None:
    """Add up by code how many records stand in classes that fail."""
    for code in range(len(found)):
        found[code] = 0
    for number in range(classes):
        if fails[number]:
            for code in range(len(found)):
                found[code] += histogram[number, code]
