"""The compiled loops of the search for classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.grouping.levels import Floats, Integers, Integers32, Levels, Tokens

if TYPE_CHECKING:
    from openjustice.protect.grouping.levels import Leveled

_SHIFT = np.uint64(17)


@compiled
def key_of(codes: Integers32, tokens: Tokens, node: Levels, record: int) -> np.uint64:
    """Return a number for how a record is shown at a node; two different ways share one by a chance of 2^-64."""
    key = np.uint64(0)
    for variable in range(codes.shape[1]):
        key ^= tokens[codes[record, variable], node[variable]]
    return key


@compiled
def room_for(count: int, least: int) -> int:
    """Return a power of two that is at least so many times a count."""
    size = 4
    while size < least * count:
        size *= 2
    return size


@compiled
def peel(  # noqa: C901  (a kernel: one loop)
    codes: Integers32, tokens: Tokens, costs: Floats, nodes: Levels, at: Integers32, limits: Floats, k: int,
    share: float, classes: Integers32,
) -> int:  # fmt: skip
    """Release the records node by node and return the number of classes; `classes` receives the class of each.

    A step releases every class of k that costs no more than its limit, if these are at least the share of what is left.
    A first count by a part of the key alone tells most records that their class is too small; it may err on one side only.
    """
    left = np.flatnonzero(classes < 0).astype(np.uint32)
    rest, made, width = len(left), 0, codes.shape[1]
    rows = np.empty((rest, width), dtype=np.uint32)  # the codes of what is left, side by side: most time is spent here
    for i in range(rest):
        for variable in range(width):
            rows[i, variable] = codes[left[i], variable]
    owner = np.zeros(len(tokens), dtype=np.uint32)
    for i in range(rest):
        for variable in range(width):
            owner[rows[i, variable]] = variable
    shown = np.empty(len(tokens), dtype=np.uint64)
    keys = np.empty(rest, dtype=np.uint64)
    rough = np.zeros(room_for(rest, 4), dtype=np.uint8)
    enough = np.uint8(min(k, 255))
    places = np.empty(rest, dtype=np.uint32)
    room = room_for(rest, 2)
    table_key = np.zeros(room, dtype=np.uint64)
    table_count = np.zeros(room, dtype=np.int32)
    table_class = np.full(room, -1, dtype=np.int32)
    slots = np.zeros(rest + 1, dtype=np.int32)
    cheapest_left = np.zeros(len(nodes))
    for step in range(len(at)):
        if rest == 0:
            break
        node, limit = at[step], limits[step]
        if cheapest_left[node] > limit:
            continue
        mask = np.uint64(room_for(rest, 4) - 1)
        for value in range(len(tokens)):
            shown[value] = tokens[value, nodes[node, owner[value]]]
        for i in range(rest):
            key = np.uint64(0)
            for variable in range(width):
                key ^= shown[rows[i, variable]]
            place = np.uint32((key >> _SHIFT) & mask)
            keys[i], places[i] = key, place
            if rough[place] < 255:
                rough[place] += np.uint8(1)
        able = 0
        for i in range(rest):
            slots[able] = i
            able += rough[places[i]] >= enough
        rough[: mask + np.uint64(1)] = 0
        if able == 0 or able < share * rest:
            if able == 0:
                cheapest_left[node] = np.inf
            continue
        mask = np.uint64(room_for(able, 2) - 1)
        for j in range(able):
            key = keys[slots[j]]
            slot = (key >> _SHIFT) & mask
            while table_count[slot] != 0 and table_key[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            table_key[slot] = key
            table_count[slot] += 1
        over = np.inf
        for j in range(able):
            i = slots[j]
            key = keys[i]
            slot = (key >> _SHIFT) & mask
            while table_key[slot] != key or table_count[slot] == 0:
                slot = (slot + np.uint64(1)) & mask
            if table_count[slot] < k:
                continue
            if table_class[slot] == -1:
                cost = 0.0
                for variable in range(width):
                    cost += costs[rows[i, variable], nodes[node, variable]]
                if cost <= limit:
                    table_class[slot] = made
                    made += 1
                else:
                    table_class[slot] = -2
                    over = min(over, cost)
            if table_class[slot] >= 0:
                classes[left[i]] = table_class[slot]
        cheapest_left[node] = over
        for slot in range(mask + np.uint64(1)):
            table_count[slot] = 0
            table_class[slot] = -1
        kept = 0
        for i in range(rest):
            if classes[left[i]] < 0:
                left[kept] = left[i]
                rows[kept] = rows[i]
                kept += 1
        rest = kept
    return made


@compiled
def tighten(codes: Integers32, tokens: Tokens, classes: Integers32, levels: Levels, first: Integers) -> None:
    """Find the lowest levels at which all records of each class are shown alike, and the first record of each."""
    for record in range(len(codes)):
        own = classes[record]
        if own < 0:
            continue
        if first[own] < 0:
            first[own] = record
            continue
        for variable in range(codes.shape[1]):
            mine, other = codes[record, variable], codes[first[own], variable]
            level = levels[own, variable]
            while tokens[mine, level] != tokens[other, level]:
                level += 1
            levels[own, variable] = level


def tighten_classes(leveled: Leveled, classes: Integers32) -> tuple[Levels, Integers]:
    """Return the lowest levels that show all records of each class alike, and the first record of each class."""
    count = int(classes.max(initial=-1)) + 1
    levels = np.zeros((count, leveled.codes.shape[1]), dtype=np.int8)
    first = np.full(count, -1, dtype=np.int64)
    tighten(leveled.codes, leveled.tokens, classes, levels, first)
    return levels, first


@compiled
def cheapest_home(
    codes: Integers32, tokens: Tokens, costs: Floats, record: int, levels: Levels, first: Integers, sizes: Integers
) -> int:  # fmt: skip
    """Return the class whose cost, with one more record in it, grows least."""
    best, found = np.inf, -1
    for own in range(len(first)):
        if sizes[own] == 0:
            continue
        before, after = 0.0, 0.0
        for variable in range(codes.shape[1]):
            mine, other, level = codes[record, variable], codes[first[own], variable], levels[own, variable]
            before += costs[other, level]
            while tokens[mine, level] != tokens[other, level]:
                level += 1
            after += costs[other, level]
        grown = (sizes[own] + 1) * after - sizes[own] * before
        if grown < best:
            best, found = grown, own
    return found


@compiled
def bound(  # noqa: C901  (a kernel: one loop)
    codes: Integers32, tokens: Tokens, costs: Floats, counts: Integers, nodes: Levels, k: int, best: Floats
) -> None:  # fmt: skip
    """Lower each tuple's cost to that of the cheapest node at which the tuples shown like it hold k records.

    `best` comes in as costs that are known to be possible, so that only cheaper nodes need a count.
    """
    count, width = codes.shape
    active = np.zeros(count, dtype=np.int32)
    cost_here = np.zeros(count)
    slots = np.zeros(count, dtype=np.int64)
    table_key = np.zeros(room_for(count, 2), dtype=np.uint64)
    table_count = np.full(len(table_key), -1, dtype=np.int64)
    for node in range(len(nodes)):
        able = 0
        for row in range(count):
            cost = 0.0
            for variable in range(width):
                cost += costs[codes[row, variable], nodes[node, variable]]
                if cost >= best[row]:
                    break
            if cost < best[row]:
                active[able] = row
                cost_here[able] = cost
                able += 1
        if able == 0:
            continue
        mask = np.uint64(room_for(able, 2) - 1)
        for i in range(able):
            key = key_of(codes, tokens, nodes[node], active[i])
            slot = (key >> _SHIFT) & mask
            while table_count[slot] >= 0 and table_key[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            table_key[slot] = key
            table_count[slot] = 0
            slots[i] = slot
        for row in range(count):
            key = key_of(codes, tokens, nodes[node], row)
            slot = (key >> _SHIFT) & mask
            while table_count[slot] >= 0 and table_key[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            if table_count[slot] >= 0:
                table_count[slot] += counts[row]
        for i in range(able):
            if table_count[slots[i]] >= k:
                best[active[i]] = cost_here[i]
        for i in range(able):
            table_count[slots[i]] = -1
