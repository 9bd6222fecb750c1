"""Finds the lines whose key may stand on another line as well: those whose fingerprint does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.kernels import compiled, frugal

Array = NDArray[Any]


def find_repeated(parts: Sequence[Array]) -> list[Array]:
    """Return for each part the places whose fingerprint stands anywhere else; zero is none."""
    whole = np.concatenate(parts)
    whole.sort()
    doubled = np.unique(whole[1:][(whole[1:] == whole[:-1]) & (whole[1:] != 0)])
    if not len(doubled):
        return [np.zeros(0, dtype=np.int64) for _ in parts]
    size = 1 << (8 * len(doubled)).bit_length()
    table = np.zeros(size, dtype=np.uint64)
    fill_table(doubled, table)
    return [np.flatnonzero(stand_in_table(part, table)) for part in parts]


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
