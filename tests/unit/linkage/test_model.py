"""The model finds again what invented pairs were made of, and its probabilities add up."""

from __future__ import annotations

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.linkage import model

M = [np.array([0.05, 0.15, 0.8]), np.array([0.1, 0.9]), np.array([0.02, 0.98])]
U = [np.array([0.9, 0.07, 0.03]), np.array([0.5, 0.5]), np.array([0.95, 0.05])]


def draw(pairs: int, share: float, seed: int = 3):
    random = np.random.default_rng(seed)
    match = random.random(pairs) < share
    columns = [
        np.where(match, random.choice(len(m), pairs, p=m), random.choice(len(u), pairs, p=u))
        for m, u in zip(M, U, strict=True)
    ]
    return np.column_stack(columns).astype(np.int8), match


def test_estimation_finds_what_the_pairs_were_made_of():
    levels, _ = draw(40_000, 0.2)
    found = model.estimate(levels, level_counts=[3, 2, 2])
    assert found.match_share == pytest.approx(0.2, abs=0.02)
    for made, true in zip((*found.m, *found.u), (*M, *U), strict=True):
        assert made == pytest.approx(true, abs=0.03)


def test_a_given_u_stands_and_missing_values_weigh_nothing():
    levels, match = draw(5_000, 0.1)
    levels[::3, 0] = -1
    found = model.estimate(levels, level_counts=[3, 2, 2], u=U, rounds=50)
    assert all(made is given for made, given in zip(found.u, U, strict=True))
    nothing = np.full((1, 3), -1, dtype=np.int8)
    assert found.weights(nothing).tolist() == [0.0]
    assert found.posteriors(nothing)[0] == pytest.approx(found.match_share)
    assert found.posteriors(levels)[match].mean() > found.posteriors(levels)[~match].mean() + 0.5


def test_probabilities_are_calibrated():
    levels, match = draw(40_000, 0.3)
    known = model.Model(m=tuple(M), u=tuple(U), match_share=0.3)
    told = known.posteriors(levels)
    for low in np.arange(0, 1, 0.2):
        part = (told >= low) & (told < low + 0.2)
        if part.sum() > 500:
            assert match[part].mean() == pytest.approx(told[part].mean(), abs=0.03)


def test_u_of_random_pairs():
    levels, _ = draw(40_000, 0.0)
    for made, true in zip(model.estimate_u(levels, level_counts=[3, 2, 2]), U, strict=True):
        assert made == pytest.approx(true, abs=0.02)


def test_a_targets_pairs_and_none_add_up_to_one():
    weights, targets = np.array([20.0, 1.0, 3.0, 3.0, -900.0]), np.array([0, 0, 1, 1, 3])
    each, none = model.target_posteriors(weights, targets, records=1_000, is_in_file=0.5)
    totals = np.bincount(targets, weights=each, minlength=4) + none
    assert totals[[0, 1, 3]] == pytest.approx([1, 1, 1])
    assert each[0] > 0.99
    assert each[2] == each[3]
    assert none[2] == 1.0  # nothing was compared with the third target


def test_a_target_that_is_in_the_file_has_only_its_candidates():
    each, none = model.target_posteriors(np.array([2.0, 2.0]), np.array([0, 0]), records=9, is_in_file=1.0)
    assert each.tolist() == [0.5, 0.5]
    assert none.tolist() == [0.0]


def test_without_pairs_nothing_is_estimated():
    with pytest.raises(errors.ProtectionRefused) as refused:
        model.estimate(np.zeros((0, 2), dtype=np.int8), level_counts=[2, 2])
    assert refused.value.codes == ("no_pairs",)
