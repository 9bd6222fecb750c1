"""Splits classes from the top down: at each turn along the variable that saves most, as long as both sides keep k records.

For many variables it is the only search (a lattice of 24 variables has more nodes than can be tried); after `peel` it splits
the classes that came out larger than they need be. Values too rare to stand alone are pooled. Source: LeFevre, DeWitt,
Ramakrishnan (2006), Mondrian; here along hierarchies, in as many parts as there are values.
"""

from __future__ import annotations

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.grouping.kernels import room_for
from openjustice.protect.grouping.levels import Floats, Integers, Integers32, Leveled, Levels, Tokens

_LEAST_GAIN = 1e-12


def halve(leveled: Leveled, *, k: int, classes: Integers32 | None = None) -> Integers32:
    """Return the class of each record after splitting the given classes, or all records as one, as long as it saves.

    Claims: a class of at least k comes out as classes of at least k. Records in no class (-1) stay so.
    """
    start = np.zeros(len(leveled), dtype=np.int32) if classes is None else classes
    order = np.argsort(start, kind="stable")
    order = order[start[order] >= 0]
    starts = np.flatnonzero(np.diff(start[order], prepend=-1))
    made = np.full(len(leveled), -1, dtype=np.int32)
    if len(order):
        split(leveled.codes, leveled.tokens, leveled.costs, k, order, starts, made)
    return made


@compiled
def split(  # noqa: C901  (a kernel: one loop)
    codes: Integers32, tokens: Tokens, costs: Floats, k: int, order: Integers, starts: Integers,
    classes: Integers32,
) -> int:  # fmt: skip
    """Split each stretch of the order, and what comes of it, until nothing is saved; number the classes and return how many."""
    count, width = len(order), codes.shape[1]
    low = np.empty(len(starts) + count, dtype=np.int64)
    high = np.empty(len(starts) + count, dtype=np.int64)
    todo = len(starts)
    for i in range(todo):
        low[i] = starts[i]
        high[i] = starts[i + 1] if i + 1 < todo else count
    room = room_for(count, 2)
    table_token = np.zeros(room, dtype=np.uint64)
    table_child = np.full(room, -1, dtype=np.int64)
    child_slot = np.zeros(count, dtype=np.int64)
    child_size = np.zeros(count, dtype=np.int64)
    child_gain = np.zeros(count)
    child_group = np.zeros(count, dtype=np.int64)
    child_of = np.zeros(count, dtype=np.int64)
    group_start = np.zeros(count + 1, dtype=np.int64)
    moved = np.zeros(count, dtype=np.int64)
    levels = np.zeros(width, dtype=np.int8)
    made = 0
    while todo > 0:
        todo -= 1
        lo, hi = low[todo], high[todo]
        size = hi - lo
        best_gain, best_variable = _LEAST_GAIN, -1
        if size >= 2 * k:
            _common_levels(codes, tokens, order, lo, hi, levels)
            for variable in range(width):
                if levels[variable] == 0:
                    continue
                children = _children(
                    codes, tokens, costs, order, lo, hi, variable, levels[variable], table_token, table_child,
                    child_slot, child_size, child_gain, child_of,
                )  # fmt: skip
                groups, gain = _pool(k, children, child_size, child_gain, child_group)
                if groups > 1 and gain > best_gain:
                    best_gain, best_variable = gain, variable
        if best_variable < 0:
            for i in range(lo, hi):
                classes[order[i]] = made
            made += 1
            continue
        children = _children(
            codes, tokens, costs, order, lo, hi, best_variable, levels[best_variable], table_token, table_child,
            child_slot, child_size, child_gain, child_of,
        )  # fmt: skip
        groups, _ = _pool(k, children, child_size, child_gain, child_group)
        group_start[: groups + 1] = 0
        for child in range(children):
            group_start[child_group[child] + 1] += child_size[child]
        for group in range(groups):
            group_start[group + 1] += group_start[group]
            low[todo + group] = lo + group_start[group]
            high[todo + group] = lo + group_start[group + 1]
        for i in range(size):
            group = child_group[child_of[i]]
            moved[group_start[group]] = order[lo + i]
            group_start[group] += 1
        order[lo:hi] = moved[:size]
        todo += groups
    return made


@compiled
def _common_levels(
    codes: Integers32, tokens: Tokens, order: Integers, lo: int, hi: int, levels: Levels
) -> None:  # fmt: skip
    levels[:] = 0
    for i in range(lo + 1, hi):
        for variable in range(codes.shape[1]):
            mine, other = codes[order[i], variable], codes[order[lo], variable]
            level = levels[variable]
            while tokens[mine, level] != tokens[other, level]:
                level += 1
            levels[variable] = level


@compiled
def _children(
    codes: Integers32, tokens: Tokens, costs: Floats, order: Integers, lo: int, hi: int, variable: int, level: int,
    table_token: Tokens, table_child: Integers, child_slot: Integers, child_size: Integers, child_gain: Floats,
    child_of: Integers,
) -> int:  # fmt: skip
    """Find what a variable's values are one level below, how many records have each, and what each record would save."""
    mask = np.uint64(room_for(hi - lo, 2) - 1)
    children = 0
    for i in range(lo, hi):
        value = codes[order[i], variable]
        token = tokens[value, level - 1]
        slot = (token >> np.uint64(17)) & mask
        while table_child[slot] >= 0 and table_token[slot] != token:
            slot = (slot + np.uint64(1)) & mask
        if table_child[slot] < 0:
            table_token[slot] = token
            table_child[slot] = children
            child_slot[children] = slot
            child_size[children] = 0
            child_gain[children] = costs[value, level] - costs[value, level - 1]
            children += 1
        child = table_child[slot]
        child_size[child] += 1
        child_of[i - lo] = child
    for child in range(children):
        table_child[child_slot[child]] = -1
    return children


@compiled
def _pool(
    k: int, children: int, child_size: Integers, child_gain: Floats, child_group: Integers
) -> tuple[int, float]:  # fmt: skip
    """Give each child its group: its own where it has k records, else the pool, which takes in a child where it has too few."""
    pooled, groups, gain = 0, 0, 0.0
    dearest, worst = -1, np.inf
    for child in range(children):
        if child_size[child] >= k:
            child_group[child] = groups
            groups += 1
            saved = child_size[child] * child_gain[child]
            gain += saved
            if saved < worst:
                dearest, worst = child, saved
        else:
            child_group[child] = -1
            pooled += child_size[child]
    if pooled == 0:
        return groups, gain
    if pooled < k:
        gain -= worst  # a child has k, for 2k records have to go somewhere
        pool = child_group[dearest]
    else:
        pool = groups
        groups += 1
    for child in range(children):
        if child_group[child] < 0:
            child_group[child] = pool
    return groups, gain
