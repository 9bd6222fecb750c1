"""Generated hierarchies: cubes of random trees, read as one system of cells with every sum between them."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

from openjustice.protect.cells import CellSystem
from openjustice.protect.cubes import Cube, Dimension, make_cube, make_sums

COUNTS = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 10, 13, 26, 101])


@st.composite
def cubes(draw: st.DrawFn, *, dimensions: int = 3) -> Cube:
    """Draw a cube of one to so many variables, each a tree with or without groups under its total."""
    made = [_dimension(draw, f"v{place}") for place in range(draw(st.integers(1, dimensions)))]
    shape = [len(item.leaves) for item in made]
    size = int(np.prod(shape))
    inner = draw(st.lists(COUNTS, min_size=size, max_size=size))
    return make_cube("law", made, np.array(inner, dtype=np.int64).reshape(shape))


def system_of(cube: Cube) -> CellSystem:
    """Read a cube as a system of cells. Each level of a tree is a variable of its own, as in a policy."""
    nodes = [[_pair(item, place) for place in range(len(item))] for item in cube.dimensions]
    addresses = tuple(
        (("", "law/rows"), *sorted(pair for pair in pairs if pair)) for pairs in itertools.product(*nodes)
    )
    codes = itertools.product(*(item.codes for item in cube.dimensions))
    places = np.arange(cube.counts.size).reshape(cube.shape)
    equations = make_sums(cube.dimensions, places, cells=cube.counts.size)
    every, none = np.ones(cube.counts.size, dtype=np.bool_), np.zeros(cube.counts.size, dtype=np.bool_)
    rows = np.ones(equations.shape[0], dtype=np.bool_)
    return CellSystem(
        addresses=addresses, values=cube.counts.ravel().copy(), equations=equations.astype(np.int64), in_draft=every,
        shown_before=none, hidden_before=none, draft_rows=rows, earlier_rows=~rows,
        positions={"law": {code: place for place, code in enumerate(codes)}}, releases={},
    )  # fmt: skip


def _dimension(draw: st.DrawFn, name: str) -> Dimension:
    groups = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    codes, parents = ["_T"], [-1]
    for number, size in enumerate(groups):
        above = 0
        if size > 1 and len(groups) > 1:
            codes.append(f"g{number}")
            parents.append(0)
            above = len(codes) - 1
        for leaf in range(size):
            codes.append(f"{number}{leaf}")
            parents.append(above)
    return Dimension(name, tuple(codes), tuple(parents))


def _pair(dimension: Dimension, place: int) -> tuple[str, str] | None:
    if dimension.parents[place] < 0:
        return None
    depth, above = 0, place
    while dimension.parents[above] >= 0:
        depth, above = depth + 1, dimension.parents[above]
    is_leaf = place in dimension.leaves
    return (dimension.name if is_leaf else f"{dimension.name}_level_{depth}", dimension.codes[place])
