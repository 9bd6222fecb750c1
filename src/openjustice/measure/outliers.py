"""Tests whether a count fits an agency's own history and its peers, at a stated rate of false alarms, however few there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

# The null distribution of the robust score is drawn once for each length of history, always the same.
_DRAWS = 60_000
_SEED = 20_260_301
# The null distribution hardly changes beyond so many values, and takes long to draw.
_MANY = 40
# Counts expected under this are also judged exactly: the square root does not make so few normal.
_FEW = 8.0
# A single past value beyond this quantile of a plain Poisson count does not widen what is held to be usual.
_USUAL = 0.999


@dataclass(frozen=True)
class Judged:
    """How one count fits: what was expected, the range that holds at the stated rate, and how likely so unusual a count is.

    `p` is two-sided: the chance of a count at least as unusual where nothing is wrong. `compared` says with how many counts.
    """

    expected: float
    low: float
    high: float
    p: float
    compared: int
    is_unusual: bool


def judge_history(history: Sequence[float] | np.ndarray, value: float, *, rate: float) -> Judged:
    """Judge a count beside the earlier counts of the same agency, whose spread is their own and never under that of chance.

    `history` has at least three counts, each of an equal span of time; none of them may be missing. `rate` is the chance of
    an alarm where nothing is wrong (0.005: one in 200). Counts are compared as twice their square roots, by median and a
    robust spread, so that one wrong count of the past neither hides nor raises an alarm. Surprise: a spread
    wider than chance is taken from the history itself, so that few counts allow much; a growing series raises alarms.
    """
    past = np.asarray(history, dtype=float)
    if past.size < 3:
        raise ValueError("a history has at least three counts")
    roots = stabilize(past)
    middle, spread = float(np.median(roots)), max(1.0, robust_spread(roots))
    score = (float(stabilize(value)) - middle) / spread
    p = tail(abs(score), past.size)
    expected = max(0.0, (middle / 2) ** 2 - 3 / 8)
    if expected < _FEW:
        p = max(p, float(exact_tails(past, np.asarray([value]))[0]))
    reach = critical_score(past.size, rate) * spread
    low, high = (_count(middle + side * reach) for side in (-1, 1))
    if expected < _FEW:
        least, most = _exact_range(past, rate)
        low, high = min(low, least), max(high, most)
    return Judged(round(expected, 2), round(low, 2), round(high, 2), p, past.size, bool(p < rate))


def signed_surprise(history: Sequence[float] | np.ndarray, value: float) -> float:
    """Return how surprising a count is as a standard normal value: above 0 where it is high, 0 where it is as expected.

    Whatever the length of the history, it is normal where nothing is wrong, so that agencies can be compared.
    """
    past = np.asarray(history, dtype=float)
    roots = stabilize(past)
    score = (float(stabilize(value)) - float(np.median(roots))) / max(1.0, robust_spread(roots))
    return float(-np.sign(score) * special.ndtri(max(tail(abs(score), past.size), 1e-300) / 2))


def judge_peers(own: float, peers: Sequence[float] | np.ndarray, *, rate: float) -> Judged:
    """Judge an agency's surprise beside those of its peers in the same period, so that what moved them all raises no alarm.

    `own` and `peers` are from `signed_surprise`. A season, a new law or a slow year moves every agency; what is left is
    what happened at one of them alone.
    """
    others = np.asarray(peers, dtype=float)
    if others.size < 3:
        raise ValueError("there are at least three peers")
    middle, spread = float(np.median(others)), max(1.0, robust_spread(others))
    p = tail(abs(own - middle) / spread, others.size)
    reach = critical_score(others.size, rate) * spread
    return Judged(round(middle, 2), round(middle - reach, 2), round(middle + reach, 2), p, others.size, bool(p < rate))


def judge_share(hits: int, of: int, peers: Sequence[tuple[int, int]], *, rate: float) -> Judged:
    """Judge a share beside the shares of peers, as (hits, of): each allowed what its size allows, and their own spread.

    Shares are compared as arc sines of their square roots; `expected`, `low` and `high` are shares between 0 and 1.
    """
    known = [(part, whole) for part, whole in peers if whole > 0]
    if of <= 0 or len(known) < 3:
        raise ValueError("a share has a whole, and at least three peers that have one")
    angles = np.array([_angle(part, whole) for part, whole in known])
    sizes = np.array([whole for _, whole in known], dtype=float)
    middle = float(np.median(angles))
    spread = max(1.0, robust_spread((angles - middle) * np.sqrt(sizes)))
    score = (_angle(hits, of) - middle) * np.sqrt(of)
    p = tail(abs(score) / spread, len(known))
    reach = critical_score(len(known), rate) * spread / float(np.sqrt(of))
    low, high = (_share(middle + side * reach) for side in (-1, 1))
    return Judged(round(_share(middle), 4), round(low, 4), round(high, 4), p, len(known), bool(p < rate))


def stabilize(counts: float | np.ndarray) -> np.ndarray:
    """Return twice the square roots of counts, three eighths added: of a Poisson count the spread is then about 1, whatever its size."""
    return np.asarray(2.0 * np.sqrt(np.maximum(np.asarray(counts, dtype=float), 0.0) + 3 / 8))


def robust_spread(values: np.ndarray) -> float:
    """Return how far values spread, by the quarter of their smallest distances; half of them may be wrong without harm.

    The estimator Qn of Rousseeuw and Croux (1993) before its constant, which the null distribution takes in.
    """
    return float(_spreads(values[None, :])[0])


def tail(score: float, size: int) -> float:
    """Return the chance of a score at least so far from 0, either side, after a history of so many normal values."""
    drawn = _null_scores(min(size, _MANY))
    beyond = drawn.size - int(np.searchsorted(drawn, score, side="left"))
    if beyond > drawn.size * 0.0005:
        return (beyond + 1) / (drawn.size + 1)
    # Beyond what was drawn the tail falls off like a power of the score, as that of Student's distribution does.
    anchor = float(np.quantile(drawn, 0.9995))
    return float(0.0005 * (anchor / max(score, anchor)) ** max(1, size - 1))


def critical_score(size: int, rate: float) -> float:
    """Return the score that is exceeded with the given chance where nothing is wrong."""
    return float(np.quantile(_null_scores(min(size, _MANY)), 1 - rate))


def exact_tails(past: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the two-sided chance of each count where all counts are Poisson with one mean, given their sum; for small counts.

    Past counts far beyond the rest count only as much as a large usual one.
    """
    counts = np.round(values)
    totals = np.round(_usual(past).sum() + counts).astype(np.int64)
    share = 1 / (past.size + 1)
    # `bdtr` and `bdtrc` are the binomial distribution and what it leaves; of a count of 0 nothing lies below.
    above = np.where(counts > 0, special.bdtrc(np.maximum(counts - 1, 0), totals, share), 1.0)
    below = special.bdtr(counts, totals, share)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(above, below)))


