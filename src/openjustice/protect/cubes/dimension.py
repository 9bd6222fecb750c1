"""A cube: one count for every combination of the nodes of its dimensions, totals and groups among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dimension:
    """A classification as a tree: `parents` gives the place of the node above each code, -1 for the one total.

    Assumes what `find_tree_faults` checks: one total, no circle, no code twice.
    """

    name: str
    codes: tuple[str, ...]
    parents: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """The places of the nodes below each node that has any."""
        below: dict[int, list[int]] = {}
        for place, parent in enumerate(self.parents):
            if parent >= 0:
                below.setdefault(parent, []).append(place)
        return below

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """The places of the nodes with nothing below them."""
        return tuple(place for place in range(len(self.codes)) if place not in self.children)

    @cached_property
    def upward(self) -> tuple[int, ...]:
        """All places, each after everything below it."""
        order, waiting = [], [self.parents.index(-1)]
        while waiting:
            place = waiting.pop()
            order.append(place)
            waiting.extend(self.children.get(place, ()))
        return tuple(reversed(order))

    @cached_property
    def members(self) -> tuple[frozenset[str], ...]:
        """The codes of the leaves that each node holds: what the node means, whatever it is called."""
        found: dict[int, frozenset[str]] = {}
        for place in self.upward:
            below = self.children.get(place)
            found[place] = (
                frozenset({self.codes[place]})
                if below is None
                else frozenset[str]().union(*(found[child] for child in below))
            )
        return tuple(found[place] for place in range(len(self.codes)))

    def restrict(self, codes: Collection[str]) -> Dimension:
        """Return the part of the tree that has these codes, each under its nearest ancestor that is kept."""
        kept = [place for place, code in enumerate(self.codes) if code in codes]
        places = {old: new for new, old in enumerate(kept)}
        parents = []
        for place in kept:
            above = self.parents[place]
            while above >= 0 and above not in places:
                above = self.parents[above]
            parents.append(places.get(above, -1))
        return Dimension(self.name, tuple(self.codes[place] for place in kept), tuple(parents))


@dataclass(frozen=True)
class Cube:
    """Counts over all combinations of nodes: `counts` has one axis for each dimension, in their order."""

    name: str
    dimensions: tuple[Dimension, ...]
    counts: IntArray = field(repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of nodes of each dimension."""
        return tuple(len(dimension) for dimension in self.dimensions)


def find_tree_faults(dimension: Dimension) -> list[str]:
    """Return in words what keeps a classification from being a tree under one total."""
    count, faults = len(dimension.codes), []
    if count != len(dimension.parents) or not count:
        return ["it has not one parent for each code"]
    if len(set(dimension.codes)) < count:
        faults.append("it has a code twice")
    if dimension.parents.count(-1) != 1:
        faults.append("it has not exactly one total (a code with parent -1)")
    if any(not -1 <= parent < count for parent in dimension.parents):
        faults.append("it names a parent that is not there")
    elif not faults and len(dimension.upward) < count:
        faults.append("it has a circle: some codes are not below the total")
    return faults


def make_cube(name: str, dimensions: Sequence[Dimension], inner: IntArray) -> Cube:
    """Make a cube from its inner cells: one axis of leaves for each dimension, in the order of `leaves`."""
    counts = np.asarray(inner, dtype=np.int64)
    for axis, dimension in enumerate(dimensions):
        counts = _add_up(counts, dimension, axis=axis)
    return Cube(name, tuple(dimensions), np.ascontiguousarray(counts))


def _add_up(leaves: IntArray, dimension: Dimension, *, axis: int) -> IntArray:
    below = np.moveaxis(leaves, axis, 0)
    full = np.zeros((len(dimension), *below.shape[1:]), dtype=np.int64)
    full[list(dimension.leaves)] = below
    for place in dimension.upward:
        if dimension.parents[place] >= 0:
            full[dimension.parents[place]] += full[place]
    return np.moveaxis(full, 0, axis)
