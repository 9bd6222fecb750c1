"""Perturbation tables: for each count and each key, the change. Rows beyond the last stand for larger counts in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from openjustice.protect.cells import IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_key.parameters import NoiseTable, Parameters, RoundingTable

KEYS = 256
# The published table's own shape: 750 rows, of which the last 250 stand for all larger counts in turn.
ROWS, AGAIN = 750, 250
_NEAR = 1e-10
# How far from either end of the possible variances a row stays: at the ends no even distribution exists.
_EDGE = 0.02


@dataclass(frozen=True)
class PerturbationTable:
    """`changes[count - 1, key]`; counts above the last row use the last `again` rows in turn."""

    changes: npt.NDArray[np.int64]
    again: int

    def look_up(self, counts: IntArray, keys: IntArray) -> IntArray:
        """Return the change of each count under its key; a zero stays."""
        rows = np.where(
            counts > len(self.changes), (counts - 1) % self.again + len(self.changes) - self.again, counts - 1
        )
        return np.where(counts > 0, self.changes[np.maximum(rows, 0), keys], 0)


def make_table(parameters: Parameters) -> PerturbationTable:
    """Make the table that the parameters declare."""
    if parameters.rounding is not None:
        return make_rounding_table(parameters.rounding)
    assert parameters.noise is not None  # noqa: S101  (the parameters name one of the two)
    return make_noise_table(parameters.noise)


def make_rounding_table(rule: RoundingTable) -> PerturbationTable:
    """Make the table of a rule such as the 10-5 rule of the Office for National Statistics.

    Source: ONS, cell key perturbation, `ptable_10_5_rule.csv`, whose 192,000 lines this gives for threshold 10 and base 5.
    """
    # As many rows again as are a multiple of the base, so that every larger count finds a row with its own remainder.
    again = AGAIN if AGAIN % rule.base == 0 else rule.base * (AGAIN // rule.base + 1)
    rows = max(ROWS, rule.threshold + again)
    counts = np.arange(1, rows + 1)
    nearest = (counts + rule.base // 2) // rule.base * rule.base
    if rule.base % 2 == 0:  # halfway goes to the even multiple, so that neither side is favored
        half = counts % rule.base == rule.base // 2
        nearest = np.where(half & (nearest // rule.base % 2 == 1), nearest - rule.base, nearest)
    change = np.where(counts < rule.threshold, -counts, nearest - counts)
    return PerturbationTable(changes=np.repeat(change[:, None], KEYS, axis=1), again=again)


def make_noise_table(rule: NoiseTable) -> PerturbationTable:
    """Make a table of noise whose expectation is zero for every count, up to the resolution of 256 keys.

    From the first count that the noise cannot push under what may be shown, every row is the same, and the last stands
    for all larger counts.
    """
    last = rule.largest_change + rule.never_shown + 1
    rows = [_spread(*noise_of(count, rule)) for count in range(1, last + 1)]
    return PerturbationTable(changes=np.array(rows, dtype=np.int64), again=1)


def noise_of(count: int, rule: NoiseTable) -> tuple[IntArray, FloatArray]:
    """Return the changes that a count may have and their chances: expectation zero, the variance asked for, most even.

    The most even distribution under two moments is exp(a v + b v²). Where small counts cannot have so much variance, it is
    as large as can be; where they must
    change, it is as small as can be. Sources: Marley and Leaver (2011), 58th ISI World Statistics Congress; Giessing (2016), Privacy in
    Statistical Databases, for the principle of maximum entropy.
    """
    results = np.arange(max(0, count - rule.largest_change), count + rule.largest_change + 1)
    results = results[(results == 0) | (results > rule.never_shown)]
    changes = results - count
    least, most = _least_variance(changes), _most_variance(changes)
    variance = float(np.clip(rule.variance, least + _EDGE * (most - least), most - _EDGE * (most - least)))
    # Changes in units of the largest, so that the two factors are of one size.
    unit = float(np.abs(changes).max())
    scaled = changes / unit
    target = np.array([0.0, variance / unit**2])
    features = np.stack([scaled, scaled**2])

    def missed(factors: FloatArray) -> tuple[float, FloatArray]:
        exponents = factors @ features
        top = exponents.max()
        weights = np.exp(exponents - top)
        chances = weights / weights.sum()
        return float(np.log(weights.sum()) + top - factors @ target), features @ chances - target

    def curvature(factors: FloatArray) -> FloatArray:
        chances = _chances(factors @ features)
        centered = features - (features @ chances)[:, None]
        return np.asarray(centered * chances @ centered.T)

    solved = optimize.minimize(missed, x0=np.zeros(2), jac=True, hess=curvature, method="trust-exact", tol=_NEAR)
    return changes, _chances(solved.x @ features)


def _chances(exponents: FloatArray) -> FloatArray:
    weights = np.exp(exponents - exponents.max())
    return np.asarray(weights / weights.sum())


def _least_variance(changes: IntArray) -> float:
    """Return the least variance of noise without bias: none, or all weight on the two changes around zero."""
    return 0.0 if (changes == 0).any() else float(-changes[changes < 0].max() * changes[changes > 0].min())


def _most_variance(changes: IntArray) -> float:
    """Return the most variance of noise without bias: all weight on the two ends."""
    return float(-changes.min() * changes.max())


def _spread(changes: IntArray, chances: FloatArray) -> IntArray:
    """Give each change its share of the keys, so that the sum of all changes over the keys is zero where that can be."""
    ends = np.rint(np.cumsum(chances) * KEYS).astype(np.int64)
    row = np.repeat(changes, np.diff(np.concatenate([[0], ends])))
    return _balanced(row, changes)


def _balanced(row: IntArray, changes: IntArray) -> IntArray:
    """Move single keys to the next change up or down until nothing is left over, or no step makes it less."""
    row = np.sort(row)
    while row.sum():
        left = int(row.sum())
        order = np.searchsorted(changes, row)
        to = order - 1 if left > 0 else order + 1
        steps = np.where((to >= 0) & (to < len(changes)), changes[np.clip(to, 0, len(changes) - 1)] - row, 0)
        better = np.abs(left + steps)
        best = int(np.argmin(np.where(steps == 0, abs(left), better)))
        if better[best] >= abs(left) or steps[best] == 0:
            break
        row[best] += steps[best]
        row = np.sort(row)
    return row
