"""Lays two record files side by side: coded alike, reduced to distinct rows, with the counterparts of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import kernels
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Integers
from openjustice.linkage.spans import read_both


@dataclass(frozen=True)
class Rows:
    """The distinct rows of a file: for each common variable the span that it leaves open, their number, whose row each is.

    `codes` have one number for each label of a variable, shared by both files, and -1 for a blank. A blank leaves
    everything open.
    """

    codes: Integers
    low: Integers
    high: Integers
    counts: Integers
    which: Integers


@dataclass(frozen=True)
class Beside:
    """Two files in their common variables. `alike`: by variable, whether both files write it with labels of one kind."""

    names: tuple[str, ...]
    first: Rows
    second: Rows
    alike: NDArray[np.bool_]


def lay_beside(first: Mapping[str, Coded], second: Mapping[str, Coded]) -> Beside:
    """Code the variables that both files have alike, and reduce each file to its distinct rows.

    A band beside a number, or a year beside a day, is read as the span that it leaves open. Surprise: variables of one name
    are taken to mean the same.
    """
    names = tuple(name for name in first if name in second)
    codes: list[list[Integers]] = [[], []]
    spans: list[list[Integers]] = [[], []]
    alike = []
    for name in names:
        ours, theirs = columns.align(first[name], second[name])
        nested = _spans_of(first[name], second[name], ours)
        alike.append(nested is None)
        ends = np.repeat(np.arange(len(ours.labels))[:, None], 2, axis=1) if nested is None else nested
        ends = np.append(ends, [[-(2**60), 2**60]], axis=0)
        for at, coded in enumerate((ours, theirs)):
            codes[at].append(coded.codes)
            spans[at].append(ends[coded.codes])
    return Beside(
        names=names,
        first=_distinct(codes[0], spans[0]),
        second=_distinct(codes[1], spans[1]),
        alike=np.array(alike, dtype=np.bool_),
    )


def _spans_of(first: Coded, second: Coded, both: Coded) -> Integers | None:
    """Return the span of each shared label where one file is coarser than the other; None where the labels are alike."""
    if set(first.labels) <= set(second.labels) or set(second.labels) <= set(first.labels):
        return None
    found = read_both(first.labels, second.labels)
    if found is None:
        return None
    ends: dict[str, tuple[int, int]] = {}
    for labels, side in zip((first.labels, second.labels), found, strict=True):
        ends |= dict(zip(labels, zip(side.low.tolist(), side.high.tolist(), strict=True), strict=True))
    if all(low == high for low, high in ends.values()):
        return None
    return np.array([ends[label] for label in both.labels], dtype=np.int64)


def _distinct(codes: Sequence[Integers], spans: Sequence[Integers]) -> Rows:
    rows = len(codes[0]) if codes else 0
    packed = columns.pack([item + 1 for item in codes]) if codes else np.zeros(rows, dtype=np.int64)
    _, first, which, counts = np.unique(packed, return_index=True, return_inverse=True, return_counts=True)
    nothing = np.zeros((len(first), 0), dtype=np.int64)
    return Rows(
        codes=np.column_stack([item[first] for item in codes]) if codes else nothing,
        low=np.column_stack([item[first, 0] for item in spans]) if codes else nothing,
        high=np.column_stack([item[first, 1] for item in spans]) if codes else nothing,
        counts=counts.astype(np.int64),
        which=which.reshape(-1).astype(np.int64),
    )


@kernels.compiled
def find_counterparts(
    low: Integers,
    high: Integers,
    other_low: Integers,
    other_high: Integers,
    other_codes: Integers,
    other_counts: Integers,
    records: Integers,
    only: Integers,
) -> None:
    """Count for each distinct row the records of the other file that may be the same, and the one code they all show.

    `records` and `only` are filled: the number, and by variable the code that all counterparts show, -1 where they differ
    or one of them is blank, -2 where there is none.
    """
    fields = low.shape[1]
    for row in range(len(low)):
        for field in range(fields):
            only[row, field] = -2
        for other in range(len(other_low)):
            may_be = True
            for field in range(fields):
                if low[row, field] > other_high[other, field] or other_low[other, field] > high[row, field]:
                    may_be = False
                    break
            if may_be:
                records[row] += other_counts[other]
                for field in range(fields):
                    shown = other_codes[other, field]
                    if only[row, field] == -2:
                        only[row, field] = shown
                    elif only[row, field] != shown:
                        only[row, field] = MISSING
