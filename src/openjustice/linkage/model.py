"""Weighs agreement: the model of Fellegi and Sunter, its estimation by EM, and the probability that a pair is one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openjustice.ground import errors
from openjustice.linkage.columns import Floats, Integers
from openjustice.linkage.comparisons import Levels

# No agreement level is held impossible because a sample did not show it.
_LEAST = 1e-6


@dataclass(frozen=True)
class Model:
    """How often each agreement level is seen among pairs that are one person (m) and among others (u), field by field.

    `match_share` is the share of the compared pairs that are one person.
    """

    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    match_share: float

    def weights(self, levels: Levels) -> Floats:
        """Return the match weight of each pair: the sum over the fields of log2(m/u). What is missing weighs nothing."""
        total = np.zeros(len(levels))
        for place, (ours, theirs) in enumerate(zip(self.m, self.u, strict=True)):
            weight = np.append(np.log2(ours / theirs), 0.0)  # the last one is read where a value is missing, by -1
            total += weight[levels[:, place]]
        return total

    def posteriors(self, levels: Levels) -> Floats:
        """Return for each pair the probability that it is one person, each pair judged by itself."""
        return as_probability(self.weights(levels), prior=self.match_share)


def estimate_u(levels: Levels, *, level_counts: Sequence[int]) -> tuple[Floats, ...]:
    """Estimate how often each level is seen among pairs of different persons from pairs drawn at random."""
    weights = np.ones(len(levels))
    return tuple(_shares(levels[:, place], weights, count) for place, count in enumerate(level_counts))


def estimate(
    levels: Levels,
    *,
    level_counts: Sequence[int],
    u: Sequence[Floats] | None = None,
    match_share: float = 0.1,
    rounds: int = 200,
    change: float = 1e-7,
) -> Model:
    """Estimate the model from compared pairs of unknown truth, by expectation and maximization.

    `u` may be given and then stands. The pairs are reduced to their distinct patterns first. Assumes that fields agree
    independently, given whether the pair is one person. Surprise: pairs that narrow blocking rules chose all agree in
    something, and the share of matches among them may run to one; estimate on coarse rules or all pairs. Raises ProtectionRefused without pairs. Sources: Fellegi and
    Sunter (1969), JASA 64, 1183-1210; Winkler (2000), Using the EM Algorithm for Weight Computation in the
    Fellegi-Sunter Model of Record Linkage.
    """
    if not len(levels):
        raise errors.ProtectionRefused.because(
            "no_pairs", "No two records agree in any blocking rule.", way_out="Name a coarser blocking rule."
        )
    patterns, counts = np.unique(levels, axis=0, return_counts=True)
    seen = counts.astype(np.float64)
    model = Model(
        m=tuple(_first_guess(count) for count in level_counts),
        u=tuple(u) if u is not None else estimate_u(levels, level_counts=level_counts),
        match_share=match_share,
    )
    for _ in range(rounds):
        matched = seen * model.posteriors(patterns)
        after = Model(
            m=tuple(_shares(patterns[:, place], matched, count) for place, count in enumerate(level_counts)),
            u=tuple(u)
            if u is not None
            else tuple(_shares(patterns[:, place], seen - matched, count) for place, count in enumerate(level_counts)),
            match_share=float(np.clip(matched.sum() / seen.sum(), _LEAST, 1 - _LEAST)),
        )
        moved = max(float(np.abs(new - old).max()) for new, old in zip(after.m, model.m, strict=True))
        model = after
        if moved < change:
            break
    return model


def as_probability(weights: Floats, *, prior: float) -> Floats:
    """Turn match weights into probabilities, given the probability before anything was compared."""
    exponent = np.clip(weights + np.log2(prior / (1 - prior)), -1000, 1000)
    return np.asarray(1 / (1 + np.exp2(-exponent)))


def target_posteriors(weights: Floats, targets: Integers, *, records: int, is_in_file: float) -> tuple[Floats, Floats]:
    """Return for each pair the probability that it is the target's record, and by target that none of its pairs is.

    At most one record of the file is the target's. `is_in_file` is the probability, before looking, that the target has a
    record in the file of so many `records`; each of them is then as likely as another. Records that were not compared
    weigh nothing. Claims: the probabilities of a target's pairs and of none add up to one.
    """
    people = int(targets.max(initial=-1)) + 1
    # Each target's weights are set against its own largest, so that no power of two overflows.
    largest = np.zeros(people)
    np.maximum.at(largest, targets, weights)
    each = is_in_file / records * np.exp2(weights - largest[targets])
    none = (1 - is_in_file) * np.exp2(-largest)
    total = np.bincount(targets, weights=each, minlength=people) + none
    total[total == 0] = 1.0
    return each / total[targets], none / total


def _shares(levels: Levels, weights: Floats, count: int) -> Floats:
    known = levels >= 0
    totals = np.bincount(levels[known], weights=weights[known], minlength=count).astype(np.float64)
    shares = np.maximum(totals / max(float(totals.sum()), _LEAST), _LEAST)
    return np.asarray(shares / shares.sum())


def _first_guess(count: int) -> Floats:
    """Begin with: most pairs of one person agree wholly, and the rest is spread over the other levels."""
    return np.array([0.1 / (count - 1)] * (count - 1) + [0.9])
