"""Privacy models: what a class must be like to be kept, and how much of it must go at any node below if it is not.

Every model here is a convex or an upward closed condition on classes. So a class that fails tells of all nodes below it:
its parts cannot all hold, and the *share that must go* bounds from below how many of its records are suppressed there. For
k and distinct l that share is the whole class; for the others it follows from convexity (Jensen): if all parts that stay
satisfy f <= 0 and no part exceeds f_max, then at least f / f_max of the records must go.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect.coded.hierarchies import Hierarchy
from openjustice.protect.risk.closeness import Distance, distance_of, steps_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_ROUNDING = 1e-12


class Diversity(StrEnum):
    """How the values of a sensitive variable must be spread in a class."""

    DISTINCT = "distinct"
    ENTROPY = "entropy"
    RECURSIVE = "recursive"


@dataclass(frozen=True)
class LDiversity:
    """A class shows at least l well-represented values. Source: Machanavajjhala et al. (2007).

    `distinct`: l different values. `entropy`: an entropy of at least log(l). `recursive`: the most frequent value is rarer
    than c times all from the l-th most frequent on.
    """

    variable: str
    l: float  # noqa: E741 (the field's own letter)
    kind: Diversity = Diversity.RECURSIVE
    c: float = 1.0


@dataclass(frozen=True)
class TCloseness:
    """The distribution within a class is within t of that of all records. Source: Li, Li, Venkatasubramanian (2007).

    `hierarchical` moves mass over the variable's hierarchy; `ordered` over the order of its leaves.
    """

    variable: str
    t: float
    distance: Distance = Distance.HIERARCHICAL


Model = LDiversity | TCloseness


@dataclass(frozen=True)
class Rule:
    """A model made ready for one table: which column its variable is, and what its check needs."""

    column: int
    model: Model
    whole: Floats  # the distribution of all records
    farthest: float  # the most that any class could exceed the condition by
    tree: tuple[Floats, ...]  # for the hierarchical distance: each level's step to the next, as a matrix of 0 and 1

    def judge(self, histogram: Integers) -> tuple[NDArray[np.bool_], Floats]:
        """Return for each class whether it fails, and the share of it that must go at each node below."""
        match self.model:
            case LDiversity():
                return _judge_diversity(self.model, histogram)
            case TCloseness():
                over = distance_of(_parts(histogram), self.whole, self.model.distance, self.tree) - self.model.t
                fails = over > _ROUNDING
                return fails, np.where(
                    fails, np.clip(over / max(self.farthest - self.model.t, _ROUNDING), 0.0, 1.0), 0.0
                )
            case _:
                assert_never(self.model)


def make_rule(model: Model, *, column: int, hierarchy: Hierarchy, counts: Integers) -> Rule:
    """Make a model ready for a table in which the leaves of the variable have these counts.

    Raises ProtectionRefused where no record could ever be kept: all of them together show too few values.
    """
    whole = counts / max(int(counts.sum()), 1)
    tree = steps_of(hierarchy)
    farthest = 0.0
    if isinstance(model, TCloseness):
        points = np.eye(len(whole))[counts > 0]
        farthest = float(distance_of(points, whole, model.distance, tree).max(initial=0.0))
    rule = Rule(column=column, model=model, whole=whole, farthest=farthest, tree=tree)
    if rule.judge(counts[np.newaxis, :])[1][0] >= 1.0:
        raise errors.ProtectionRefused.because(
            "model_out_of_reach", f"All records together show too few values of '{model.variable}' for what is asked.",
            why="A class cannot show more values than the table has.", way_out="Ask for less.",
            place=errors.Place(field=model.variable),
        )  # fmt: skip
    return rule


def _judge_diversity(model: LDiversity, histogram: Integers) -> tuple[NDArray[np.bool_], Floats]:
    values = (histogram > 0).sum(axis=1)
    too_few = values < np.ceil(model.l - _ROUNDING)
    match model.kind:
        case Diversity.DISTINCT:
            return too_few, too_few.astype(np.float64)
        case Diversity.ENTROPY:
            if model.l <= 1:
                return np.zeros(len(histogram), dtype=np.bool_), np.zeros(len(histogram))
            shares = _parts(histogram)
            entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
            fails = entropy < np.log(model.l) - _ROUNDING
            return fails, np.where(too_few, 1.0, np.where(fails, 1.0 - entropy / np.log(model.l), 0.0))
        case Diversity.RECURSIVE:
            ordered = -np.sort(-histogram, axis=1)
            over = ordered[:, 0] - model.c * ordered[:, int(model.l) - 1 :].sum(axis=1)
            fails = over >= 0
            total = np.maximum(histogram.sum(axis=1), 1)
            return fails, np.where(too_few, 1.0, np.where(fails, over / total, 0.0))
        case _:
            assert_never(model.kind)


def _parts(histogram: Integers) -> Floats:
    return np.asarray(histogram / np.maximum(histogram.sum(axis=1, keepdims=True), 1))
