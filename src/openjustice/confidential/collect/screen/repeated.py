"""Gives each line a fingerprint of its key, and finds the lines whose fingerprint stands on another line as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.screen.cells import (
    NOTHING,
    QUOTE,
    UNREAD,
    Codes,
    Marks,
    Places,
    Values,
    Words,
    bounds,
    fingerprint,
    mixed,
)
from openjustice.confidential.collect.screen.rows import DOUBLED, UNSPLIT
from openjustice.ground.kernels import compiled, frugal

Array = NDArray[Any]


def find_repeated(parts: Sequence[Array]) -> list[Array]:
    """Return for each part the places whose fingerprint stands anywhere else; zero is none.

    A field of bits tells first which fingerprints may be repeated: a few in a hundred, of which the repeated ones are sorted out.
    """
    lines = sum(len(part) for part in parts)
    bits = np.zeros(max(1, 1 << (lines // 4).bit_length()), dtype=np.uint64)
    met = np.concatenate([np.zeros(0, dtype=np.uint64), *(met_before(part, bits) for part in parts)])
    may_be = _places(parts, _table(met)) if len(met) else []
    held, counts = np.unique(
        np.concatenate([np.zeros(0, dtype=np.uint64), *(part[at] for part, at in zip(parts, may_be, strict=False))]),
        return_counts=True,
    )
    if not len(held):
        return [np.zeros(0, dtype=np.int64) for _ in parts]
    table = _table(held[counts > 1])
    return [at[stand_in_table(part[at], table)] for part, at in zip(parts, may_be, strict=True)]


def _places(parts: Sequence[Array], table: Array) -> list[Array]:
    return [np.flatnonzero(stand_in_table(part, table)) for part in parts]


def _table(prints: Array) -> Array:
    table = np.zeros(1 << (2 * len(prints) + 1).bit_length(), dtype=np.uint64)
    fill_table(np.unique(prints), table)
    return table


@compiled
def met_before(prints: NDArray[np.uint64], bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the fingerprints that were met before, or another that shares their bit, and set the bit of each."""
    found = np.empty_like(prints)
    count = 0
    mask = np.uint64(len(bits) - 1)
    for item in prints:
        if item != 0:
            bit = np.uint64(1) << (item & np.uint64(63))
            place = (item >> np.uint64(6)) & mask
            if bits[place] & bit:
                found[count] = item
                count += 1
            bits[place] |= bit
    return found[:count]


@frugal
def fill_table(prints: NDArray[np.uint64], table: NDArray[np.uint64]) -> None:
    """Put fingerprints into a table whose size is a power of two, more than twice their number."""
    mask = np.uint64(len(table) - 1)
    for item in prints:
        slot = item & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = item


@compiled
def stand_in_table(prints: NDArray[np.uint64], table: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Say of each fingerprint whether it is in a table; zero never is."""
    mask = np.uint64(len(table) - 1)
    found = np.zeros(len(prints), dtype=np.bool_)
    for place in range(len(prints)):
        slot = prints[place] & mask
        while table[slot] != 0 and table[slot] != prints[place]:
            slot = (slot + np.uint64(1)) & mask
        found[place] = table[slot] != 0
    return found


@frugal
def add_texts(
    codes: Codes, places: Places, firsts: Places, states: Marks, count: int, column: int, trim: int, values: Values,
    is_strict: bool, prints: Words,
) -> int:  # fmt: skip
    """Add the text of a column to each line's fingerprint; return how many texts cannot be told.

    With `is_strict` a line whose value is missing gets none, which is zero and stays so.
    """
    untold = 0
    for line in range(count):
        if states[line] == UNSPLIT or (is_strict and values[line] == NOTHING):
            prints[line] = 0
        elif prints[line] != 0:
            begin, end = bounds(codes, places, firsts[line] + column, trim)
            if states[line] == DOUBLED:
                for place in range(begin, end):
                    untold += codes[place] == QUOTE
            prints[line] = max(mixed(prints[line], fingerprint(codes, begin, end)), np.uint64(1))
    return untold


@frugal
def add_values(states: Marks, count: int, values: Values, prints: Words) -> int:
    """Add the value of a column to each line's fingerprint; a missing value leaves it without one. Returns as `add_texts`."""
    untold = 0
    for line in range(count):
        if states[line] == UNSPLIT or values[line] == NOTHING:
            prints[line] = 0
        elif prints[line] != 0:
            untold += values[line] == UNREAD
            prints[line] = max(mixed(prints[line], np.uint64(values[line])), np.uint64(1))
    return untold
