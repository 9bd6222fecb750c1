"""Invented cubes, and what exact fractions say follows from what is shown: no line in common with the search."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from openjustice.protect import cubes
from openjustice.protect.cubes import Cube, Dimension

DIMENSIONS = (
    Dimension("area", ("Total", "R1", "a", "b", "R2", "c", "d", "e"), (-1, 0, 1, 1, 0, 4, 4, 4)),
    Dimension("sex", ("Total", "f", "m", "x"), (-1, 0, 0, 0)),
    Dimension("kind", ("Total", "G1", "k", "l", "G2", "m"), (-1, 0, 1, 1, 0, 4)),
)


def flat(name: str, size: int) -> Dimension:
    return Dimension(name, ("Total", *(f"{name}{code}" for code in range(size))), (-1, *[0] * size))


def random_cube(seed: int, *, sizes: tuple[int, ...] = ()) -> Cube:
    dimensions = tuple(flat(f"v{axis}", size) for axis, size in enumerate(sizes)) or DIMENSIONS
    chance = np.random.default_rng(seed)
    inner = chance.choice([0, 1, 1, 2, 3, 4, 6, 9, 14, 30], size=[len(item.leaves) for item in dimensions])
    return cubes.make_cube("t", dimensions, inner)


def solvable_by_fractions(equations: np.ndarray, unknown: np.ndarray) -> list[int]:
    """Solve the sums for the unknown cells by elimination in fractions; return the cells with one solution."""
    places = np.flatnonzero(unknown).tolist()
    rows = [[Fraction(int(row[place])) for place in places] for row in equations if row[places].any()]
    pivots: dict[int, list[Fraction]] = {}
    for row in rows:
        for column, other in pivots.items():
            if row[column]:
                factor = row[column]
                row = [a - factor * b for a, b in zip(row, other, strict=True)]
        lead = next((column for column, value in enumerate(row) if value), None)
        if lead is None:
            continue
        row = [value / row[lead] for value in row]
        for column, other in pivots.items():
            if other[lead]:
                factor = other[lead]
                pivots[column] = [a - factor * b for a, b in zip(other, row, strict=True)]
        pivots[lead] = row
    return [places[lead] for lead, row in sorted(pivots.items()) if sum(1 for value in row if value) == 1]
