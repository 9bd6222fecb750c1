"""Adds discrete Laplace noise to every cell of a draft through OpenDP, makes the numbers add up, and keeps the budget."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from openjustice.ground import errors
from openjustice.protect import perturbation, private_counts
from openjustice.protect.cells import BoolArray, CellSystem, IntArray
from openjustice.protect.methods.dp_cubes.consistency import fill, find_finest, make_consistent
from openjustice.protect.methods.dp_cubes.parameters import Parameters
from openjustice.protect.perturbation import Perturbed, Secrets
from openjustice.protect.private_counts import Spending

ROWS = "/rows"
_FAR = 40


def protect(system: CellSystem, *, parameters: Parameters, secrets: Secrets) -> Perturbed:
    """Measure the cells of a draft with noise, and publish whole numbers that add up and are not below zero.

    Claims: whoever sees all of a release, and knows every record but one, learns of that one no more than a factor of
    e^epsilon in the odds; the mechanism and its proof are OpenDP's. All releases together keep the budget. Assumes: a
    record stands in at most one cell of each breakdown; tables count records. Surprise: the noise cannot be made again,
    for OpenDP draws it from the machine's own chance, so two runs differ. Sources: Ghosh, Roughgarden, Sundararajan
    (2012), SIAM Journal on Computing 41; OpenDP 0.16.
    """
    perturbation.need_counts_alone(system)
    _refuse_sums(system)
    asked = Spending(parameters.epsilon)
    spent = private_counts.need_budget(
        [asked] * secrets.releases, asked=asked, budget=Spending(parameters.budget)
    ).epsilon
    measured = _measured(system, parameters=parameters)
    levels = len(_levels(system, measured))
    noisy = np.zeros(len(system))
    noisy[measured] = private_counts.add_noise(system.values[measured], breakdowns=levels, spend=asked).values
    whole = make_consistent(system, fill(system, noisy, known=measured), rounds=parameters.rounds)
    if whole is None:
        raise errors.ProtectionRefused.because(
            "cannot_add_up", "No whole numbers beside the noisy ones add up.",
            way_out="Draft again, or use fewer linked tables.",
        )  # fmt: skip
    return Perturbed(
        values=whole,
        hidden=np.zeros(len(system), dtype=np.bool_),
        figures={
            "epsilon": parameters.epsilon,
            "spent": spent,
            "budget": parameters.budget,
            "breakdowns": levels,
            "noise_scale": round(levels / parameters.epsilon, 4),
        },
    )


def find_doubt(system: CellSystem, published: IntArray, *, parameters: Parameters) -> str:
    """Say why these cannot be the numbers of a protected draft; nothing, where they can.

    The noise cannot be made again. What can be told: the numbers add up, are not below zero, lie as near to the truth as
    the noise allows (projecting brings them no farther), and are not the truth itself where that is all but impossible.
    """
    drawn = system.in_draft
    told = np.diff(sparse.csr_array(system.equations[:, ~drawn]).indptr) == 0
    if (system.equations[told] @ published).any():
        return "The numbers do not add up."
    if (published[drawn] < 0).any():
        return "A number is below zero."
    measured = _measured(system, parameters=parameters)
    scale = len(_levels(system, measured)) / parameters.epsilon
    off = (published - system.values)[drawn].astype(np.float64)
    # The square of a sum of k noises is 2 k s² on average; forty times that, and some units for whole numbers.
    sums = fill(system, np.ones(len(system)), known=measured)[drawn]
    most = np.sqrt(_FAR * 2 * sums.sum()) * scale + 3 * np.sqrt(float((sums**2).sum()))
    if np.sqrt((off**2).sum()) > most:
        return "The numbers lie farther from the truth than the noise can have put them."
    still = int(measured.sum()) * np.log((1 - np.exp(-1 / scale)) / (1 + np.exp(-1 / scale)))
    return "The numbers are the true ones: no noise was added." if not off.any() and still < np.log(1e-9) else ""


def say_consequence(parameters: Parameters) -> tuple[str, ...]:
    """Say what differential privacy means for a reader."""
    return (
        (
            "Every number has noise: it is a little more or less than the truth, by chance. Small numbers may be far off in "
            "proportion, large ones hardly."
        ),
        "All totals add up, and no number is below zero; small numbers are on the whole a little too large for that.",
        (
            f"What this release can tell of one person is bounded: epsilon {parameters.epsilon:g}, of a budget of "
            f"{parameters.budget:g} for all releases."
        ),
        "The noise is drawn anew for each release, so a change from one release to the next may be noise alone.",
    )


def _measured(system: CellSystem, *, parameters: Parameters) -> BoolArray:
    """Return the cells that noise is put on. What no table shows is never measured: it would be a breakdown more."""
    return find_finest(system) if parameters.measure == "finest" else system.in_draft


def _levels(system: CellSystem, measured: BoolArray) -> set[tuple[str, ...]]:
    """Return the breakdowns: what is counted, and by which variables. A record stands in one cell of each at most."""
    return {
        (dict(system.addresses[cell])[""], *(name for name, _ in system.addresses[cell] if name))
        for cell in np.flatnonzero(measured).tolist()
    }


def _refuse_sums(system: CellSystem) -> None:
    counted = {dict(address)[""] for address in system.addresses}
    if any(ROWS not in name for name in counted):
        raise errors.ProtectionRefused.because(
            "sums_unbounded",
            "A table sums something else than records, and how much one record may add to it is not bounded.",
            way_out="Use another method for tables of sums.",
        )
