"""Rounds all cells of linked tables to multiples of a base next to them, so that every sum still holds."""

from __future__ import annotations

import numpy as np

from openjustice.ground import errors
from openjustice.protect import additive, perturbation
from openjustice.protect.additive import Whole
from openjustice.protect.cells import BoolArray, CellSystem, IntArray
from openjustice.protect.methods.controlled_rounding.parameters import Parameters
from openjustice.protect.perturbation import NOTHING, Perturbed, Secrets

# A number that was published before moves only where the sums cannot hold otherwise: dearer than any table's changes.
_MOVED = 1_000.0


def round_tables(system: CellSystem, *, parameters: Parameters, secrets: Secrets) -> Perturbed:
    """Round every cell and margin to a multiple of the base next to it, so that all sums still hold, changing least in all.

    Claims: additive; a multiple of the base stays as it is; every other number moves by less than the base; a number that
    was published stays as it was while its count is the same, unless the sums cannot hold otherwise. Assumes: the tables
    are complete, with their margins. Surprise: a published zero may stand for any count below the base. Raises
    ProtectionRefused where no such table exists, which can happen from three variables on. Sources: Cox and Ernst
    (1982), INFOR 20; Hundepool et al., Statistical Disclosure Control (2012), 5.4.
    """
    perturbation.need_counts_alone(system)
    low = system.values // parameters.base
    rest = system.values - low * parameters.base
    frozen = _frozen(system, secrets=secrets, parameters=parameters)
    found = _find(system, low, rest, frozen=frozen, parameters=parameters)
    published = found.values * parameters.base
    changed = system.in_draft & (published != system.values)
    moved = int(((frozen != NOTHING) & (published != frozen * parameters.base)).sum())
    return Perturbed(
        values=published,
        hidden=np.zeros(len(system), dtype=np.bool_),
        figures={
            "base": parameters.base,
            "gap": round(found.gap, 4),
            "cells_changed": int(changed.sum()),
            "kept_from_earlier_releases": int((frozen != NOTHING).sum()) - moved,
            "moved_since_earlier_releases": moved,
        },
    )


def say_consequence(parameters: Parameters) -> tuple[str, ...]:
    """Say what rounding means for a reader."""
    base = parameters.base
    return (
        (
            f"Every number is rounded to a multiple of {base}, up or down, so that all totals still add up. A number is off by at "
            f"most {base - 1}."
        ),
        f"A zero does not mean that there is nobody: it may stand for any number up to {base - 1}.",
        "Rates and shares are made of rounded numbers. Those of small numbers mean little.",
    )


def _find(system: CellSystem, low: IntArray, rest: IntArray, *, frozen: IntArray, parameters: Parameters) -> Whole:
    """Search with what was published held fast; where that has no answer, let it move at a high price."""
    # What no table shows, such as the rest of a selection, only has to be some whole number.
    free = ~system.in_draft
    up = np.where(free, low + low.sum() + 1, low + (rest > 0))
    low, rest = np.where(free, 0, low), np.where(free, 0, rest)
    # Of two neighbors the nearer costs less; the offset is what all would cost at zero, so that the whole is the change.
    cost = np.where(rest > 0, parameters.base - 2.0 * rest, 0.0).astype(np.float64)
    offset = float(rest.sum() - cost @ low)
    is_frozen = frozen != NOTHING
    lower, upper = np.where(is_frozen, frozen, low), np.where(is_frozen, frozen, up)
    task = additive.Task(system.equations, lower, upper, cost, offset)
    held = additive.find_whole(task, gap=parameters.gap, nodes=parameters.nodes)
    if held is None and is_frozen.any():
        dear = np.where(is_frozen, np.where(frozen > low, -_MOVED, _MOVED), cost).astype(np.float64)
        moved = additive.Task(system.equations, low, up, dear)
        held = additive.find_whole(moved, gap=parameters.gap, nodes=parameters.nodes)
    if held is None:
        raise errors.ProtectionRefused.because(
            "cannot_round",
            "There is no way to round these tables so that every number stays next to itself and all sums hold.",
            why="From three variables on, such a rounding need not exist, or was not found in so many branches.",
            way_out="Take another base, fewer linked tables, more nodes, or another method.",
        )
    return held


def _frozen(system: CellSystem, *, secrets: Secrets, parameters: Parameters) -> IntArray:
    """Return what was published of each cell in multiples of the base; NOTHING where it is no neighbor of its count."""
    nothing = np.full(len(system), NOTHING, dtype=np.int64)
    if secrets.published is None:
        return nothing
    published, base = secrets.published, parameters.base
    usable: BoolArray = (
        (published != NOTHING) & (published % base == 0) & (np.abs(published - system.values) < base)
        & ((system.values % base != 0) | (published == system.values))
    )  # fmt: skip
    return np.where(usable, published // base, nothing)
