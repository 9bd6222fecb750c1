"""Laws of protected cubes over random hierarchies, linked tables and releases, checked by elimination in fractions."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laws.invented_cubes import solvable_by_fractions
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.cubes import Cube, Dimension, Release
from openjustice.protect.plan.cubes import protect_cubes

COUNTS = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 7, 9, 14, 30, 55])


@st.composite
def trees(draw: st.DrawFn, name: str) -> Dimension:
    """Draw a tree of one or two levels: each group of one to three leaves, or a leaf by itself."""
    codes, parents = ["Total"], [-1]
    for group in range(draw(st.integers(2, 3))):
        codes.append(f"{name}{group}")
        parents.append(0)
        above = len(codes) - 1
        for leaf in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
            codes.append(f"{name}{group}{leaf}")
            parents.append(above)
    return Dimension(name, tuple(codes), tuple(parents))


@st.composite
def cube(draw: st.DrawFn) -> Cube:
    """Draw a cube of one to three dimensions."""
    dimensions = tuple(draw(trees(name)) for name in "abc"[: draw(st.integers(1, 3))])
    shape = [len(item.leaves) for item in dimensions]
    inner = np.array(draw(st.lists(COUNTS, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))).reshape(shape)
    return cubes.make_cube("law", dimensions, inner)


def check(given_cubes: list[Cube], releases: list[Release]) -> None:
    """Protect, and see by fractions that no small count of the draft follows from everything that is shown."""
    try:
        done = protect_cubes(given_cubes, threshold=3, earlier=releases)
    except errors.ProtectionRefused:
        return
    system = cubes.join_cubes(given_cubes, earlier=releases)
    hidden = np.zeros(len(system), dtype=np.bool_)
    for place, mask in zip(system.draft, done.hidden, strict=True):
        hidden[place.ravel()] = mask.ravel()
    small = (system.values > 0) & (system.values <= 3) & system.in_draft
    assert hidden[small].all()
    unknown = system.unknown(hidden) & ~system.shown_before
    solved = set(solvable_by_fractions(system.equations.toarray(), unknown))
    before = system.shown_before | system.hidden_before
    assert not [cell for cell in solved if small[cell] and not before[cell]]


@given(cube())
@settings(max_examples=25, deadline=None)
def test_no_small_count_of_a_cube_follows(drawn: Cube):
    check([drawn], [])


@given(cube())
@settings(max_examples=15, deadline=None)
def test_no_small_count_of_linked_tables_follows(drawn: Cube):
    first = drawn.dimensions[0]
    groups = [place for place, parent in enumerate(first.parents) if parent <= 0]
    # The same places in two halves that cut across the groups: another geography over the same leaves.
    leaves = [first.codes[leaf] for leaf in first.leaves]
    halves = Dimension(
        first.name, ("All", "even", "odd", *leaves), (-1, 0, 0, *(1 + at % 2 for at in range(len(leaves))))
    )
    places = [first.codes.index(code) for code in leaves]
    other = cubes.make_cube("halves", (halves, *drawn.dimensions[1:]), leaves_of(drawn, places))
    margin = Cube("margin", drawn.dimensions[:1], drawn.counts.reshape(len(first), -1)[:, 0])
    assert len(groups) > 1
    check([drawn, other, margin], [])


@given(cube())
@settings(max_examples=15, deadline=None)
def test_no_small_count_of_two_releases_follows(drawn: Cube):
    last = drawn.dimensions[-1]
    earlier = (*drawn.dimensions[:-1], last.restrict(set(last.codes[:-1])))
    if last.children.get(last.parents[-1]) == [len(last) - 1]:
        return  # the group without its only leaf would become a leaf itself
    before = cubes.make_true_cube(drawn, earlier)
    try:
        first = protect_cubes([before], threshold=3)
    except errors.ProtectionRefused:
        return
    check([drawn], [Release("before", before, first.hidden[0])])


def leaves_of(drawn: Cube, places: list[int]) -> np.ndarray:
    """Return the inner counts of a cube, its first axis by these places."""
    inner = np.take(drawn.counts, places, axis=0)
    for axis, dimension in enumerate(drawn.dimensions[1:], start=1):
        inner = np.take(inner, list(dimension.leaves), axis=axis)
    return inner
