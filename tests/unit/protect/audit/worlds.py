"""Small published tables for the tests of the audit, and the slow ways to the same answers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest

from openjustice.ground import kernels
from openjustice.protect import cubes
from openjustice.protect.audit.published import PublishedTable
from openjustice.protect.cubes import Cube, Dimension

AREA = Dimension("area", ("Total", "R1", "a", "b", "R2", "c", "d"), (-1, 0, 1, 1, 0, 4, 4))
SEX = Dimension("sex", ("Total", "f", "m", "x"), (-1, 0, 0, 0))


def years(count: int) -> Dimension:
    """Make a dimension of so many years under one total."""
    return Dimension("year", ("Total", *(f"Y{year + 1}" for year in range(count))), (-1, *[0] * count))


def random_cube(*dimensions: Dimension, seed: int = 1, name: str = "t") -> Cube:
    """Make a cube of counts from 1 to 29."""
    inner = np.random.default_rng(seed).integers(1, 30, size=[len(item.leaves) for item in dimensions])
    return cubes.make_cube(name, dimensions, inner)


def publish(cube: Cube, hidden: Sequence[Sequence[str]], *, name: str = "", truth: bool = False) -> PublishedTable:
    """Publish a cube with these combinations of codes hidden."""
    mask = np.zeros(cube.shape, dtype=np.bool_)
    for codes in hidden:
        mask[tuple(item.codes.index(code) for item, code in zip(cube.dimensions, codes, strict=True))] = True
    counts = np.where(mask, 0, cube.counts)
    return PublishedTable(name or cube.name, cube.dimensions, counts, mask, cube.counts if truth else None)


def determined_by_fractions(matrix: np.ndarray) -> np.ndarray:
    """Say which columns of a matrix are zero in every vector that it sends to zero, by elimination with fractions."""
    rows = [[Fraction(int(value)) for value in row] for row in matrix]
    lead, width = 0, matrix.shape[1]
    pivots = []
    for column in range(width):
        place = next((row for row in range(lead, len(rows)) if rows[row][column]), None)
        if place is None:
            continue
        rows[lead], rows[place] = rows[place], rows[lead]
        rows[lead] = [value / rows[lead][column] for value in rows[lead]]
        for other in range(len(rows)):
            if other != lead and rows[other][column]:
                scale = rows[other][column]
                rows[other] = [value - scale * mine for value, mine in zip(rows[other], rows[lead], strict=True)]
        pivots.append(column)
        lead += 1
    found = np.zeros(width, dtype=np.bool_)
    for row, column in enumerate(pivots):
        found[column] = sum(value != 0 for value in rows[row]) == 1
    return found


def uncompile(patch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Let the kernels of these modules run as the plain functions they were compiled from."""
    for module in modules:
        for name, item in list(vars(module).items()):
            if hasattr(item, "py_func"):
                patch.setattr(module, name, kernels.plain(item))
