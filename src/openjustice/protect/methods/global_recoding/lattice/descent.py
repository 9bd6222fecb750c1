"""For a lattice too large to hold: goes down from the top by the step that helps most, and claims no optimum."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from openjustice.protect.methods.global_recoding.lattice import metrics
from openjustice.protect.methods.global_recoding.lattice.answer import Best, Progress, nothing_satisfies
from openjustice.protect.methods.global_recoding.lattice.metrics import ADDITIVE
from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator, Node
from openjustice.protect.methods.global_recoding.lattice.task import Task


def descend(task: Task, *, should_stop: Callable[[], bool], progress: Progress) -> Best:
    """Take, from the top, the one step down that lowers the loss most and still satisfies the task, until none does.

    Surprise: the answer is good, not best. Its bound is the loss of the lowest levels without any suppression.
    """
    evaluator = Evaluator(task)
    bounds = task.level_bounds()
    node: Node = tuple(most for _, most in bounds)
    lowest = _floor(task, tuple(least for least, _ in bounds))
    best = _loss(task, evaluator, node)
    if best is None:
        raise nothing_satisfies()
    while not should_stop():
        steps = [
            (found, lower) for lower in _lower(node, bounds) if (found := _loss(task, evaluator, lower)) is not None
        ]
        progress(best[0], lowest, evaluator.evaluated)
        if not steps or min(steps)[0] >= best:
            break
        best, node = min(steps)
    return Best(
        node=node, loss=best[0], suppressed=best[1], bound=min(lowest, best[0]), is_proved=best[0] <= lowest,
        nodes=int(np.prod([float(most - least + 1) for least, most in bounds])), evaluated=evaluator.evaluated,
    )  # fmt: skip


def _lower(node: Node, bounds: list[tuple[int, int]]) -> Iterator[Node]:
    for j, (level, (least, _)) in enumerate(zip(node, bounds, strict=True)):
        if level > least:
            yield (*node[:j], level - 1, *node[j + 1 :])


def _floor(task: Task, node: Node) -> float:
    return float(sum(levels[level] for levels, level in zip(task.prices.level, node, strict=True)))


def _loss(task: Task, evaluator: Evaluator, node: Node) -> tuple[float, int] | None:
    seen = evaluator.evaluate(node, evaluator.raw())
    if seen.suppressed > task.limit or seen.over_cap:
        return None
    if task.wish.metric in ADDITIVE:
        return _floor(task, node) + seen.added, seen.suppressed
    return metrics.class_loss(task.wish.metric, records=task.records, weighed=seen.weighed)[0], seen.suppressed
