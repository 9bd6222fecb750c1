"""How far the distribution of a variable in a class is from that of all records: the earth mover's distance, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.coded.hierarchies import Hierarchy

Floats = NDArray[np.float64]


class Distance(StrEnum):
    """What it costs to move a share of records from one value to another.

    `equal`: 1 between any two values. `hierarchical`: the height of the lowest value that covers both, as a part of the
    hierarchy's height. `ordered`: the steps between them in the order of the hierarchy's leaves, as a part of all.
    """

    EQUAL = "equal"
    HIERARCHICAL = "hierarchical"
    ORDERED = "ordered"


def steps_of(hierarchy: Hierarchy) -> tuple[Floats, ...]:
    """Return each step of a hierarchy to the next level as a matrix of 0 and 1."""
    steps = [hierarchy.step(level, level + 1) for level in range(hierarchy.levels - 1)]
    return tuple(np.eye(int(step.max()) + 1)[step] for step in steps)


def distance_of(parts: Floats, whole: Floats, distance: Distance, steps: Sequence[Floats]) -> Floats:
    """Return the distance of each row of shares from the whole. Source: Li, Li, Venkatasubramanian (2007).

    Claim: exact in floating point for any number of records; counts are never multiplied as integers, which would overflow.
    """
    difference = parts - whole
    match distance:
        case Distance.EQUAL:
            return np.asarray(np.abs(difference).sum(axis=1) / 2)
        case Distance.ORDERED:
            moved = np.abs(np.cumsum(difference, axis=1)).sum(axis=1)
            return np.asarray(moved / max(len(whole) - 1, 1))
        case Distance.HIERARCHICAL:
            return _hierarchical(difference, steps)
        case _:
            assert_never(distance)


def _hierarchical(difference: Floats, steps: Sequence[Floats]) -> Floats:
    """Shares move within the lowest value that covers both ends; one of height h of H costs h/H for what it balances."""
    cost, height = np.zeros(len(difference)), len(steps)
    excess, lack = np.maximum(difference, 0.0), np.maximum(-difference, 0.0)
    for level, step in enumerate(steps, start=1):
        more, less = excess @ step, lack @ step
        moved = np.minimum(more, less)
        cost += moved.sum(axis=1) * (level / height)
        excess, lack = more - moved, less - moved
    return cost
