"""Releases records node by node, from the cheapest: each node releases every class of k that it finds among the rest.

Two rounds. The *scout* goes through all nodes, lets pass those that release little, and so finds the few nodes at which
classes form. The second goes through those nodes alone, but in smaller steps: a node's classes cost differently, so the
cheap ones are released before the dear ones of a node that is cheaper in the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openjustice.protect.grouping import kernels
from openjustice.protect.grouping.levels import Floats, Integers32, Leveled, Levels

# A node of the scout must release so many of the records that are left; fewer are left for a node that fits more.
_SHARE = 0.003
# The steps of a node in the second round: as many as keep the whole round short, within these.
_STEPS, _FEWEST_STEPS, _WALK = 8, 3, 4_000
_SAMPLE = 1_000
_EVERYTHING = np.inf


@dataclass(frozen=True)
class Steps:
    """In what order nodes release classes, and up to what cost of a class: node numbers and limits, cheapest step first."""

    nodes: Levels
    at: Integers32
    limits: Floats


def peel(leveled: Leveled, *, k: int, share: float = _SHARE, steps: int = _STEPS) -> Integers32:
    """Return the class of each record, -1 for fewer than k that are left over.

    Claims: each class has at least k records. Surprise: two classes may be shown alike. Runs through all nodes, so their
    number must be reasonable: see `Leveled.node_count`.
    """
    nodes, _ = leveled.nodes()
    everything = Steps(nodes=nodes, at=np.arange(len(nodes), dtype=np.int32), limits=np.full(len(nodes), _EVERYTHING))
    scouted = _run(leveled, everything, k=k, share=share)
    levels, _ = kernels.tighten_classes(leveled, scouted)
    useful = np.unique(np.concatenate([levels, nodes[-1:]]), axis=0)
    count = min(steps, max(_FEWEST_STEPS, _WALK // len(useful)))
    return _run(leveled, _make_steps(leveled, useful, count=count), k=k, share=0.0)


def _run(leveled: Leveled, steps: Steps, *, k: int, share: float) -> Integers32:
    classes = np.full(len(leveled), -1, dtype=np.int32)
    kernels.peel(
        leveled.codes, leveled.tokens, leveled.costs, steps.nodes, steps.at, steps.limits, k, share, classes
    )  # fmt: skip
    return classes


def _make_steps(leveled: Leveled, nodes: Levels, *, count: int) -> Steps:
    """Divide each node into steps by what its classes cost, as a sample of the records says."""
    sample = np.arange(0, len(leveled), max(1, len(leveled) // _SAMPLE))
    cost = np.sort(np.stack([leveled.cost_at(node, sample) for node in nodes]), axis=1)
    ends = np.unique(np.linspace(0, len(sample), count + 1).astype(np.int64))[1:]
    limits = cost[:, ends - 1].copy()
    sums = np.cumsum(cost, axis=1)[:, ends - 1]
    means = np.diff(sums, axis=1, prepend=0.0) / np.diff(ends, prepend=0)
    limits[:, -1] = _EVERYTHING
    repeated = np.zeros(limits.shape, dtype=bool)
    repeated[:, :-1] = limits[:, :-1] >= limits[:, 1:]
    at, step = np.nonzero(~repeated)
    order = np.argsort(means[at, step], kind="stable")
    return Steps(nodes=nodes, at=at[order].astype(np.int32), limits=limits[at, step][order])
