"""Changes values of a category by chance, by a matrix under which the expected counts stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.pram.parameters import Parameters

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Randomized:
    """What is shown, the values that may be, and the matrix: `matrix[i, j]` is how likely value i is shown as value j."""

    values: NDArray[Any]
    labels: NDArray[Any]
    matrix: Numbers

    @property
    def kept(self) -> float:
        """Return the least of the chances with which any value is shown as itself."""
        return float(self.matrix.diagonal().min())


def randomize(values: NDArray[Any], *, parameters: Parameters, seed: int) -> Randomized:
    """Show each value as one drawn by the matrix, each record by itself.

    Claims: the expected count of each value is its count (invariant PRAM), so counts need no correction; only values that
    occur are shown; the same values and seed give the same result. Source: Gouweleeuw, Kooiman, Willenborg, de Wolf
    (1998); the matrix is the product of a step and its Bayesian way back.
    """
    labels, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    matrix = invariant_matrix(counts.astype(np.float64), keep=parameters.keep)
    steps = np.cumsum(matrix, axis=1)
    drawn = np.random.default_rng(seed).random(len(codes))
    shown = (drawn[:, None] >= steps[codes][:, :-1]).sum(axis=1)
    return Randomized(values=labels[shown], labels=labels, matrix=matrix)


def invariant_matrix(counts: Numbers, *, keep: float) -> Numbers:
    """Return a matrix of chances that leaves the counts as they are in expectation: counts @ matrix = counts."""
    others = max(1, len(counts) - 1)
    step = np.full((len(counts), len(counts)), (1.0 - keep) / others)
    np.fill_diagonal(step, keep if len(counts) > 1 else 1.0)
    joint = counts[:, None] * step
    back = (joint / joint.sum(axis=0)).T
    matrix: Numbers = step @ back
    return matrix


def work_example(given: Mapping[str, Any]) -> Any:
    """Say the matrix of a worked example, and how many values changed."""
    values = np.array(given["values"])
    done = randomize(values, parameters=Parameters(keep=given["keep"]), seed=given["seed"])
    return {"matrix": done.matrix.round(4).tolist(), "labels": done.labels.tolist(), "shown": done.values.tolist()}
