"""Finds the pairs worth comparing: those that agree in at least one blocking rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openjustice.ground import kernels
from openjustice.linkage.columns import MISSING, Coded, Integers, pack

Pairs = tuple[Integers, Integers]


def find_pairs(rules: Sequence[tuple[Sequence[Integers], Sequence[Integers]]]) -> Pairs:
    """Return the rows, left and right, of every pair that agrees in all columns of at least one rule, once each.

    A rule is its columns of codes on the left and on the right. A missing value agrees with nothing. Surprise: a pair
    that no rule brings together is a missed link, however alike the two are. The pairs are in the order of their rows.
    """
    found = [_pairs_of(pack(left), pack(right)) for left, right in _aligned(rules)]
    width = max((len(right[0]) for _, right in rules), default=1) or 1
    packed = np.unique(np.concatenate([left * width + right for left, right in found] or [np.zeros(0, dtype=np.int64)]))
    return packed // width, packed % width


def find_pairs_within(rules: Sequence[Sequence[Integers]]) -> Pairs:
    """Return the pairs of rows of one table that agree in all columns of at least one rule, the lower row first."""
    left, right = find_pairs([(columns, columns) for columns in rules])
    below = left < right
    return left[below], right[below]


def code_beginnings(coded: Coded, letters: int) -> Integers:
    """Return codes by which values that begin with the same letters, in whatever case, are equal."""
    starts = [label[:letters].casefold() for label in coded.labels]
    places = {start: place for place, start in enumerate(sorted(set(starts)))}
    becomes = np.array([*(places[start] for start in starts), MISSING], dtype=np.int64)
    return becomes[coded.codes]


def _aligned(
    rules: Sequence[tuple[Sequence[Integers], Sequence[Integers]]],
) -> list[tuple[list[Integers], list[Integers]]]:
    """Pack both sides of each rule with the same widths: one long column for each, cut in two again."""
    made = []
    for left, right in rules:
        rows = len(left[0])
        both = pack([np.concatenate([ours, theirs]) for ours, theirs in zip(left, right, strict=True)])
        made.append(([both[:rows]], [both[rows:]]))
    return made


def _pairs_of(left: Integers, right: Integers) -> Pairs:
    order = np.argsort(right, kind="stable")
    keys = right[order]
    rows = np.flatnonzero(left != MISSING)
    first = np.searchsorted(keys, left[rows], side="left")
    last = np.searchsorted(keys, left[rows], side="right")
    return list_pairs(rows, first, last, order)


@kernels.compiled
def list_pairs(rows: Integers, first: Integers, last: Integers, order: Integers) -> Pairs:
    """List each row with all rows of its range."""
    total = 0
    for place in range(len(rows)):
        total += last[place] - first[place]
    left, right = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    at = 0
    for place in range(len(rows)):
        for beside in range(first[place], last[place]):
            left[at], right[at] = rows[place], order[beside]
            at += 1
    return left, right
