"""Walks from table to table, all of whole numbers and all agreeing with what is shown, so that ranges are found by example."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.methods.cell_suppression.fast.kernels import Flags, Ints, Room, Smalls, Sums, draw

_STEPS = 96


class Ranges(NamedTuple):
    """The table the walk stands at, the floors under it, and the ends of what every table so far had in each cell."""

    table: Ints
    floor: Ints
    low: Ints
    high: Ints


class Wanted(NamedTuple):
    """What a range must be: so wide, and reach up to `least_high` of its cell."""

    width: int
    least_high: Ints


@compiled
def is_met(ranges: Ranges, wanted: Wanted, cell: int) -> bool:
    """Say whether the range of a cell found so far is enough."""
    wide = ranges.high[cell] - ranges.low[cell] >= wanted.width
    return bool(wide and ranges.high[cell] >= wanted.least_high[cell])


@compiled
def step_cell(sums: Sums, balance: Smalls, room: Room, waiting: int, cell: int, by: int) -> int:
    """Change a cell by one in the balance of its sums; return how many sums wait on the stack."""
    for at in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
        row = sums.cell_rows[at]
        balance[row] += by * sums.cell_signs[at]
        if balance[row] != 0:
            room.stack[waiting] = row
            waiting += 1
    return waiting


@compiled
def find_counter(
    sums: Sums, hidden: Flags, ranges: Ranges, room: Room, balance: Smalls, moved: Smalls, row: int, noise: float
) -> int:
    """Return the cell of an unbalanced sum whose change by one mends most and opens least, or -1."""
    best, lowest = -1, 1e300
    for at in range(sums.row_start[row], sums.row_start[row + 1]):
        cell = sums.row_cells[at]
        by = -1 if balance[row] * sums.row_signs[at] > 0 else 1
        if not hidden[cell] or moved[cell] * by < 0:
            continue
        if by < 0 and ranges.table[cell] + moved[cell] - 1 < ranges.floor[cell]:
            continue
        price = noise * draw(room)
        for place in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
            price += 1.0 if balance[sums.cell_rows[place]] * sums.cell_signs[place] * by >= 0 else -1.5
        if price < lowest:
            best, lowest = cell, price
    return best


@compiled
def find_circuit(
    sums: Sums,
    hidden: Flags,
    ranges: Ranges,
    room: Room,
    balance: Smalls,
    moved: Smalls,
    cell: int,
    by: int,
    noise: float,
) -> int:
    """Change a cell by one and others by one each until every sum is as it was; return how many changes were made, or -1.

    The changes are in `moved`, the changed cells in the log; both are cleared where it does not come out even.
    """
    if by < 0 and ranges.table[cell] - 1 < ranges.floor[cell]:
        return -1
    room.log[0], moved[cell], count = cell, by, 1
    waiting = step_cell(sums, balance, room, 0, cell, by)
    while waiting > 0 and count < _STEPS:
        row = room.stack[waiting - 1]
        if balance[row] == 0:
            waiting -= 1
            continue
        other = find_counter(sums, hidden, ranges, room, balance, moved, row, noise)
        if other < 0:
            break
        change = 1
        for at in range(sums.row_start[row], sums.row_start[row + 1]):
            if sums.row_cells[at] == other and balance[row] * sums.row_signs[at] > 0:
                change = -1
        room.log[count] = other
        count += 1
        moved[other] += change
        waiting = step_cell(sums, balance, room, waiting, other, change)
    if waiting > 0:
        for at in range(count):
            clear(sums, balance, moved, room.log[at])
        return -1
    return count


@compiled
def clear(sums: Sums, balance: Smalls, moved: Smalls, cell: int) -> None:
    """Forget the change of a cell, and the balance of its sums."""
    moved[cell] = 0
    for at in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
        balance[sums.cell_rows[at]] = 0


@compiled
def apply_circuit(ranges: Ranges, room: Room, moved: Smalls, count: int) -> None:
    """Go on to the table that the changes make, and widen the ranges of its cells; both ways where it can be gone back."""
    back = True
    for at in range(count):
        cell = room.log[at]
        if ranges.table[cell] - moved[cell] < ranges.floor[cell]:
            back = False
    for at in range(count):
        cell = room.log[at]
        if moved[cell] == 0:
            continue
        if back:
            ranges.low[cell] = min(ranges.low[cell], ranges.table[cell] - moved[cell])
            ranges.high[cell] = max(ranges.high[cell], ranges.table[cell] - moved[cell])
        ranges.table[cell] += moved[cell]
        ranges.low[cell] = min(ranges.low[cell], ranges.table[cell])
        ranges.high[cell] = max(ranges.high[cell], ranges.table[cell])
        moved[cell] = 0


@compiled
def walk(
    sums: Sums, hidden: Flags, ranges: Ranges, wanted: Wanted, room: Room, values: Ints, targets: Ints, tries: int
) -> Ints:
    """Walk until the range of every target is met, or so many tries for one were in vain; return the targets left open.

    Every table of the walk fits every sum and every floor, so each end of a range is one that nobody can exclude.
    """
    balance, moved = np.zeros(sums.row_start.size - 1, dtype=np.int32), np.zeros(values.size, dtype=np.int32)
    left = np.zeros(targets.size, dtype=np.int64)
    found = 0
    for cell in targets:
        vain = 0
        while not is_met(ranges, wanted, cell) and vain < tries:
            if vain % 8 == 7:
                ranges.table[:] = values
            up = ranges.high[cell] < wanted.least_high[cell] or vain % 2 == 0
            before_low, before_high = ranges.low[cell], ranges.high[cell]
            noise = 0.5 + 0.25 * (vain % 8)
            count = find_circuit(sums, hidden, ranges, room, balance, moved, cell, 1 if up else -1, noise)
            if count > 0:
                apply_circuit(ranges, room, moved, count)
            if ranges.low[cell] == before_low and ranges.high[cell] == before_high:
                vain += 1
        if not is_met(ranges, wanted, cell):
            left[found] = cell
            found += 1
    return left[:found]
