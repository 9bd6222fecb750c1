"""Evaluates nodes of the lattice: each from the smallest table at hand that is at most as general as the node.

Tables are rolled up from one another along a fixed order of variables, those first whose values merge most. A table made for
some levels of the first variables serves every open node that has these levels: it stands at their meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.global_recoding.lattice import kernels
from openjustice.protect.methods.global_recoding.lattice.metrics import ADDITIVE
from openjustice.protect.methods.global_recoding.lattice.task import Task

Integers = NDArray[np.int64]
Integers32 = NDArray[np.int32]
Floats = NDArray[np.float64]
Node = tuple[int, ...]
_CELLS = 2**21  # a table of all keys is used up to here, for then it still fits a processor's cache
_FEW_CELLS = 2**14
_CELLS_PER_ROW = 16
_MOST_BYTES = 2**25
_FEW_BYTES = 2**18
_BYTES_PER_ROW = 128
_BITS = 63  # of a key and the number of its row, side by side
_NOTHING = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Rolled:
    """The distinct tuples of the records at some node, with the columns of models and caps."""

    levels: Node
    codes: NDArray[Any]
    counts: Integers
    held: Integers

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True)
class Seen:
    """What evaluating a node found: records left out, what that adds to the loss, and bounds for all nodes below."""

    suppressed: int
    added: float
    suppressed_below: float
    added_below: float
    weighed: Floats
    over_cap: bool
    classes: int


class Evaluator:
    """Holds the working memory of evaluations, and the steps between levels in the flat form that kernels read."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.width = len(task.trees)
        self.sizes, self.offsets, self.steps, self.adds = _flatten(task)
        rows = len(task.counts)
        widest = max(*(tree.leaves for tree in (*task.trees, *task.others)), 1)
        self._lut = np.zeros((self.width, widest), dtype=np.int64)
        self._cost = np.zeros((self.width, widest))
        self._cells = np.zeros(_CELLS, dtype=np.int32)
        self._packed = np.empty(rows, dtype=np.uint64)
        self._spots, self._class_of, self._first = (np.empty(rows, dtype=np.int32) for _ in range(3))
        self._own, self._held = (np.empty(rows, dtype=np.int64) for _ in range(2))
        self._keys = np.empty(rows, dtype=np.int32)
        self._may_saturate = (
            task.wish.k < 256 and not task.rules and task.held is task.counts
            and task.wish.metric in ADDITIVE
        )  # fmt: skip
        self._bytes = np.zeros(_MOST_BYTES if self._may_saturate else 0, dtype=np.uint8)
        self._cap_columns = np.array([column for column, _ in task.caps], dtype=np.int64)
        self._most_codes = max([len(most) for _, most in task.caps], default=0)
        self.evaluated = 0
        self.rolled = 0

    def raw(self) -> Rolled:
        """Return the records' own distinct tuples as a table."""
        return Rolled((0,) * self.width, self.task.codes, self.task.counts, self.task.held)

    def evaluate(self, node: Node, table: Rolled) -> Seen:
        """Find the classes of a node from a table below it, and what they say."""
        self.evaluated += 1
        out = np.zeros(8)
        if self._may_saturate and (space := self._prepare(node, table)) <= self._most_bytes(len(table)):
            return self._evaluate_dense(table, int(space), out)
        classes = self._find_classes(node, table)
        own = self._own
        rows = len(table)
        class_of, first = self._class_of[:rows], self._first
        kernels.add_up(class_of, table.counts, own, classes)
        held = own
        if table.held is not table.counts:
            held = self._held
            kernels.add_up(class_of, table.held, held, classes)
        if not self.task.rules and not self.task.caps:
            kernels.weigh_small(table.codes, first, own, held, self._cost, classes, self.task.wish.k, out)
            over = False
        else:
            fails, shares = self._judge(table, own=own, held=held, classes=classes)
            kernels.weigh_shares(table.codes, first, own, fails, shares, self._cost, classes, out)
            over = any(self._is_over(table, fails, column, most, classes) for column, most in self.task.caps)
        return Seen(
            suppressed=round(out[0]), added=float(out[1]), suppressed_below=float(np.ceil(out[2] - 1e-6)),
            added_below=float(out[3]), weighed=out, over_cap=over, classes=classes,
        )  # fmt: skip

    def _evaluate_dense(self, table: Rolled, space: int, out: Floats) -> Seen:
        over = np.zeros((len(self.task.caps), self._most_codes), dtype=np.int64)
        kernels.weigh_dense(
            table.codes, table.counts, self._lut, self._cost, self._bytes[:space], self._keys[: len(table)],
            self.task.wish.k, self._cap_columns, over, out,
        )  # fmt: skip
        is_over = any((found[: len(most)] > most).any() for found, (_, most) in zip(over, self.task.caps, strict=True))
        return Seen(
            suppressed=round(out[0]), added=float(out[1]), suppressed_below=float(out[2]), added_below=float(out[3]),
            weighed=out, over_cap=bool(is_over), classes=0,
        )  # fmt: skip

    def _most_bytes(self, rows: int) -> int:
        return min(len(self._bytes), max(_FEW_BYTES, _BYTES_PER_ROW * rows))

    def roll(self, node: Node, table: Rolled) -> Rolled:
        """Roll a table up to a node."""
        return self.roll_named(node, table)[0]

    def roll_named(self, node: Node, table: Rolled) -> tuple[Rolled, Integers]:
        """Roll a table up to a node, and return for each of its rows which one it became."""
        self.rolled += 1
        others = table.codes.shape[1] - self.width
        prior = _NOTHING
        for at in range(others):
            column, size = table.codes[:, self.width + at], self.task.others[at].leaves
            prior = column.astype(np.int64) if not at else prior * size + column
        classes = self._find_classes(node, table, prior=prior)
        first = self._first[:classes]
        codes = table.codes[first]
        for j in range(self.width):
            start = self.offsets[j, table.levels[j], node[j]]
            if table.levels[j] != node[j]:
                codes[:, j] = self.steps[start + codes[:, j].astype(np.int64)]
        class_of = self._class_of[: len(table)].astype(np.int64)
        counts = self._added(table.counts, len(table), classes)
        held = counts if table.held is table.counts else self._added(table.held, len(table), classes)
        return Rolled(node, codes, counts, held), class_of

    def classes_of(self, node: Node, table: Rolled) -> tuple[Integers, NDArray[np.bool_]]:
        """Return for each row of a table its class at a node, and for each class whether it fails."""
        class_of, held = self.sizes_of(node, table)
        own = held if table.held is table.counts else self._added(table.counts, len(table), len(held))
        fails, _ = self._judge(table, own=own, held=held, classes=len(held))
        return class_of, fails

    def sizes_of(self, node: Node, table: Rolled) -> tuple[Integers, Integers]:
        """Return for each row of a table its class at a node, and for each class how many it holds."""
        classes = self._find_classes(node, table)
        return self._class_of[: len(table)].astype(np.int64), self._added(table.held, len(table), classes)

    def _added(self, counts: Integers, rows: int, classes: int) -> Integers:
        added = np.empty(classes, dtype=np.int64)
        kernels.add_up(self._class_of[:rows], counts, added, classes)
        return added

    def _find_classes(self, node: Node, table: Rolled, prior: Integers = _NOTHING) -> int:
        space = self._prepare(node, table)
        rows = len(table)
        if len(prior) and rows:
            self._lut *= int(prior.max()) + 1
            space *= int(prior.max()) + 1
        if space >= 2.0 ** (_BITS - rows.bit_length()):
            return self._find_wide_classes(node, table, prior)
        return self._name(table.codes, self._lut, prior, space)

    def _prepare(self, node: Node, table: Rolled) -> float:
        """Fill what each code adds to a class's key at a node, and return how many keys are possible."""
        return kernels.fill_steps(
            np.array(table.levels),
            np.array(node),
            self.offsets,
            self.sizes,
            self.steps,
            self.adds,
            self._lut,
            self._cost,
        )

    def _find_wide_classes(self, node: Node, table: Rolled, prior: Integers) -> int:
        """Number the classes variable by variable: the class so far and one more code always fit a key."""
        found = max(int(prior.max(initial=0)) + 1, 1)
        for j in range(self.width):
            start = self.offsets[j, table.levels[j], node[j]]
            size = self.sizes[j, table.levels[j]]
            lut = self.steps[start : start + size].astype(np.int64)[np.newaxis, :] * found
            found *= int(self.sizes[j, node[j]])
            found = self._name(table.codes[:, j : j + 1], lut, prior, float(found))
            prior = self._class_of[: len(table)].astype(np.int64)
        return found

    def _name(self, codes: NDArray[Any], lut: Integers, prior: Integers, space: float) -> int:
        """Number the classes by a table of all keys where that is small, else by sorting keys with their rows beside them."""
        rows = len(codes)
        class_of = self._class_of[:rows]
        if space <= min(_CELLS, max(_FEW_CELLS, _CELLS_PER_ROW * rows)):
            return kernels.name_dense(codes, lut, prior, self._cells, self._spots, class_of, self._first)
        room = rows.bit_length()
        packed = self._packed[:rows]
        kernels.pack_keys(codes, lut, prior, room, packed)
        packed.sort()
        return kernels.name_sorted(packed, room, class_of, self._first)

    def _judge(self, table: Rolled, *, own: Integers, held: Integers, classes: int) -> tuple[NDArray[np.bool_], Floats]:
        """Return which classes fail and what share of each must go below; only classes that hold k are looked at closely."""
        fails = held[:classes] < self.task.wish.k
        shares = fails.astype(np.float64)
        for rule in self.task.rules:
            open_classes = np.flatnonzero(~fails & (own[:classes] > 0))
            histogram = self._histogram(table, rule.column, classes)[open_classes]
            failing, share = rule.judge(histogram)
            fails[open_classes] |= failing
            shares[open_classes] = np.maximum(shares[open_classes], share)
        return fails, shares

    def _is_over(self, table: Rolled, fails: NDArray[np.bool_], column: int, most: Integers, classes: int) -> bool:
        found = np.empty(len(most), dtype=np.int64)
        kernels.add_failing(fails, self._histogram(table, column, classes), classes, found)
        return bool((found > most).any())

    def _histogram(self, table: Rolled, column: int, classes: int) -> Integers:
        histogram = np.empty((classes, self.task.others[column - self.width].leaves), dtype=np.int64)
        kernels.add_up_by(self._class_of[: len(table)], table.counts, table.codes, column, histogram, classes)
        return histogram


