"""Adds noise to numbers, with exactly the stated mean and covariance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect.methods.noise.parameters import Parameters

Numbers = NDArray[np.float64]
_STREAM = 1986  # so that noise does not repeat what another use of the same seed has drawn


@dataclass(frozen=True)
class Noisy:
    """The columns with their noise, and the covariance that the noise has, exactly, in this file."""

    columns: Mapping[str, Numbers]
    covariance: Numbers


def add(columns: Mapping[str, Numbers], *, parameters: Parameters, seed: int) -> Noisy:
    """Add normal noise that has mean zero and the stated covariance exactly, and none with the numbers themselves.

    Claims: every mean stays; every covariance becomes itself plus the noise's; with correlated noise all correlations
    stay; the same columns and seed give the same result. Raises ProtectionRefused where there are too few records for
    that, or a number is missing. Sources: Kim (1986); Tendick (1991), correlated noise.
    """
    numbers = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns.values()])
    count, width = numbers.shape
    _check(numbers)
    drawn = np.random.default_rng([seed, _STREAM]).standard_normal((count, width))
    # What the constant and the numbers explain is taken out, and the rest made to stand at right angles.
    known, sizes, _ = np.linalg.svd(
        np.column_stack([np.ones(count), numbers - numbers.mean(axis=0)]), full_matrices=False
    )
    known = known[:, sizes > sizes.max() * 1e-10]
    free, _ = np.linalg.qr(drawn - known @ (known.T @ drawn))
    own = np.cov(numbers, rowvar=False, bias=True).reshape(width, width)
    wanted = parameters.share * (own if parameters.correlated else np.diag(np.diag(own)))
    values, vectors = np.linalg.eigh(wanted)
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    noisy = numbers + np.sqrt(count) * free @ root.T
    return Noisy(columns={name: noisy[:, place] for place, name in enumerate(columns)}, covariance=wanted)


def work_example(given: Mapping[str, Any]) -> Any:
    """Add noise to the columns of a worked example, and say what became of means and variances."""
    columns = {name: np.array(values, dtype=np.float64) for name, values in given["columns"].items()}
    done = add(columns, parameters=Parameters.model_validate(given["parameters"]), seed=given["seed"]).columns
    return {
        name: {"mean": round(float(column.mean()), 6), "variance": round(float(column.var()), 6)}
        for name, column in done.items()
    }


def _check(numbers: Numbers) -> None:
    if len(numbers) < 2 * numbers.shape[1] + 2 or not np.isfinite(numbers).all():
        raise errors.ProtectionRefused.because(
            "cannot_add_noise",
            "There are too few records for so many variables, or a number is missing.",
            way_out="Leave out records without all numbers, or add noise to fewer variables.",
        )
