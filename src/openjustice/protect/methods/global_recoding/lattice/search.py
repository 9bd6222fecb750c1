"""Finds the best node of the lattice: bounds first, then best first, until nothing that is open could be better.

Every node has a bound that its loss cannot undercut. A node is *open* while its bound is under the best loss found. Each
evaluation raises the bounds of all nodes below the node (what is suppressed there is suppressed below as well), so that
most nodes are closed unseen. When none is open the best is proved; until then the least open bound says how far it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.global_recoding.lattice import boxes, metrics
from openjustice.protect.methods.global_recoding.lattice.answer import Best, Progress, nothing_satisfies
from openjustice.protect.methods.global_recoding.lattice.descent import descend
from openjustice.protect.methods.global_recoding.lattice.metrics import ADDITIVE, Metric
from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator, Node, Rolled, Seen, order_of_merging
from openjustice.protect.methods.global_recoding.lattice.task import Task

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_EQUAL = 1e-12
# How far between the least bound and the top of what is open the next node is taken. High nodes are cheap, and close most
# where they fail; by a measure that counts classes a node that holds closes all above it, and with k alone the middle is best.
_SHARE, _SHARE_OF_CLASSES = 0.92, 0.4
_SMALL_TABLE = 256
_FEW_OPEN = 12
_MARGIN_CELLS = 2**21
_LARGEST_LATTICE = 2**21


class Search:
    """One search over one lattice; `run` may be called once."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.evaluator = Evaluator(task)
        self.order = np.array(order_of_merging(task), dtype=np.int64)
        self.levels = np.array([tree.levels for tree in task.trees], dtype=np.int64)
        self.strides = np.array([int(np.prod(self.levels[j + 1 :])) for j in range(len(self.levels))], dtype=np.int64)
        self.is_additive = task.wish.metric in ADDITIVE
        self.share = _SHARE if self.is_additive or task.rules else _SHARE_OF_CLASSES
        self.base, self.least = self._prices()
        grid = np.indices(tuple(self.levels), dtype=np.uint8).reshape(len(self.levels), -1)
        self.levels_of = np.ascontiguousarray(grid.T)
        self.height = grid.sum(axis=0, dtype=np.int64)
        self.bound = self.base.copy()
        self.most_suppressed, self.most_added = (np.zeros(len(self.bound)) for _ in range(2))
        self.best = np.inf
        self.found: tuple[Node, Seen] | None = None
        self._root = self.evaluator.raw()
        self._tables: dict[tuple[int, ...], Rolled | None] = {}

    def run(self, *, should_stop: Callable[[], bool], progress: Progress) -> Best:
        """Search until the best is proved or it is time to stop.

        The most general levels come first, and nearly always are an answer. Raises ProtectionRefused where none is found.
        """
        self._close_forbidden()
        self._look(self._top(), self._root)
        if self.task.wish.k > 1:
            self._bound_by_margins()
        while (place := int(np.argmin(self.bound))) >= 0 and self.bound[place] < self._target():
            if should_stop():
                break
            place = boxes.pick_between(
                place, self.levels, self.strides, self.bound, self._target(), self.share, self.height
            )
            node = self.node_at(place)
            self._look(node, self._table_for(node))
            progress(self.best, self.least_bound(), self.evaluator.evaluated)
        if self.found is None:
            raise nothing_satisfies()
        return self._answer(*self.found)

    def node_at(self, place: int) -> Node:
        """Return the levels of a node by its place."""
        return tuple(self.levels_of[place].tolist())

    def least_bound(self) -> float:
        """Return what no node can undercut: the least open bound, or the best loss where none is open."""
        return float(min(self.bound.min(), self.best))

    def _answer(self, node: Node, seen: Seen) -> Best:
        bound = self.least_bound()
        return Best(
            node=node, loss=self.best, suppressed=seen.suppressed, bound=bound,
            is_proved=bool(self.bound.min() >= self._target()), nodes=len(self.bound), evaluated=self.evaluator.evaluated,
        )  # fmt: skip

    def _target(self) -> float:
        return self.best - _EQUAL * max(1.0, abs(self.best)) if self.best < np.inf else np.inf

    def _prices(self) -> tuple[Floats, Floats]:
        """Return for each node the loss without suppression, and what at least one suppressed record adds."""
        prices = self.task.prices
        if self.is_additive:
            least = [np.array([items.min() for items in levels]) for levels in prices.adds]
            return _outer(prices.level), _outer(least)
        count = int(np.prod(self.levels))
        if self.task.wish.metric is Metric.CLASS_SIZE:
            return np.ones(count), np.zeros(count)
        smallest = self.task.wish.k if self.task.held is self.task.counts else 1
        records = float(self.task.records)
        return np.full(count, smallest * records), np.full(count, records - smallest)

    def _close_forbidden(self) -> None:
        shape = self.bound.reshape(tuple(self.levels))
        for j, (least, most) in enumerate(self.task.level_bounds()):
            closed = [level for level in range(int(self.levels[j])) if not least <= level <= most]
            shape[(slice(None),) * j + (closed,)] = np.inf

    def _top(self) -> Node:
        return tuple(most for _, most in self.task.level_bounds())

    def _look(self, node: Node, table: Rolled) -> None:
        """Evaluate a node, keep it if it is the best so far, and raise the bounds it tells about."""
        seen = self.evaluator.evaluate(node, table)
        place = int(np.dot(self.strides, node))
        floor = 0.0
        if self.is_additive:
            loss = float(self.base[place] + seen.added)
        else:
            loss, floor = metrics.class_loss(self.task.wish.metric, records=self.task.records, weighed=seen.weighed)
        if seen.suppressed <= self.task.limit and not seen.over_cap and loss < self.best:
            self.best, self.found = loss, (node, seen)
        levels = np.array(node)
        closes = seen.over_cap and not self.task.rules
        below = np.inf if closes else seen.suppressed_below
        boxes.raise_below(
            levels, self.strides, below, seen.added_below if self.is_additive else 0.0, float(self.task.limit), self.base,
            self.least, self.most_suppressed, self.most_added, self.bound,
        )  # fmt: skip
        if not self.is_additive:
            boxes.raise_above(levels, self.levels, self.strides, floor, self.bound)
        self.bound[place] = np.inf

    def _bound_by_margins(self) -> None:
        """Raise every node's bound by what is suppressed when all but three variables are generalized away."""
        shape = tuple(int(count) for count in self.levels)
        most = self.most_suppressed.reshape(shape)
        width = min(3, len(shape))
        if width < 3 or self.task.held is not self.task.counts:
            return
        for chosen in combinations(range(len(shape)), width):
            room = int(np.prod([self.evaluator.sizes[j, 0] for j in chosen]))
            if room > _MARGIN_CELLS:
                continue
            found = np.zeros([shape[j] for j in chosen], dtype=np.int64)
            boxes.small_in_margins(
                self.task.codes, self.task.counts, np.array(chosen), self.levels, self.evaluator.sizes,
                self.evaluator.offsets, self.evaluator.steps, self.task.wish.k, np.empty(3 * room, dtype=np.int32),
                found.reshape(-1),
            )  # fmt: skip
            spread = [shape[j] if j in chosen else 1 for j in range(len(shape))]
            np.maximum(most, found.reshape(spread), out=most)
        self.bound = np.where(
            (self.bound == np.inf) | (self.most_suppressed > self.task.limit), np.inf,
            np.maximum(self.bound, self.base + np.maximum(self.most_suppressed * self.least, self.most_added)),
        )  # fmt: skip

    def _table_for(self, node: Node) -> Rolled:
        """Return the smallest table at hand for a node; one is made where enough open nodes will share it."""
        prefix: tuple[int, ...] = ()
        table = self._root
        for depth in range(1, len(self.order)):
            prefix = (*prefix, node[self.order[depth - 1]])
            if prefix not in self._tables:
                self._tables[prefix] = self._shared_table(node, table, depth)
            known = self._tables[prefix]
            if known is None:
                break
            table = known
        return table

    def _shared_table(self, node: Node, table: Rolled, depth: int) -> Rolled | None:
        """Return a table for the open nodes that share a node's levels in the first variables; nothing for a few of them.

        Few open nodes never become many again, so the answer holds for good.
        """
        if len(table) < _SMALL_TABLE:
            return None
        lowest = np.empty(len(self.levels), dtype=np.int64)
        count = boxes.meet_of_open(
            self.bound, self._target(), self.levels_of, self.order, depth, np.array(node), lowest
        )
        if count < _FEW_OPEN:
            return None
        meet = tuple(lowest.tolist())
        return table if meet == table.levels else self.evaluator.roll(meet, table)


def _outer(columns: Sequence[Floats]) -> Floats:
    """Return for each node the sum of one number for each variable's level, in the order of the nodes' places."""
    total = np.zeros(1)
    for column in columns:
        total = (total[:, np.newaxis] + column[np.newaxis, :]).reshape(-1)
    return total


def find_best(
    task: Task, *, should_stop: Callable[[], bool] = lambda: False, progress: Progress = lambda best, bound, seen: None
) -> Best:
    """Find the node of the least loss that satisfies the task, or the best found when it is time to stop.

    Claims: what the answer promises holds at its node; its loss is the least of all nodes where `is_proved`, and never
    under `bound`. Raises ProtectionRefused where not even the most general levels satisfy the task. Surprise: a lattice of
    more than two million nodes is searched without proof.
    """
    if np.prod([float(tree.levels) for tree in task.trees]) > _LARGEST_LATTICE:
        return descend(task, should_stop=should_stop, progress=progress)
    return Search(task).run(should_stop=should_stop, progress=progress)
