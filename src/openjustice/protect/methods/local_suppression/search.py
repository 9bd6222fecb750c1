"""The search for few blanks where a blank is a value of its own: a matter of grouping, with two levels for each variable.

A *pattern* says which variables are blanked. Patterns are tried from the cheapest on; each releases every class that holds
k of the records not yet released, and completes classes that lack a few records with others that can be spared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from openjustice.protect import grouping
from openjustice.protect.grouping.levels import Levels
from openjustice.protect.risk import BLANK, Integers

Numbers = NDArray[np.float64]
# Between patterns of one price, the variables with most values are blanked first: too small to outweigh any price.
_TIE = 1e-6


def blank_to_k(codes: Integers, *, k: int, prices: Numbers, rounds: int, seed: int) -> Integers:
    """Return the codes with values blanked so that every row equals at least k - 1 others; there must be k rows.

    Runs in time that doubles with each variable. The best of the rounds counts; the seed decides between equal donors.
    """
    leveled = grouping.level_prices(codes, prices=prices, blank=BLANK)
    luck = int(np.random.default_rng(seed).integers(len(codes)))
    made = grouping.complete(leveled, k=k, nodes=_patterns(codes, prices), rounds=rounds, luck=luck)
    return np.where(made.levels_of_records == 1, BLANK, codes)


def least_price(codes: Integers, *, k: int, prices: Numbers) -> float:
    """Return a price that no answer can undercut: each record at the cheapest pattern where its class in the file has k."""
    return grouping.lower_bound(grouping.level_prices(codes, prices=prices, blank=BLANK), k=k)


def _patterns(codes: Integers, prices: Numbers) -> Levels:
    """Return all patterns, one row each, from the cheapest on."""
    patterns = ((np.arange(2 ** len(prices))[:, None] >> np.arange(len(prices))[::-1]) & 1).astype(np.int8)
    values = np.log1p(codes.max(axis=0, initial=0).astype(float))
    order = np.argsort(patterns @ (prices - _TIE * values / max(values.sum(), 1.0)), kind="stable")
    return np.ascontiguousarray(patterns[order])
