"""Codes percentages near the ends as bands, by the size of the group, and withholds those of small groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openjustice.protect.cells import BoolArray, IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.percentage_coding.parameters import Parameters

WHOLE = 100.0


@dataclass(frozen=True)
class Coded:
    """What is shown of each percentage: itself, or the band from `low` to `high` that it lies in, or nothing (not a number)."""

    values: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def hidden(self) -> BoolArray:
        """Return where no percentage is shown, with a band or without."""
        return np.isnan(self.values)


def code(
    numerators: FloatArray, denominators: FloatArray, *, parameters: Parameters, parts: Sequence[IntArray] = ()
) -> Coded:
    """Show each percentage, rounded, or the band that it lies in, or nothing of a group that is too small.

    `parts`: the places of percentages that make 100 together. Claims: of no group is it told that nearly all or nearly none
    of it is so, closer than its band; in no set of parts does one alone have a band, for the others would give it away.
    Assumes: the counts are withheld. A numerator or denominator that is not known is not a number. Source: NCES 2011-603
    (SLDS Technical Brief 3), which gives the bands by the size of the group.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = WHOLE * numerators / denominators
    cap = caps_of(denominators, parameters=parameters)
    is_told = denominators >= parameters.smallest_group
    bottom, top = is_told & (percent <= cap), is_told & (percent >= WHOLE - cap)
    rounded = np.round(percent, parameters.decimals)
    # What rounds into a band is told as the band: 5.4 is shown as 5 under a cap of 5, and would say that it is no less.
    bottom |= is_told & (rounded <= cap)
    top |= is_told & (rounded >= WHOLE - cap)
    coded = Coded(
        values=np.where(is_told & ~bottom & ~top, rounded, np.nan),
        low=np.where(top, WHOLE - cap, np.where(bottom, 0.0, np.nan)),
        high=np.where(bottom, cap, np.where(top, WHOLE, np.nan)),
    )
    for members in parts:
        _pair(coded, members, percent)
    return coded


def caps_of(denominators: FloatArray, *, parameters: Parameters) -> FloatArray:
    """Return the width of the band for each group: that of the largest size it reaches."""
    caps = np.full(len(denominators), max(item.cap for item in parameters.caps))
    for item in sorted(parameters.caps, key=lambda item: item.group_at_least):
        caps[denominators >= item.group_at_least] = item.cap
    return caps


def say_consequence(parameters: Parameters) -> tuple[str, ...]:
    """Say what coded percentages mean for a reader."""
    ordered = sorted(parameters.caps, key=lambda item: item.group_at_least)
    bands = "; ".join(f"{item.group_at_least:,} or more: {item.cap:g} and {WHOLE - item.cap:g}" for item in ordered)
    digits = "whole percentages" if parameters.decimals == 0 else "percentages with one decimal"
    return (
        f"Only {digits} are shown, without the counts they are made of.",
        f"Of groups of fewer than {parameters.smallest_group} nothing is shown.",
        f"Percentages near 0 and 100 are shown as bands: at most, or at least. Where the bands end, by size of group: {bands}.",
        "Small differences between percentages may be rounding alone.",
    )


def _pair(coded: Coded, members: IntArray, percent: FloatArray) -> None:
    """Withhold the smallest shown part where one part alone is not shown, for it is 100 less the others."""
    hidden = members[coded.hidden[members]]
    shown = members[~coded.hidden[members]]
    if len(hidden) == 1 and len(shown):
        coded.values[shown[int(np.argmin(percent[shown]))]] = np.nan
