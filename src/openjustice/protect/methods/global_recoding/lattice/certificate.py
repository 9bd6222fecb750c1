"""A certificate: what information loss any file of this kind must have, whoever makes it and however."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator, Rolled, order_of_merging
from openjustice.protect.methods.global_recoding.lattice.task import Task

Floats = NDArray[np.float64]
_BUDGET = 2_000_000_000


def least_loss_of_any_file(task: Task, *, budget: int = _BUDGET) -> float:
    """Return a loss that no k-anonymous file recoded along these hierarchies can undercut, rows differing as they may.

    Claim: in such a file each record's shown tuple covers at least k records, so its class in the whole table at these
    levels has k as well; the cheapest such levels bound the record's loss, and their mean bounds the file's. Where all
    levels of all variables together would exceed the budget (rows times nodes), the variables are split into blocks whose
    bounds add up: smaller, and still a bound. Assumes the measure `loss`.
    """
    bare = replace(task, codes=task.codes[:, : len(task.trees)], rules=(), caps=(), others=())
    evaluator = Evaluator(bare)
    least = np.zeros(len(task.counts))
    for block in _blocks(task, rows=len(task.counts), budget=budget):
        outside = tuple(0 if j in block else tree.levels - 1 for j, tree in enumerate(task.trees))
        table, class_of = evaluator.roll_named(outside, evaluator.raw())
        order = [j for j in order_of_merging(task) if j in block]
        least += _least(bare, evaluator, table, order, block)[class_of]
    return float(least @ task.counts) / task.records


def _blocks(task: Task, *, rows: int, budget: int) -> list[list[int]]:
    """Split the variables into as few blocks of neighbors as the budget allows."""
    width = len(task.trees)
    count = 1
    while True:
        edges = np.linspace(0, width, count + 1).round().astype(int).tolist()
        blocks = [list(range(start, end)) for start, end in pairwise(edges)]
        nodes = sum(float(np.prod([float(task.trees[j].levels) for j in block])) for block in blocks)
        if nodes * rows <= budget or count == width:
            return blocks
        count += 1


def _least(task: Task, evaluator: Evaluator, table: Rolled, order: Sequence[int], block: Sequence[int]) -> Floats:
    """Return for each row of a table the least it can lose in a block's variables, over all levels of those still open."""
    if not order:
        return np.where(table.held >= task.wish.k, _cost(task, table, block), np.inf)
    j, least = order[0], np.full(len(table), np.inf)
    for level in range(task.trees[j].levels):
        node = (*table.levels[:j], level, *table.levels[j + 1 :])
        upper, class_of = evaluator.roll_named(node, table)
        np.minimum(least, _least(task, evaluator, upper, order[1:], block)[class_of], out=least)
    return least


def _cost(task: Task, table: Rolled, block: Sequence[int]) -> Floats:
    """Return what each row of a table loses in a block's variables."""
    cost, total = np.zeros(len(table)), sum(task.wish.weights.get(tree.variable, 1.0) for tree in task.trees)
    for j in block:
        tree, level = task.trees[j], table.levels[j]
        weight = task.wish.weights.get(tree.variable, 1.0) / total if total else 0.0
        cost += weight * tree.shares[level][table.codes[:, j]]
    return cost
