"""Covering, pruning and annealing of helpers, as compiled kernels over the sums of a table.

A sum stands well where no cell or at least two cells in it are unknown, and where these can carry it up and down as far as
the policy asks (`reach`): a marked cell can always rise, and fall as far as its `fall`. A sum that does not is short.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from openjustice.ground.kernels import compiled

Ints = npt.NDArray[np.int64]
Smalls = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.uint8]
Signs = npt.NDArray[np.int8]

_FAR = 1e300


class Sums(NamedTuple):
    """All sums by row and by cell (compressed): which cells each has, with their signs, and which sums each cell is in."""

    row_start: Smalls
    row_cells: Smalls
    row_signs: Signs
    cell_start: Smalls
    cell_rows: Smalls
    cell_signs: Signs


class Board(NamedTuple):
    """The state of the search: which cells are hidden, and for each sum how many, how many of these under a mark, and how far
    they carry it up and down.

    `reach` has one entry: how far each sum must be able to move.
    """

    hidden: Flags
    unknowns: Smalls
    marked: Smalls
    up: Smalls
    down: Smalls
    fall: Smalls
    reach: Smalls


class Choice(NamedTuple):
    """What may be hidden (`free`), what stays hidden (`fixed`), and the price of each cell."""

    free: Flags
    fixed: Flags
    price: Floats


class Room(NamedTuple):
    """Working space: the cells changed in one step (a hidden one as itself, a shown one as -1 - cell), stacks and lists."""

    log: Ints
    stack: Ints
    near: Ints
    listed: Ints
    place: Ints
    random: npt.NDArray[np.uint64]


@compiled
def draw(room: Room) -> float:
    """Draw a number from 0 to below 1: the same numbers for the same seed, by shifts alone."""
    state = room.random[0]
    state = state ^ (state << np.uint64(13))
    state = state ^ (state >> np.uint64(7))
    state = state ^ (state << np.uint64(17))
    room.random[0] = state
    return float(state >> np.uint64(11)) / 9007199254740992.0


@compiled
def flip(sums: Sums, board: Board, cell: int, by: int) -> None:
    """Hide a cell (`by` 1) or show it again (-1)."""
    board.hidden[cell] = 1 if by > 0 else 0
    reach, fall = board.reach[0], board.fall[cell]
    for at in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
        row = sums.cell_rows[at]
        board.unknowns[row] += by
        board.marked[row] += by
        if sums.cell_signs[at] > 0:
            board.up[row] += by * reach
            board.down[row] += by * fall
        else:
            board.up[row] += by * fall
            board.down[row] += by * reach


@compiled
def is_short(board: Board, row: int) -> bool:
    """Say whether a sum gives a cell away, or holds it too tightly."""
    if board.marked[row] == 0:
        return False
    return bool(board.unknowns[row] < 2 or board.up[row] < board.reach[0] or board.down[row] < board.reach[0])


@compiled
def undo(sums: Sums, board: Board, room: Room, end: int, to: int) -> int:
    """Take back the changes of the log down to a place."""
    for at in range(end - 1, to - 1, -1):
        if room.log[at] >= 0:
            flip(sums, board, room.log[at], -1)
        else:
            flip(sums, board, -1 - room.log[at], 1)
    return to


@compiled
def find_helper(sums: Sums, board: Board, choice: Choice, room: Room, row: int, banned: int, noise: float) -> int:
    """Return the cheapest cell that mends a short sum, or -1: dearer for each sum it opens, cheaper for each it mends."""
    best, lowest = -1, _FAR
    for at in range(sums.row_start[row], sums.row_start[row + 1]):
        cell = sums.row_cells[at]
        if board.hidden[cell] or not choice.free[cell] or cell == banned or choice.price[cell] > 6 * lowest:
            continue
        mended, opened = 0, 0
        for other in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
            if board.unknowns[sums.cell_rows[other]] == 0:
                opened += 1
            elif is_short(board, sums.cell_rows[other]):
                mended += 1
        price = choice.price[cell] * (1 + opened) / mended
        if noise > 0.0:
            price *= 1.0 + noise * draw(room)
        if price < lowest:
            best, lowest = cell, price
    return best


@compiled
def fill(
    sums: Sums,
    board: Board,
    choice: Choice,
    room: Room,
    waiting: int,
    end: int,
    banned: int,
    noise: float,
    limit: float,
) -> tuple[int, float]:
    """Mend the sums on the stack and those that this opens; return the end of the log and the price paid.

    The end is negative (-1 - end) where a sum cannot be mended or the price passes the limit.
    """
    paid = 0.0
    while waiting > 0:
        row = room.stack[waiting - 1]
        if not is_short(board, row):
            waiting -= 1
            continue
        cell = find_helper(sums, board, choice, room, row, banned, noise)
        if cell < 0:
            return -1 - end, paid
        flip(sums, board, cell, 1)
        room.log[end] = cell
        end += 1
        paid += choice.price[cell]
        if paid > limit or end > room.log.size - 64 or waiting > room.stack.size - 4096:
            return -1 - end, paid
        for at in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
            if is_short(board, sums.cell_rows[at]):
                room.stack[waiting] = sums.cell_rows[at]
                waiting += 1
    return end, paid


@compiled
def drop(sums: Sums, board: Board, choice: Choice, room: Room, cell: int, end: int, chain: int) -> tuple[int, float]:
    """Show a helper again, and in a chain those that were hidden only for it; return the end of the log and what is saved.

    Where a cell that must stay hidden would be given away, everything stays as it was and nothing is saved.
    """
    start, saved, waiting, steps = end, choice.price[cell], 1, 0
    flip(sums, board, cell, -1)
    room.log[end] = -1 - cell
    end += 1
    room.stack[0] = cell
    while waiting > 0:
        waiting -= 1
        shown = room.stack[waiting]
        for at in range(sums.cell_start[shown], sums.cell_start[shown + 1]):
            row = sums.cell_rows[at]
            if not is_short(board, row):
                continue
            steps += 1
            lone = -1
            for place in range(sums.row_start[row], sums.row_start[row + 1]):
                if board.hidden[sums.row_cells[place]]:
                    lone = sums.row_cells[place]
                    break
            if board.unknowns[row] > 1 or choice.fixed[lone] or steps > chain:
                return undo(sums, board, room, end, start), 0.0
            flip(sums, board, lone, -1)
            room.log[end] = -1 - lone
            end += 1
            saved += choice.price[lone]
            room.stack[waiting] = lone
            waiting += 1
    return end, saved


@compiled
def cover(sums: Sums, board: Board, choice: Choice, room: Room, noise: float) -> Ints:
    """Mend every short sum, one after the other; return those that cannot be mended."""
    stuck = np.zeros(board.unknowns.size, dtype=np.int64)
    found = 0
    for row in range(board.unknowns.size):
        tries = 0
        while is_short(board, row) and tries < 4:
            room.stack[0] = row
            end, _ = fill(sums, board, choice, room, 1, 0, -1, noise + tries, _FAR)
            if end < 0:
                undo(sums, board, room, -1 - end, 0)
                tries += 1
        if tries == 4:
            stuck[found] = row
            found += 1
    return stuck[:found]


@compiled
def prune(sums: Sums, board: Board, choice: Choice, room: Room, order: Ints) -> float:
    """Show again what is not needed, in this order; return what is saved."""
    saved = 0.0
    for cell in order:
        if board.hidden[cell] and not choice.fixed[cell]:
            _, part = drop(sums, board, choice, room, cell, 0, 20)
            saved += part
    return saved


@compiled
def prune_around(sums: Sums, board: Board, choice: Choice, room: Room, end: int) -> tuple[int, float]:
    """Show again helpers that the last step has made needless, the dearest first; return the end of the log and the saving."""
    count, last = 0, end
    for at in range(last):
        cell = room.log[at]
        if cell < 0:
            continue
        for place in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
            row = sums.cell_rows[place]
            for other in range(sums.row_start[row], sums.row_start[row + 1]):
                helper = sums.row_cells[other]
                if board.hidden[helper] and not choice.fixed[helper] and helper != cell and count < room.near.size:
                    room.near[count] = helper
                    count += 1
    saved = 0.0
    for at in np.argsort(-choice.price[room.near[:count]]):
        helper = room.near[at]
        if board.hidden[helper] and end < room.log.size - 64:
            end, part = drop(sums, board, choice, room, helper, end, 8)
            saved += part
    return end, saved


@compiled
def list_helpers(board: Board, choice: Choice, room: Room) -> int:
    """List the helpers that are hidden now; return how many."""
    count = 0
    for cell in range(board.hidden.size):
        room.place[cell] = -1
        if board.hidden[cell] and not choice.fixed[cell]:
            room.listed[count] = cell
            room.place[cell] = count
            count += 1
    return count


@compiled
def accept(board: Board, room: Room, end: int, count: int) -> int:
    """Bring the list of helpers up to the log of a step that is kept; return how many there are now."""
    for at in range(end):
        cell = room.log[at] if room.log[at] >= 0 else -1 - room.log[at]
        place = room.place[cell]
        if board.hidden[cell] and place < 0:
            room.place[cell] = count
            room.listed[count] = cell
            count += 1
        elif not board.hidden[cell] and place >= 0:
            count -= 1
            room.listed[place] = room.listed[count]
            room.place[room.listed[place]] = place
            room.place[cell] = -1
    return count


@compiled
def exchange(
    sums: Sums, board: Board, choice: Choice, room: Room, cell: int, allowance: float, noise: float
) -> tuple[int, float]:
    """Show one helper and mend what that opens with others; return the end of the log and the change of the price.

    The end is negative where it cannot be done.
    """
    flip(sums, board, cell, -1)
    room.log[0] = -1 - cell
    waiting = 0
    for at in range(sums.cell_start[cell], sums.cell_start[cell + 1]):
        if is_short(board, sums.cell_rows[at]):
            room.stack[waiting] = sums.cell_rows[at]
            waiting += 1
    limit = 6.0 * choice.price[cell] + allowance
    end, paid = fill(sums, board, choice, room, waiting, 1, cell, noise, limit)
    if end < 0:
        return end, 0.0
    end, saved = prune_around(sums, board, choice, room, end)
    return end, paid - choice.price[cell] - saved


@compiled
def anneal(sums: Sums, board: Board, choice: Choice, room: Room, steps: int, heat: float, noise: float) -> float:
    """Exchange helpers, one random helper at a time, keeping what is cheaper and at first also what is a little dearer.

    Returns the change of the price. A step costs what it touches, however large the table is.
    """
    count, change = list_helpers(board, choice, room), 0.0
    for step in range(steps):
        if count == 0:
            break
        warmth = heat * (1.0 - step / steps) ** 2
        allowance = -warmth * np.log(draw(room) + 1e-12)
        cell = room.listed[int(draw(room) * count)]
        end, by = exchange(sums, board, choice, room, cell, allowance, noise)
        if end >= 0 and by <= allowance:
            count = accept(board, room, end, count)
            change += by
        else:
            undo(sums, board, room, end if end >= 0 else -1 - end, 0)
    return change
