"""Measures how alike two texts are (Jaro-Winkler), over pairs of codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import kernels
from openjustice.linkage.columns import Floats, Integers

Letters = NDArray[np.uint32]


def compare_texts(labels: Sequence[str], left: Integers, right: Integers) -> Floats:
    """Return the Jaro-Winkler similarity of each pair of labels, from 0 (nothing in common) to 1 (equal).

    Case and outer spaces do not count. Each distinct pair is measured once. Source: Winkler (1990), String Comparator
    Metrics and Enhanced Decision Rules, Proceedings of the Section on Survey Research Methods, 354-359; prefix scale 0.1.
    """
    if not len(left):
        return np.zeros(0)
    letters, lengths = spell(labels)
    pairs = left * len(labels) + right
    distinct, which = np.unique(pairs, return_inverse=True)
    made = jaro_winkler(letters, lengths, distinct // len(labels), distinct % len(labels))
    return np.asarray(made[which.reshape(-1)])


def spell(labels: Sequence[str]) -> tuple[Letters, Integers]:
    """Return the labels' letters, one row each and padded with zeros, and their lengths."""
    plain = np.array([label.strip().casefold() for label in labels], dtype=np.str_)
    width = max(plain.dtype.itemsize // 4, 1)
    letters = np.ascontiguousarray(plain.astype(f"<U{width}")).view(np.uint32).reshape(len(plain), width)
    return letters, (letters != 0).sum(axis=1).astype(np.int64)


@kernels.compiled
def jaro_winkler(  # noqa: C901 (a kernel: one loop, told in one piece)
    letters: Letters, lengths: Integers, left: Integers, right: Integers
) -> Floats:
    """Return the Jaro-Winkler similarity of each pair of rows of letters."""
    found = np.zeros(len(left))
    width = letters.shape[1]
    taken_one, taken_other = np.zeros(width, dtype=np.bool_), np.zeros(width, dtype=np.bool_)
    for pair in range(len(left)):
        one, other = letters[left[pair]], letters[right[pair]]
        long_one, long_other = lengths[left[pair]], lengths[right[pair]]
        if long_one == 0 or long_other == 0:
            continue
        reach = max(max(long_one, long_other) // 2 - 1, 0)
        taken_one[:], taken_other[:] = False, False
        common = 0
        for at in range(long_one):
            for beside in range(max(at - reach, 0), min(at + reach + 1, long_other)):
                if not taken_other[beside] and one[at] == other[beside]:
                    taken_one[at], taken_other[beside] = True, True
                    common += 1
                    break
        if common == 0:
            continue
        moved, beside = 0, 0
        for at in range(long_one):
            if taken_one[at]:
                while not taken_other[beside]:
                    beside += 1
                moved += one[at] != other[beside]
                beside += 1
        jaro = (common / long_one + common / long_other + (common - moved // 2) / common) / 3
        prefix = 0
        while prefix < min(4, long_one, long_other) and one[prefix] == other[prefix]:
            prefix += 1
        found[pair] = jaro + prefix * 0.1 * (1 - jaro)
    return found
