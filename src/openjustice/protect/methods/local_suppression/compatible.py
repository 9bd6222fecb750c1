"""The search where a blank matches anything: each record blanks what it needs itself, and what nobody needs is shown again.

A record is safe when k records *may* be like it: in each variable equal, or blank in one of the two. So a blank helps others
too, and a file in which k records are wholly blank is safe in this reading while it protects nobody. That answer is
not sought: a record blanks only what makes itself safe, in the state that the records before it have left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.kernels import compiled
from openjustice.protect.risk import BLANK, Integers, class_sizes

Numbers = NDArray[np.float64]
Small = NDArray[np.int16] | NDArray[np.int32]
Masks = NDArray[np.uint16]
MOST_VARIABLES = 16
_NARROW = 2**15


def blank_to_match(codes: Integers, *, k: int, prices: Numbers, seed: int) -> Integers:
    """Return the codes with values blanked so that every record may be like at least k - 1 others; there must be k rows.

    Claims: k in this reading; no blanked value can be shown again alone. Runs in time that grows with the square of the
    records and doubles with each variable. The seed decides between equals.
    """
    luck = np.random.default_rng(seed).random(len(codes))
    columns = _as_columns(codes)
    # Whoever has the rarest values comes first: what they blank helps the most others, who then need fewer of their own.
    order = np.lexsort((luck, _commonness(columns)))
    matches = matching_sizes(codes) if (codes == BLANK).any() else class_sizes(codes)
    shown = columns.copy()
    cover(shown, k, *_patterns(prices), order, matches)
    blanked = order[(shown != columns).any(axis=0)[order]]
    uncover(columns, shown, k, matches, blanked, np.argsort(-prices, kind="stable"))
    return shown.T.astype(np.int64)


def matching_sizes(codes: Integers) -> Integers:
    """Return for each record how many records, itself among them, may be like it where a blank matches anything."""
    matches = np.zeros(len(codes), dtype=np.int64)
    count_matches(_as_columns(codes), matches)
    return matches


def _as_columns(codes: Integers) -> Small:
    if int(codes.max(initial=0)) < _NARROW:  # half the width is nearly twice the speed
        return np.ascontiguousarray(codes.T, dtype=np.int16)
    return np.ascontiguousarray(codes.T, dtype=np.int32)


def _commonness(columns: Small) -> Numbers:
    """Return for each record the sum of the logarithms of how often its values occur."""
    total = np.zeros(columns.shape[1])
    for column in columns:
        total += np.log(np.bincount(column)[column])
    return total


def _patterns(prices: Numbers) -> tuple[Masks, Numbers]:
    """Return the sets of variables as bits, the cheapest to blank first, with what each costs."""
    masks = np.arange(2 ** len(prices)).astype(np.uint16)
    bits = (masks[:, None] >> np.arange(len(prices), dtype=np.uint16)) & np.uint16(1)
    costs: Numbers = bits @ prices
    order = np.argsort(costs, kind="stable")
    return masks[order], costs[order]


@compiled
def differences(columns: Small, values: Small, found: Masks) -> None:
    """Say in which variables each record is not like some values, as bits; a blank is like anything."""
    found[:] = 0
    for variable in range(len(columns)):
        value = values[variable]
        if value == BLANK:
            continue
        bit = np.uint16(1) << np.uint16(variable)
        column = columns[variable]
        for row in range(len(column)):
            differs = (column[row] != value) & (column[row] != BLANK)
            found[row] |= bit * np.uint16(differs)


@compiled
def matches_by_pattern(found: Masks, sums: Integers, width: int) -> None:
    """Count for each set of variables the records that differ in no other: how many match once these are blank."""
    sums[:] = 0
    for row in range(len(found)):
        sums[found[row]] += 1
    for variable in range(width):
        bit = 1 << variable
        for mask in range(len(sums)):
            if mask & bit:
                sums[mask] += sums[mask ^ bit]


@compiled
def cover(columns: Small, k: int, patterns: Masks, costs: Numbers, order: Integers, matches: Integers) -> None:
    """Blank in each record, one after the other, the cheapest set of values that makes it safe as things stand.

    Of equally cheap sets the one with the most matches is taken. `matches` holds how many may be like each record, and
    is kept.
    """
    width = len(columns)
    found = np.zeros(columns.shape[1], dtype=np.uint16)
    sums = np.zeros(1 << width, dtype=np.int64)
    for row in order:
        if matches[row] >= k:
            continue
        differences(columns, columns[:, row].copy(), found)
        matches_by_pattern(found, sums, width)
        best = -1
        for choice in range(len(patterns)):
            if best >= 0 and costs[choice] > costs[best]:
                break
            if sums[patterns[choice]] >= k and (best < 0 or sums[patterns[choice]] > sums[patterns[best]]):
                best = choice
        pattern = patterns[best]
        for other in range(len(found)):
            matches[other] += (found[other] != 0) & (found[other] | pattern == pattern)
        matches[row] = sums[pattern]
        for variable in range(width):
            if pattern >> np.uint16(variable) & np.uint16(1):
                columns[variable, row] = BLANK


@compiled
def count_matches(columns: Small, matches: Integers) -> None:
    """Count for each record those that may be like it, itself among them."""
    found = np.zeros(columns.shape[1], dtype=np.uint16)
    for row in range(columns.shape[1]):
        differences(columns, columns[:, row].copy(), found)
        for other in range(len(found)):
            matches[row] += found[other] == 0


@compiled
def uncover(before: Small, after: Small, k: int, matches: Integers, order: Integers, dearest: Integers) -> None:
    """Show blanked values again, the dearest first, wherever everybody stays safe without that blank."""
    found = np.zeros(after.shape[1], dtype=np.uint16)
    for row in order:
        differences(after, after[:, row].copy(), found)
        for variable in dearest:
            value = before[variable, row]
            if after[variable, row] != BLANK or value == BLANK:
                continue
            column = after[variable]
            lost, is_needed = 0, False
            for other in range(len(found)):
                leaves = (found[other] == 0) & (column[other] != BLANK) & (column[other] != value)
                lost += leaves
                is_needed |= leaves & (matches[other] <= k)
            if is_needed or matches[row] - lost < k:
                continue
            for other in range(len(found)):
                if found[other] == 0 and column[other] != BLANK and column[other] != value:
                    matches[other] -= 1
                    found[other] = 1
            matches[row] -= lost
            column[row] = value
