"""Reads what the protection of a cube needs from files: earlier releases with their truth, and priorities."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts import declaration
from openjustice.contracts.priorities import Priorities
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.cubes import Cube, Release

OWN_DIMENSIONS = "@"


def read_priorities(path: Path | None) -> Priorities:
    """Read declared priorities (YAML or JSON); without a file, every count is as dear as it is large."""
    if path is None:
        return Priorities()
    faults: list[errors.Fault] = []
    read = declaration.validate(declaration.read_declaration(path, label=path.name), Priorities, faults)
    if faults or read is None:
        raise errors.RegistryRefused(faults)
    return Priorities.model_validate(read)


def read_release(given: str, *, cube: Cube, cells: Path | None = None) -> Release:
    """Read a marked table that was published before, `FILE` or `FILE@DIMS` where it has dimensions of its own.

    What it hid is taken to count what the cube counts today, or what `cells` says it counted then. Raises
    SubmissionRefused where it shows other counts: then its true counts are needed.
    """
    name, _, own = given.partition(OWN_DIMENSIONS)
    for path in (Path(name), *([Path(own)] if own else [])):
        if not path.is_file():
            raise _refusal(path, "no_such_table", "There is no such file.", way_out="Give FILE, or FILE@DIMS.")
    dimensions = cubes.read_dimensions(Path(own)) if own else cube.dimensions
    marked = cubes.read_marked(Path(name), dimensions, partial=not own)
    if cells is not None:
        truth = cubes.read_cells(cells, marked.dimensions)
    elif all(
        item.name == today.name and {item.codes[leaf] for leaf in item.leaves} <= set(today.codes)
        for item, today in zip(marked.dimensions, cube.dimensions, strict=False)
    ) and len(marked.dimensions) == len(cube.dimensions):
        truth = cubes.make_true_cube(cube, marked.dimensions)
    else:
        raise _refusal(
            Path(name), "truth_wanted", "This release has other dimensions, so its hidden counts cannot be told from today's.",
            way_out="Give its true inner cells with --earlier-cells.",
        )  # fmt: skip
    if ((marked.counts != truth.counts) & ~marked.hidden).any():
        raise _refusal(
            Path(name), "counts_changed", "This release shows other counts than there are today, so it was corrected since.",
            way_out="Give its true inner cells with --earlier-cells, in the order of --earlier.",
        )  # fmt: skip
    return Release(marked.name, truth, marked.hidden)


def _refusal(path: Path, code: str, what: str, *, way_out: str) -> errors.Refusal:
    return errors.SubmissionRefused.because(
        code, what, way_out=way_out, ask="whoever published it", place=errors.Place(file=path.name)
    )
