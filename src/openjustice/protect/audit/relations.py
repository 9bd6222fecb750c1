"""Which cells of several tables are the same, and which are sums of others: by the leaves that each node covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.protect.cubes import Dimension, make_sums

Ints = npt.NDArray[np.int64]
Node = frozenset[str]
Relation = tuple[int, tuple[int, ...]]

_PARTS = 12  # a sum of more nodes than this, across tables, is left to the elimination of other sums


@dataclass(frozen=True)
class CoarseDimension(Dimension):
    """A part of a classification whose last nodes may be groups: each node means what it means in the whole."""

    meant: tuple[Node, ...] = ()

    @cached_property
    def members(self) -> tuple[Node, ...]:
        """The leaves of the whole classification that each node holds."""
        return self.meant


def coarsen(whole: Dimension, part: Dimension) -> Dimension:
    """Return a part of a classification with its nodes' meaning: a group without members holds all that it has."""
    at = {code: place for place, code in enumerate(whole.codes)}
    meant: dict[int, Node] = {}
    for place in part.upward:
        below = part.children.get(place)
        own = whole.members[at[part.codes[place]]]
        meant[place] = own if below is None else Node().union(*(meant[child] for child in below))
    found = tuple(meant[place] for place in range(len(part)))
    return part if found == part.members else CoarseDimension(part.name, part.codes, part.parents, found)


@dataclass(frozen=True)
class Axis:
    """One dimension of all tables together: every set of leaves that a node of it stands for, all of them first."""

    name: str
    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    group_of: tuple[int, ...]


def find_axes(tables: Sequence[Sequence[Dimension]]) -> tuple[Axis, ...]:
    """Return the dimensions of all tables, with the sums between nodes that no single table's tree states."""
    names = dict.fromkeys(dimension.name for table in tables for dimension in table)
    return tuple(_make_axis(name, [item for table in tables for item in table if item.name == name]) for name in names)


def make_keys(dimensions: Sequence[Dimension], axes: Sequence[Axis]) -> Ints:
    """Return a number for each combination of nodes that is the same in every table for the same leaves.

    A table without a dimension counts over all its leaves.
    """
    shape = tuple(len(dimension) for dimension in dimensions)
    keys = np.zeros(shape, dtype=np.int64)
    own = {dimension.name: place for place, dimension in enumerate(dimensions)}
    for axis in axes:
        keys *= len(axis.nodes)
        if axis.name in own:
            at = {node: place for place, node in enumerate(axis.nodes)}
            digits = np.array([at[node] for node in dimensions[own[axis.name]].members], dtype=np.int64)
            keys += digits.reshape([-1 if place == own[axis.name] else 1 for place in range(len(shape))])
    return keys


def find_equations(
    tables: Sequence[Sequence[Dimension]], *, places: Sequence[Ints], keys: Ints, axes: Sequence[Axis]
) -> tuple[sparse.csr_array, Ints]:
    """Return every sum within a table and across tables, and for each which table and parent it is of (-1: of none)."""
    found, parents = [], []
    for number, (dimensions, place) in enumerate(zip(tables, places, strict=True)):
        rows = make_sums(dimensions, place, cells=len(keys))
        found.append(rows)
        parents.append(rows.indices[rows.data > 0].astype(np.int64) + number * len(keys))
    for rows in _across(keys, axes):
        found.append(rows)
        parents.append(np.full(rows.shape[0], -1, dtype=np.int64))
    return sparse.csr_array(sparse.vstack(found, format="csr")), np.concatenate(parents)


def find_blocks(keys: Ints, axes: Sequence[Axis]) -> Ints:
    """Return for each cell the group of its node in the longest dimension."""
    longest = max(range(len(axes)), key=lambda place: len(axes[place].nodes))
    step = int(np.prod([len(axis.nodes) for axis in axes[longest + 1 :]], dtype=np.int64))
    digits = keys // step % len(axes[longest].nodes)
    return np.asarray(np.array(axes[longest].group_of, dtype=np.int64)[digits])


