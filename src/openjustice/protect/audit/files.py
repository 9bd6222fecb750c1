"""Reads the published tables, the attacker and the certificate of an audit from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openjustice.contracts import declaration
from openjustice.contracts.attacker import Attacker
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.audit.published import PublishedTable
from openjustice.protect.audit.relations import coarsen
from openjustice.protect.cubes import Cube, Dimension

OWN_DIMENSIONS = "@"


def read_attacker(path: Path | None) -> Attacker:
    """Read a declared attacker (YAML or JSON); without a file, the one that the rule of shown zeros makes."""
    if path is None:
        return Attacker()
    faults: list[errors.Fault] = []
    read = declaration.validate(declaration.read_declaration(path, label=path.name), Attacker, faults)
    if faults or read is None:
        raise errors.RegistryRefused(faults)
    return Attacker.model_validate(read)


def read_published(
    marked: Path,
    dimensions: Sequence[Dimension],
    *,
    earlier: Sequence[str] = (),
    attacker_file: Path | None = None,
    attacker: Attacker | None = None,
    truth: Cube | None = None,
) -> list[PublishedTable]:
    """Read a marked table and what was published beside it or before it, the newest first.

    An earlier table has the codes of these dimensions that it names, or of dimensions of its own, given as `FILE@DIMS`.
    Where it names a group and none of its members, the group holds them all; where it names some of them, it holds these
    alone, as a total of four years does. The attacker's `known` files stand beside the file that declares him.
    """
    folder = attacker_file.parent if attacker_file is not None else Path()
    known = [str(folder / item) for item in attacker.known] if attacker is not None else []
    return [
        _read_one(marked, dimensions, partial=False, truth=truth),
        *(_read_earlier(item, dimensions, truth=truth) for item in [*earlier, *known]),
    ]


def _read_earlier(given: str, dimensions: Sequence[Dimension], *, truth: Cube | None) -> PublishedTable:
    path, _, own = given.partition(OWN_DIMENSIONS)
    if not Path(path).is_file() or (own and not Path(own).is_file()):
        raise errors.SubmissionRefused.because(
            "no_such_table", f"There is no table '{Path(path).name}' to read, or no dimensions for it.",
            way_out="Give a file, or `FILE@DIMS` where it has dimensions of its own.",
        )  # fmt: skip
    if own:
        return _read_one(Path(path), cubes.read_dimensions(Path(own)), partial=True, truth=None)
    return _read_one(Path(path), dimensions, partial=True, truth=truth)


def _read_one(path: Path, dimensions: Sequence[Dimension], *, partial: bool, truth: Cube | None) -> PublishedTable:
    marked = cubes.read_marked(path, dimensions, partial=partial)
    true_counts = None if truth is None else cubes.make_true_cube(truth, marked.dimensions).counts
    used = tuple(coarsen(whole, part) for whole, part in zip(dimensions, marked.dimensions, strict=True))
    return PublishedTable(path.name, used, marked.counts, marked.hidden, true_counts)
