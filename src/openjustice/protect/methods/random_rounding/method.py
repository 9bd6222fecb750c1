"""Rounds each cell by itself, up or down, by a chance that its address, its count and a key decide."""

from __future__ import annotations

import numpy as np

from openjustice.protect import perturbation
from openjustice.protect.cells import CellSystem
from openjustice.protect.methods.random_rounding.parameters import Parameters
from openjustice.protect.perturbation import Perturbed, Secrets

SCOPE = "random rounding"


def round_cells(system: CellSystem, *, parameters: Parameters, secrets: Secrets) -> Perturbed:
    """Round every cell to a multiple of the base next to it, up with a chance of its rest over the base.

    Claims: unbiased over keys; a multiple of the base stays as it is; the same cell with the same count has the same number
    in every table and every release. Surprise: totals are rounded by themselves and need not be the sum of their parts.
    Source: Hundepool et al., Statistical Disclosure Control (2012), 5.4.2; Nargundkar and Saveland (1972).
    """
    low = system.values // parameters.base
    rest = system.values - low * parameters.base
    chance = perturbation.chances(system.addresses, system.values, key=secrets.key, scope=SCOPE)
    published = (low + (chance * parameters.base < rest)) * parameters.base
    changed = system.in_draft & (published != system.values)
    return Perturbed(
        values=published,
        hidden=np.zeros(len(system), dtype=np.bool_),
        figures={"base": parameters.base, "cells_changed": int(changed.sum())},
    )


def say_consequence(parameters: Parameters) -> tuple[str, ...]:
    """Say what rounding means for a reader."""
    base = parameters.base
    return (
        (
            f"Every number is rounded to a multiple of {base}, up or down by chance. A number is off by at most {base - 1}; over "
            "many numbers the differences cancel."
        ),
        "Totals are rounded by themselves, so parts need not add up to them.",
        f"A zero does not mean that there is nobody: it may stand for any number up to {base - 1}.",
    )