def _make_axis(name: str, trees: Sequence[Dimension]) -> Axis:
    found = set[Node]().union(*(set(tree.members) for tree in trees))
    whole = frozenset[str]().union(*found)
    nodes = (whole, *sorted(found - {whole}, key=lambda node: (-len(node), sorted(node))))
    at = {node: place for place, node in enumerate(nodes)}
    groups = list(range(len(nodes)))
    for tree in trees:
        root = tree.parents.index(-1)
        for place, parent in enumerate(tree.parents):
            if parent not in (-1, root):
                groups[at[tree.members[place]]] = groups[at[tree.members[parent]]]
    return Axis(name, nodes, tuple(_cross_relations(nodes, trees)), tuple(groups))


def _cross_relations(nodes: Sequence[Node], trees: Sequence[Dimension]) -> Iterator[Relation]:
    """Yield sums of nodes that do not follow from those of the trees: a whole, and the parts that make it up."""
    if len({frozenset(tree.members) for tree in trees}) < 2:
        return
    at = {node: place for place, node in enumerate(nodes)}
    known = _Space()
    for tree in trees:
        for parent, children in tree.children.items():
            known.add(at[tree.members[parent]], [at[tree.members[child]] for child in children])
    for whole, node in enumerate(nodes):
        smaller = [place for place, other in enumerate(nodes) if other < node]
        for first in smaller:
            parts = _make_up(nodes, smaller, node - nodes[first])
            if parts is not None and known.add(whole, [first, *parts]):
                yield whole, (first, *parts)


def _make_up(nodes: Sequence[Node], smaller: Sequence[int], rest: Node) -> list[int] | None:
    """Return nodes that make up a set of leaves, the largest first; None where that does not come out."""
    parts = []
    for place in smaller:
        if rest and nodes[place] <= rest:
            parts.append(place)
            rest -= nodes[place]
    return parts if not rest and len(parts) <= _PARTS else None


class _Space:
    """Linear combinations of the relations seen so far, so that one that says nothing new is left out."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, Fraction]] = {}

    def add(self, whole: int, parts: Sequence[int]) -> bool:
        """Add a relation; False where it follows from the others."""
        row = {whole: Fraction(1)} | {part: Fraction(-1) for part in parts}
        while row:
            lead = min(row)
            if lead not in self.rows:
                self.rows[lead] = {place: factor / row[lead] for place, factor in row.items()}
                return True
            scale = row[lead]
            for place, factor in self.rows[lead].items():
                value = row.get(place, Fraction(0)) - scale * factor
                row[place] = value
                if not value:
                    del row[place]
        return False


def _across(keys: Ints, axes: Sequence[Axis]) -> Iterator[sparse.csr_array]:
    """Yield the sums across tables, for all combinations of the other dimensions that are there in one version only."""
    first, last = np.searchsorted(keys, keys, side="left"), np.searchsorted(keys, keys, side="right")
    single, step = last - first == 1, 1
    for axis in reversed(axes):
        digits = keys // step % len(axis.nodes)
        for whole, parts in axis.relations:
            parents = np.flatnonzero((digits == whole) & single)
            wanted = [keys[parents] + (part - whole) * step for part in parts]
            places = [np.minimum(np.searchsorted(keys, item), len(keys) - 1) for item in wanted]
            there = np.ones(len(parents), dtype=np.bool_)
            for item, place in zip(wanted, places, strict=True):
                there &= (keys[place] == item) & single[place]
            if there.any():
                yield _rows(np.column_stack([parents, *places])[there], cells=len(keys))
        step *= len(axis.nodes)


def _rows(members: Ints, *, cells: int) -> sparse.csr_array:
    count, width = members.shape
    signs = np.tile(np.array([1, *[-1] * (width - 1)], dtype=np.int8), count)
    return sparse.csr_array((signs, members.ravel(), np.arange(0, count * width + 1, width)), shape=(count, cells))
