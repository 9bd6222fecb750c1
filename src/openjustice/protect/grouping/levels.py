"""Records whose values can be shown at several levels, as arrays for the kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Integers32 = NDArray[np.int32]
Levels = NDArray[np.int8]
Tokens = NDArray[np.uint64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leveled:
    """Records, and what each of their values is at each level, and what it costs there.

    `codes[record, variable]` is the row of a value in `tokens` and `costs`, which all variables share; `tokens[value,
    level]` is a number that says what is shown, different for whatever is shown differently; `costs[value, level]` what
    showing it so costs. `heights` is the number of levels of each variable. Levels must nest: what is alike at one is
    alike at the next, which costs no less.
    """

    codes: Integers32
    tokens: Tokens
    costs: Floats
    heights: Integers

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def node_count(self) -> int:
        """Return how many nodes there are, as a whole number of any size."""
        return int(np.prod(self.heights.astype(object)))

    def nodes(self) -> tuple[Levels, Floats]:
        """Return all nodes from the cheapest to the dearest, and what each costs a record in the mean."""
        means = np.zeros(1)
        for variable, height in enumerate(self.heights):
            column = self.codes[:, variable]
            own = np.array([self.costs[column, level].mean() if len(column) else 0.0 for level in range(height)])
            means = (means[:, None] + own[None, :]).ravel()
        order = np.argsort(means, kind="stable")
        levels = np.stack(np.unravel_index(order, tuple(self.heights)), axis=1)
        return levels.astype(np.int8), means[order]

    def cost_at(self, node: Levels, records: Integers | slice = slice(None)) -> Floats:
        """Return what a node costs each of some records."""
        chosen = self.codes[records]
        total = np.zeros(len(chosen))
        for variable, level in enumerate(node):
            total += self.costs[chosen[:, variable], level]
        return total


def level_hierarchies(
    columns: Sequence[NDArray[np.integer]], *, ladders: Sequence[tuple[Integers32, Floats]], weights: Floats
) -> Leveled:
    """Return records whose values climb hierarchies.

    A ladder is what each leaf is at each level (level by leaf), and what a leaf costs there (level by leaf); `weights`
    multiply the costs of each variable.
    """
    heights = np.array([len(steps) for steps, _ in ladders], dtype=np.int64)
    highest = int(heights.max(initial=1))
    tokens, costs, codes, base, named = [], [], [], 0, 1
    for column, (steps, prices), weight in zip(columns, ladders, weights, strict=True):
        leaves = steps.shape[1]
        rungs = [min(level, len(steps) - 1) for level in range(highest)]
        shown = np.cumsum([0, *(int(row.max(initial=0)) + 1 for row in steps)])
        tokens.append((named + shown[rungs][:, None] + steps[rungs]).T)
        costs.append(prices[rungs].T * weight)
        codes.append(column.astype(np.int32) + np.int32(base))
        base, named = base + leaves, named + int(shown[-1])
    return Leveled(
        codes=np.ascontiguousarray(np.column_stack(codes)),
        tokens=_scatter(np.concatenate(tokens)),
        costs=np.ascontiguousarray(np.concatenate(costs)),
        heights=heights,
    )


def level_prices(codes: Integers, *, prices: Floats, blank: int) -> Leveled:
    """Return records whose values are shown or blanked, at the price of their variable; what is blank already is free."""
    ladders = []
    for column in codes.T:
        leaves = np.arange(int(column.max(initial=0)) + 1, dtype=np.int32)
        steps = np.stack([leaves, np.full_like(leaves, blank)])
        worth = np.stack([np.zeros(len(leaves)), (leaves != blank).astype(float)])
        ladders.append((steps, worth))
    made = level_hierarchies(list(codes.T), ladders=ladders, weights=prices)
    return _blank_is_blank(made, codes, blank=blank)


def _blank_is_blank(made: Leveled, codes: Integers, *, blank: int) -> Leveled:
    # A value that was blank from the start looks like one that was blanked: it has the same token at both levels.
    rows = np.unique(made.codes[codes == blank])
    made.tokens[rows, 0] = made.tokens[rows, 1]
    return made


def _scatter(numbers: NDArray[np.integer]) -> Tokens:
    """Return a different 64-bit number for each number, spread so that sums of them collide by chance alone.

    Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014), a bijection.
    """
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.ascontiguousarray(mixed ^ (mixed >> np.uint64(31)))
