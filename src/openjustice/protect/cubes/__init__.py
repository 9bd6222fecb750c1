"""Tables as cubes of arrays: hierarchies, all their sums, files, and several releases joined into one system of cells."""

from openjustice.protect.cubes.dimension import Cube, Dimension, make_cube
from openjustice.protect.cubes.files import (
    HIDDEN,
    SHOWN,
    Marked,
    make_true_cube,
    read_cells,
    read_dimensions,
    read_marked,
    restrict_dimensions,
    write_marked,
)
from openjustice.protect.cubes.joining import CubeSystem, Release, join_cubes
from openjustice.protect.cubes.sums import make_sums

__all__ = [
    "HIDDEN",
    "SHOWN",
    "Cube",
    "CubeSystem",
    "Dimension",
    "Marked",
    "Release",
    "join_cubes",
    "make_cube",
    "make_sums",
    "make_true_cube",
    "read_cells",
    "read_dimensions",
    "read_marked",
    "restrict_dimensions",
    "write_marked",
]