def _usual(past: np.ndarray) -> np.ndarray:
    without_largest = np.sort(past)[:-1]
    limit = math.ceil(special.pdtrik(_USUAL, max(1.0, float(np.mean(without_largest)))))
    return np.asarray(np.minimum(past, limit))


def _exact_range(past: np.ndarray, rate: float) -> tuple[float, float]:
    """Return the least and the greatest count whose exact chance is not under the rate."""
    middle = float(np.mean(_usual(past)))
    candidates = np.arange(0, math.ceil(middle + 12 * math.sqrt(middle + 1) + 12))
    held = candidates[exact_tails(past, candidates) >= rate]
    return float(held.min()), float(held.max())


def _spreads(rows: np.ndarray) -> np.ndarray:
    """Return Qn of each row: the distance of rank h (h - 1) / 2 among all distances of two, h being half the values and one."""
    size = rows.shape[1]
    half = size // 2 + 1
    rank = half * (half - 1) // 2 - 1
    first, second = np.triu_indices(size, 1)
    distances = np.abs(rows[:, first] - rows[:, second])
    return np.asarray(2.2219 * np.partition(distances, rank, axis=1)[:, rank])


@cache
def _null_scores(size: int) -> np.ndarray:
    """Return the sorted distances of a normal value from the median of `size` others, in units of their robust spread."""
    random = np.random.default_rng([_SEED, size])
    per_block = max(1, 4_000_000 // (size * size))
    made: list[np.ndarray] = []
    for start in range(0, _DRAWS, per_block):
        drawn = random.standard_normal((min(per_block, _DRAWS - start), size + 1))
        past = drawn[:, :size]
        made.append(np.abs(drawn[:, size] - np.median(past, axis=1)) / np.maximum(_spreads(past), 1e-12))
    return np.sort(np.concatenate(made))


def _count(root: float) -> float:
    return max(0.0, (max(root, 0.0) / 2) ** 2 - 3 / 8)


def _angle(part: int, whole: int) -> float:
    # Twice the arc sine; the spread of a share of n is then about 1 over the square root of n.
    return float(2 * np.arcsin(np.sqrt((part + 3 / 8) / (whole + 3 / 4))))


def _share(angle: float) -> float:
    return float(np.sin(min(max(angle, 0.0), np.pi) / 2) ** 2)
