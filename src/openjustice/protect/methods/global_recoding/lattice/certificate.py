"""A certificate: what information loss any file of this kind must have, whoever makes it and however."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator, Node
from openjustice.protect.methods.global_recoding.lattice.task import Task

Floats = NDArray[np.float64]
_BUDGET = 30_000_000


def least_loss_of_any_file(task: Task, *, budget: int = _BUDGET) -> float:
    """Return a loss that no k-anonymous file recoded along these hierarchies can undercut, rows differing as they may.

    Claim: in such a file each record's shown tuple covers at least k records, so its class in the whole table at these
    levels has k as well; the cheapest such levels bound the record's loss, and their mean bounds the file's. Where all
    levels of all variables together would exceed the budget (rows times nodes), the variables are split into blocks whose
    bounds add up: smaller, and still a bound. Assumes a measure that adds up over variables.
    """
    rows = len(task.counts)
    blocks = _blocks(task, rows=rows, budget=budget)
    evaluator = Evaluator(task)
    return float(sum(float(_least_of_block(task, evaluator, block) @ task.counts) for block in blocks) / task.records)


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


def _least_of_block(task: Task, evaluator: Evaluator, block: Sequence[int]) -> Floats:
    """Return for each row the least it can lose in the block's variables, the others being generalized away."""
    least = np.full(len(task.counts), np.inf)
    raw = evaluator.raw()
    top: Node = tuple(tree.levels - 1 for tree in task.trees)
    for levels in product(*(range(task.trees[j].levels) for j in block)):
        chosen = dict(zip(block, levels, strict=True))
        node = tuple(chosen.get(j, level) for j, level in enumerate(top))
        class_of, held = evaluator.sizes_of(node, raw)
        cost = np.zeros(len(least))
        for j, level in chosen.items():
            codes = task.trees[j].codes[level][task.codes[:, j]]
            # What a record loses is what suppressing it would add, less what is left to add.
            cost += (task.prices.adds[j][0][task.codes[:, j]] - task.prices.adds[j][level][codes]) * task.records
        np.minimum(least, np.where(held[class_of] >= task.wish.k, cost, np.inf), out=least)
    return least
