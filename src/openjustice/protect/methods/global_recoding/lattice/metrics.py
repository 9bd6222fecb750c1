"""What information a recoding loses, in five measures: three that add up over variables, and two that count classes.

For those that add up, a node's loss is the sum of one number for each variable's level, and of what suppressing the records
of small classes adds. The first part is known for every node before a record is looked at; the second only grows downward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.coded.hierarchies import Hierarchy

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Metric(StrEnum):
    """How loss of information is measured."""

    LOSS = "loss"
    ENTROPY = "entropy"
    DISCERNIBILITY = "discernibility"
    CLASS_SIZE = "class_size"


ADDITIVE = frozenset({Metric.LOSS, Metric.ENTROPY})


@dataclass(frozen=True)
class Prices:
    """What a level of a variable costs all records together, and what suppressing one record adds to it, code by code.

    Both are parts of the loss of the whole table: they add up to 1 where everything is suppressed.
    """

    level: tuple[Floats, ...]
    adds: tuple[tuple[Floats, ...], ...]


def make_prices(
    metric: Metric, *, hierarchies: Sequence[Hierarchy], leaf_counts: Sequence[Integers], weights: Mapping[str, float]
) -> Prices:
    """Return the prices of a measure that adds up; of one that counts classes, prices of zero.

    `loss` is the mean over variables and records of the normalized domain share (ARX's Loss). `entropy` is the non-uniform
    entropy (Gionis, Tassa 2009): the bits that a recoded value leaves open, as a share of those of the variable.
    """
    total = sum(weights.get(tree.variable, 1.0) for tree in hierarchies)
    level, adds = [], []
    for tree, counts in zip(hierarchies, leaf_counts, strict=True):
        weight = weights.get(tree.variable, 1.0) / total if total else 0.0
        costs, more = _variable_prices(metric, tree, counts)
        level.append(weight * costs)
        adds.append(tuple(weight * item for item in more))
    return Prices(level=tuple(level), adds=tuple(adds))


def _variable_prices(metric: Metric, tree: Hierarchy, counts: Integers) -> tuple[Floats, list[Floats]]:
    records = max(int(counts.sum()), 1)
    levels = range(tree.levels)
    match metric:
        case Metric.LOSS:
            costs = np.array([float(tree.shares[level][tree.codes[level]] @ counts) / records for level in levels])
            return costs, [(1.0 - tree.shares[level]) / records for level in levels]
        case Metric.ENTROPY:
            bits = [_open_bits(tree, counts, level, records) for level in levels]
            worst = float(bits[0][tree.codes[0]] @ counts)
            scale = 1.0 / worst if worst > 0 else 0.0
            costs = np.array([scale * (worst - float(bits[level][tree.codes[level]] @ counts)) for level in levels])
            return costs, [scale * item for item in bits]
        case Metric.DISCERNIBILITY | Metric.CLASS_SIZE:
            return np.zeros(tree.levels), [np.zeros(tree.size(level)) for level in levels]
        case _:
            assert_never(metric)


def _open_bits(tree: Hierarchy, counts: Integers, level: int, records: int) -> Floats:
    """Return for each code of a level how many bits hiding it altogether would cost."""
    shown = np.bincount(tree.codes[level], weights=counts, minlength=tree.size(level))
    return np.asarray(np.log2(records / np.where(shown > 0, shown, records)))


def class_loss(metric: Metric, *, records: int, weighed: Floats) -> tuple[float, float]:
    """Return the loss of a node by a measure that counts classes, and what it cannot fall under at any node above.

    `discernibility`: the sum of squared class sizes, a suppressed record counting as all records (Bayardo, Agrawal 2005).
    `class_size`: records for each class, all suppressed records being one (LeFevre et al. 2006).
    """
    suppressed, _, _, _, squares, kept_squares, kept, classes = weighed
    if metric is Metric.DISCERNIBILITY:
        return float(kept_squares + records * suppressed), float(squares)
    return float(records / max(kept + (suppressed > 0), 1.0)), float(records / max(classes, 1.0))