def _flatten(task: Task) -> tuple[Integers, Integers, Integers32, Floats]:
    deepest = max(tree.levels for tree in task.trees)
    sizes = np.ones((len(task.trees), deepest), dtype=np.int64)
    offsets = np.zeros((len(task.trees), deepest, deepest), dtype=np.int64)
    steps: list[Integers32] = []
    adds: list[Floats] = []
    total = 0
    for j, tree in enumerate(task.trees):
        for lower in range(tree.levels):
            sizes[j, lower] = tree.size(lower)
            for upper in range(lower, tree.levels):
                step = tree.step(lower, upper)
                offsets[j, lower, upper] = total
                steps.append(step)
                adds.append(task.prices.adds[j][upper][step])
                total += len(step)
    return sizes, offsets, np.concatenate(steps), np.concatenate(adds)


def order_of_merging(task: Task) -> list[int]:
    """Return the variables in the order of how much uncertainty their first step of generalization takes away."""
    lost = []
    for j, tree in enumerate(task.trees):
        leaf = np.bincount(task.codes[:, j], weights=task.counts, minlength=tree.leaves)
        merged = np.bincount(tree.codes[min(1, tree.levels - 1)], weights=leaf)
        lost.append(_entropy(leaf) - _entropy(merged))
    return sorted(range(len(lost)), key=lambda j: (-lost[j], j))


def _entropy(counts: NDArray[Any]) -> float:
    found = counts.astype(np.float64)
    shares = found[found > 0] / max(found.sum(), 1.0)
    return float(-(shares * np.log(shares)).sum())
