"""Joins cubes of a draft and of earlier releases: equal cells become one, whatever table they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from openjustice.protect.cubes.dimension import BoolArray, Cube, IntArray
from openjustice.protect.cubes.sums import make_sums, stack_rows

Node = frozenset[str]


@dataclass(frozen=True)
class Release:
    """A cube that was published before, with its true counts, and which of its cells were hidden then."""

    name: str
    cube: Cube
    hidden: BoolArray = field(repr=False)


@dataclass(frozen=True)
class CubeSystem:
    """All cells of the draft's cubes and of earlier releases, and every sum between them: `equations @ values == 0`.

    `draft` and `earlier` give, in the order of the cubes, the cell of each combination of nodes. `in_draft`,
    `shown_before` and `hidden_before` say where each cell stands; a cell that one release hides and another shows is
    shown. `nodes` says for each cell and each of `names` which leaves it covers, as a place in `meanings`; 0 is all.
    `codes` gives the codes by which each such place is known in any cube.
    """

    values: IntArray
    equations: sparse.csr_array
    in_draft: BoolArray
    shown_before: BoolArray
    hidden_before: BoolArray
    draft: tuple[IntArray, ...] = field(repr=False)
    earlier: tuple[IntArray, ...] = field(repr=False)
    names: tuple[str, ...]
    meanings: tuple[tuple[Node, ...], ...] = field(repr=False)
    nodes: IntArray = field(repr=False)
    codes: tuple[tuple[tuple[str, ...], ...], ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def unknown(self, hidden: BoolArray) -> BoolArray:
        """Return which cells nobody has been shown when the draft hides these."""
        return ~((self.in_draft & ~hidden) | self.shown_before)


def join_cubes(cubes: Sequence[Cube], *, earlier: Sequence[Release] = ()) -> CubeSystem:
    """Make one system of all cells of a draft's cubes and of earlier releases.

    A cell is what it counts: for each dimension the set of leaves under its node. So a total over four years is another
    cell than a total over five, and a cube without a dimension counts over all its leaves. Surprises: a count that is
    another in an earlier release is another cell; and where one node is another and a third together (five years are four
    years and the fifth), that sum joins the system though no table has it.
    """
    everything = [*cubes, *(release.cube for release in earlier)]
    names = tuple(dict.fromkeys(dimension.name for cube in everything for dimension in cube.dimensions))
    meanings = tuple(_meanings(name, everything) for name in names)
    places, keys, values = _find_cells(everything, names=names, meanings=meanings)
    draft, before = tuple(places[: len(cubes)]), tuple(places[len(cubes) :])
    rows = [
        make_sums(cube.dimensions, place, cells=len(values)) for cube, place in zip(everything, places, strict=True)
    ]
    rows.append(_differences(keys, meanings=meanings))
    shown, hidden = _mask(len(values)), _mask(len(values))
    for release, place in zip(earlier, before, strict=True):
        shown[place[~release.hidden]] = True
        hidden[place[release.hidden]] = True
    return CubeSystem(
        values=values,
        equations=_unite(rows, cells=len(values)),
        in_draft=_mask(len(values), draft),
        shown_before=shown,
        hidden_before=hidden & ~shown,
        draft=draft,
        earlier=before,
        names=names,
        meanings=meanings,
        nodes=_split(keys, meanings=meanings),
        codes=tuple(_codes(name, sets, everything) for name, sets in zip(names, meanings, strict=True)),
    )


def _meanings(name: str, cubes: Iterable[Cube]) -> tuple[Node, ...]:
    """Return every set of leaves that some node of this dimension stands for, all of them together first."""
    sets = [set(dimension.members) for cube in cubes for dimension in cube.dimensions if dimension.name == name]
    found = set[Node]().union(*sets)
    whole = frozenset[str]().union(*found)
    return (whole, *sorted(found - {whole}, key=lambda item: (-len(item), sorted(item))))


def _codes(name: str, sets: Sequence[Node], cubes: Iterable[Cube]) -> tuple[tuple[str, ...], ...]:
    """Return for each set of leaves the codes that cubes give it, in the order in which they are met."""
    found: dict[Node, dict[str, None]] = {item: {} for item in sets}
    for cube in cubes:
        for dimension in cube.dimensions:
            if dimension.name == name:
                for code, members in zip(dimension.codes, dimension.members, strict=True):
                    found[members][code] = None
    return tuple(tuple(found[item]) for item in sets)


def _find_cells(
    cubes: Sequence[Cube], *, names: Sequence[str], meanings: Sequence[Sequence[Node]]
) -> tuple[list[IntArray], IntArray, IntArray]:
    """Return the cell of each combination of each cube, and the key and the count of each cell."""
    keys = [_keys(cube, names=names, meanings=meanings) for cube in cubes]
    key = np.concatenate([item.ravel() for item in keys])
    count = np.concatenate([cube.counts.ravel() for cube in cubes])
    order = np.lexsort((count, key))
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (np.diff(key[order]) != 0) | (np.diff(count[order]) != 0)
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = np.cumsum(new) - 1
    ends = np.cumsum([item.size for item in keys])[:-1]
    places = [part.reshape(cube.shape) for part, cube in zip(np.split(cell, ends), cubes, strict=True)]
    return places, key[order][new], count[order][new]


def _keys(cube: Cube, *, names: Sequence[str], meanings: Sequence[Sequence[Node]]) -> IntArray:
    key = np.zeros(cube.shape, dtype=np.int64)
    axes = {dimension.name: axis for axis, dimension in enumerate(cube.dimensions)}
    for name, sets in zip(names, meanings, strict=True):
        key *= len(sets)
        if name in axes:
            at = {item: place for place, item in enumerate(sets)}
            digits = np.array([at[item] for item in cube.dimensions[axes[name]].members], dtype=np.int64)
            key += digits.reshape([-1 if axis == axes[name] else 1 for axis in range(key.ndim)])
    return key


def _split(keys: IntArray, *, meanings: Sequence[Sequence[Node]]) -> IntArray:
    nodes = np.zeros((len(keys), len(meanings)), dtype=np.int64)
    rest = keys.copy()
    for column in range(len(meanings) - 1, -1, -1):
        rest, nodes[:, column] = np.divmod(rest, len(meanings[column]))
    return nodes


def _differences(keys: IntArray, *, meanings: Sequence[Sequence[Node]]) -> sparse.csr_array:
    """Return the sums that a reader does across tables: a node less a part of it, where what is left is a node too."""
    first, last = np.searchsorted(keys, keys, side="left"), np.searchsorted(keys, keys, side="right")
    single, blocks, step = last - first == 1, [], 1
    for column in range(len(meanings) - 1, -1, -1):
        sets, digits = meanings[column], keys // step % len(meanings[column])
        for whole, part, rest in _complements(sets):
            parents = np.flatnonzero((digits == whole) & single)
            others = [keys[parents] + (other - whole) * step for other in (part, rest)]
            found = [np.minimum(np.searchsorted(keys, other), len(keys) - 1) for other in others]
            there = np.ones(len(parents), dtype=np.bool_)
            for other, place in zip(others, found, strict=True):
                there &= (keys[place] == other) & single[place]
            blocks.append(np.column_stack([parents, *found])[there])
        step *= len(sets)
    return stack_rows(blocks, cells=len(keys))


def _complements(sets: Sequence[Node]) -> list[tuple[int, int, int]]:
    at = {item: place for place, item in enumerate(sets)}
    groups = [place for place, item in enumerate(sets) if len(item) > 1]
    found = {
        (whole, min(part, rest), max(part, rest))
        for whole in groups
        for part in groups
        if sets[part] < sets[whole] and (rest := at.get(sets[whole] - sets[part], -1)) >= 0
    }
    return sorted(found)


def _unite(rows: Sequence[sparse.csr_array], *, cells: int) -> sparse.csr_array:
    """Return all rows, each once: tables that share cells share sums."""
    filled = [item for item in rows if item.shape[0]]
    if len(filled) == 1:
        return filled[0]
    blocks = [_as_block(item, width) for item in filled for width in np.unique(np.diff(item.indptr)).tolist()]
    return stack_rows(blocks, cells=cells)


def _as_block(rows: sparse.csr_array, width: int) -> IntArray:
    starts = rows.indptr[:-1][np.diff(rows.indptr) == width]
    return np.asarray(rows.indices[starts[:, None] + np.arange(width)], dtype=np.int64)


def _mask(count: int, places: Iterable[IntArray] = ()) -> BoolArray:
    made = np.zeros(count, dtype=np.bool_)
    for place in places:
        made[place.ravel()] = True
    return made
