"""Distinct tuples with their counts, and the sizes of classes, from columns of small integers.

Codes are packed side by side into 64-bit keys, which are sorted. A key that would be wider is folded: what fits is replaced
by its rank, which is never wider than the number of rows, and the next columns are packed beside it. So there is no limit
on the number of columns, of possible tuples (2^63) or of rows (2^31).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.coded import kernels
from openjustice.protect.coded.kernels import Codes, Keys

Integers = NDArray[np.int64]
_WORD = 64
_TABLED = 4096  # run lengths up to here are counted in a table


@dataclass(frozen=True)
class Distinct:
    """The distinct tuples of some columns: their codes, one array for each column, and how many records have each.

    `class_of` gives for each row the number of its tuple, and is empty where nobody asked for it.
    """

    codes: tuple[Codes, ...]
    counts: Integers
    class_of: Integers

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def records(self) -> int:
        """Return the number of records."""
        return int(self.counts.sum())


def find_distinct(
    columns: Sequence[Codes], *, sizes: Sequence[int], counts: Integers | None = None, name_classes: bool = False
) -> Distinct:
    """Return the distinct tuples of the columns in the order of their codes, and with `name_classes` the tuple of each row.

    `sizes` gives the number of codes of each column, `counts` how many records a row stands for (one without it).
    """
    bits = [bits_of(size) for size in sizes]
    if not columns or not len(columns[0]):
        return Distinct(tuple(column[:0] for column in columns), np.zeros(0, np.int64), np.zeros(0, np.int64))
    if sum(bits) <= _WORD and counts is None and not name_classes:
        return _distinct_of_keys(pack(columns, bits), columns=columns, bits=bits)
    keys, width = _fold(columns, bits)
    ordered, order = _order(keys, width)
    found = kernels.count_runs(ordered)
    class_of, first, totals = (np.empty(length, dtype=np.int64) for length in (len(keys), found, found))
    kernels.name_runs(ordered, order, np.zeros(0, np.int64) if counts is None else counts, class_of, first, totals)
    return Distinct(
        codes=tuple(column[first] for column in columns),
        counts=totals,
        class_of=class_of if name_classes else np.zeros(0, np.int64),
    )


def class_sizes(columns: Sequence[Codes], *, sizes: Sequence[int], counts: Integers | None = None) -> Integers:
    """Return for each row how many records share its codes."""
    found = find_distinct(columns, sizes=sizes, counts=counts, name_classes=True)
    return found.counts[found.class_of]


def size_histogram(columns: Sequence[Codes], *, sizes: Sequence[int]) -> tuple[Integers, Integers]:
    """Return the sizes of equivalence classes that occur, ascending, and how many classes have each."""
    bits = [bits_of(size) for size in sizes]
    keys, _ = _fold(columns, bits)
    return histogram_of_keys(keys)


def histogram_of_keys(keys: Keys) -> tuple[Integers, Integers]:
    """Return the class sizes that occur among the keys, and how many classes have each. Surprise: sorts the keys."""
    keys.sort()
    table = np.zeros(_TABLED + 1, dtype=np.int64)
    longer = np.empty(kernels.run_lengths(keys, table, _TABLED), dtype=np.int64)
    kernels.long_runs(keys, _TABLED, longer)
    high, often = np.unique(longer, return_counts=True)
    low = np.flatnonzero(table)
    return np.concatenate([low, high]), np.concatenate([table[low], often])


def bits_of(size: int) -> int:
    """Return how many bits hold the codes 0 to size - 1."""
    return max(int(size) - 1, 0).bit_length()


def pack(columns: Sequence[Codes], bits: Sequence[int], *, keys: Keys | None = None) -> Keys:
    """Pack the columns side by side into keys, the first column highest."""
    made = np.zeros(len(columns[0]), dtype=np.uint64) if keys is None else keys
    for column, width in zip(columns, bits, strict=True):
        if width:
            kernels.shift_in(made, column, width)
    return made


def _distinct_of_keys(keys: Keys, *, columns: Sequence[Codes], bits: Sequence[int]) -> Distinct:
    keys.sort()
    found = kernels.count_runs(keys)
    folded, counts = np.empty(found, dtype=np.uint64), np.empty(found, dtype=np.int64)
    kernels.fold_runs(keys, folded, counts)
    codes: list[Codes] = []
    shift = sum(bits)
    for column, width in zip(columns, bits, strict=True):
        shift -= width
        out: NDArray[Any] = np.zeros(found, dtype=column.dtype)
        if width:
            kernels.shift_out(folded, shift, width, out)
        codes.append(out)
    return Distinct(tuple(codes), counts, np.zeros(0, np.int64))


def _fold(columns: Sequence[Codes], bits: Sequence[int]) -> tuple[Keys, int]:
    """Return one key for each row and its width in bits; equal keys are equal tuples, in the same order."""
    keys, width = np.zeros(len(columns[0]), dtype=np.uint64), 0
    for column, more in zip(columns, bits, strict=True):
        if width + more > _WORD:
            keys, width = _rank(keys, width)
        if more:
            kernels.shift_in(keys, column, more)
        width += more
    return keys, width


def _rank(keys: Keys, width: int) -> tuple[Keys, int]:
    ordered, order = _order(keys, width)
    found = kernels.count_runs(ordered)
    class_of, first, totals = (np.empty(length, dtype=np.int64) for length in (len(keys), found, found))
    kernels.name_runs(ordered, order, np.zeros(0, np.int64), class_of, first, totals)
    return class_of.astype(np.uint64), bits_of(found)


def _order(keys: Keys, width: int) -> tuple[Keys, Integers]:
    """Return the keys in order, and the row of each."""
    room = bits_of(len(keys))
    if width + room > _WORD:
        order = np.argsort(keys)
        return keys[order], order
    packed = (keys << np.uint64(room)) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    mask = np.uint64((1 << room) - 1)
    return packed >> np.uint64(room), (packed & mask).astype(np.int64)
