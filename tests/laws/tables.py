"""Generated tables, and what a patient reader with pencil and paper could find out: every table that agrees with the marks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st

from openjustice.protect import cells
from openjustice.protect.cells import CellSystem, CountTable, Nesting

LETTERS = "abcdef"
SMALL = st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 11, 20])


def count_table(name: str, variables: tuple[str, ...], leaves: dict[tuple[str, ...], int]) -> CountTable:
    """Make a table with all its totals from its inner cells."""
    counts: Counter[tuple[str, ...]] = Counter()
    for codes, value in leaves.items():
        for totalled in itertools.product(*[(code, cells.TOTAL) for code in codes]):
            counts[totalled] += value
    return CountTable(id=name, variables=variables, population="law/rows", cells=dict(sorted(counts.items())))


def margin(leaves: dict[tuple[str, ...], int], axes: tuple[int, ...]) -> dict[tuple[str, ...], int]:
    """Sum the inner cells over all other axes."""
    counts: Counter[tuple[str, ...]] = Counter()
    for codes, value in leaves.items():
        counts[tuple(codes[axis] for axis in axes)] += value
    return dict(counts)


@st.composite
def linked_tables(draw: st.DrawFn, *, small: bool = False) -> tuple[list[CountTable], list[Nesting]]:
    """Draw one table, or linked ones: margins of one cube, with a grouping of the first variable beside it."""
    sizes = draw(st.lists(st.integers(2, 3 if small else 4), min_size=1, max_size=2 if small else 3))
    codes = [LETTERS[:size] for size in sizes]
    leaves = {cell: draw(SMALL) for cell in itertools.product(*codes)}
    names = tuple(f"v{axis}" for axis in range(len(sizes)))
    if small or len(sizes) < 2 or draw(st.booleans()):
        return [count_table("whole", names, leaves)], []
    pairs = list(itertools.combinations(range(len(sizes)), 2))
    tables = [count_table(f"by_{a}_{b}", (names[a], names[b]), margin(leaves, (a, b))) for a, b in pairs]
    into = {code: "low" if code < "c" else "high" for code in codes[0]}
    grouped: Counter[tuple[str, ...]] = Counter()
    for (first, second), value in margin(leaves, (0, 1)).items():
        grouped[into[first], second] += value
    return [*tables, count_table("grouped", ("group", names[1]), dict(grouped))], [Nesting("v0", "group", into)]


def possible_values(
    system: CellSystem, hidden: np.ndarray, *, at_least: int, enough: int
) -> dict[int, tuple[int, int]] | None:
    """Enumerate every table that agrees with the marks; None where there are more than `enough`.

    Returns the smallest and largest value of each unknown cell. Shares no line with the solver: it tries whole numbers.
    """
    unknown = np.flatnonzero(system.unknown(hidden)).tolist()
    floor = np.minimum(at_least, system.values)
    ends: dict[int, tuple[int, int]] = {}
    for count, table in enumerate(_tables(system, unknown, floor)):
        if count == enough:
            return None
        for cell, value in zip(unknown, table, strict=True):
            low, high = ends.get(cell, (value, value))
            ends[cell] = min(low, value), max(high, value)
    return ends


def _tables(system: CellSystem, unknown: list[int], floor: np.ndarray) -> Iterator[list[int]]:
    matrix = system.equations.toarray()
    values = np.where(np.isin(np.arange(len(system)), unknown), 0, system.values)
    left = -(matrix @ values)
    ceiling = int(system.values.max(initial=0)) + 12

    def fill(place: int, left: np.ndarray, chosen: list[int]) -> Iterator[list[int]]:
        rest = unknown[place:]
        if not rest:
            if not left.any():
                yield list(chosen)
            return
        # An equation whose last unknown cell this is leaves one value.
        for row in np.flatnonzero(matrix[:, rest[0]]):
            if not matrix[row, rest[1:]].any():
                options = [int(left[row] * matrix[row, rest[0]])]
                break
        else:
            options = list(range(int(floor[rest[0]]), ceiling))
        for value in options:
            after = left - matrix[:, rest[0]] * value
            if int(floor[rest[0]]) <= value < ceiling and _may_still(matrix, rest[1:], after, floor):
                yield from fill(place + 1, after, [*chosen, value])

    yield from fill(0, left, [])


def _may_still(matrix: np.ndarray, rest: list[int], left: np.ndarray, floor: np.ndarray) -> bool:
    """Say whether each equation whose remaining cells have one sign can still be met by their floors."""
    part = matrix[:, rest]
    need = left - part @ floor[rest] if rest else left
    only_minus, only_plus = (part <= 0).all(axis=1), (part >= 0).all(axis=1)
    return not ((only_minus & (need > 0)).any() or (only_plus & (need < 0)).any())
