"""The compiled loops over code columns and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.kernels import compiled

Keys = NDArray[np.uint64]
Codes = NDArray[Any]  # one small-integer column


@compiled
def shift_in(keys: Keys, codes: Codes, bits: int) -> None:
    """Move the keys up by some bits and put the codes into the room."""
    for at in range(len(keys)):
        keys[at] = (keys[at] << np.uint64(bits)) | np.uint64(codes[at])


@compiled
def shift_out(keys: Keys, shift: int, bits: int, codes: Codes) -> None:
    """Read the codes that stand at a place of the keys."""
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    for at in range(len(keys)):
        codes[at] = (keys[at] >> np.uint64(shift)) & mask


@compiled
def count_runs(ordered: Keys) -> int:
    """Count the different keys of an ordered array."""
    found = 1 if len(ordered) else 0
    for at in range(1, len(ordered)):
        if ordered[at] != ordered[at - 1]:
            found += 1
    return found


@compiled
def fold_runs(ordered: Keys, keys: Keys, counts: NDArray[np.int64]) -> None:
    """Write each different key of an ordered array once, and how often it stands there."""
    run = -1
    for at in range(len(ordered)):
        if at == 0 or ordered[at] != ordered[at - 1]:
            run += 1
            keys[run] = ordered[at]
            counts[run] = 0
        counts[run] += 1


@compiled
def run_lengths(ordered: Keys, lengths: NDArray[np.int64], longest: int) -> int:
    """Count runs by length; those over `longest` are only counted together, and the rest is the caller's."""
    start, over = 0, 0
    for at in range(1, len(ordered) + 1):
        if at == len(ordered) or ordered[at] != ordered[start]:
            length = at - start
            if length <= longest:
                lengths[length] += 1
            else:
                over += 1
            start = at
    return over


@compiled
def long_runs(ordered: Keys, longest: int, found: NDArray[np.int64]) -> None:
    """Write the lengths of the runs over `longest`."""
    start, over = 0, 0
    for at in range(1, len(ordered) + 1):
        if at == len(ordered) or ordered[at] != ordered[start]:
            if at - start > longest:
                found[over] = at - start
                over += 1
            start = at


@compiled
def name_runs(
    ordered: Keys, order: NDArray[np.int64], weights: NDArray[np.int64], class_of: NDArray[np.int64],
    first: NDArray[np.int64], counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Give each row the number of its run; write for each run its first row in the order and its weight."""
    run = -1
    for at in range(len(ordered)):
        row = order[at]
        if at == 0 or ordered[at] != ordered[at - 1]:
            run += 1
            first[run] = row
            counts[run] = 0
        elif row < first[run]:
            first[run] = row
        class_of[row] = run
        counts[run] += weights[row] if len(weights) else 1
