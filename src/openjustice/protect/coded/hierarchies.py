"""Generalization hierarchies: what each value becomes at each level. Files are ARX's: `;`-separated, leaf first, no header."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors

Integers32 = NDArray[np.int32]
Floats = NDArray[np.float64]
EVERYTHING = "*"


@dataclass(frozen=True)
class Hierarchy:
    """What each value of a variable becomes at each level, as codes.

    `labels[level][code]` is a name; `codes[level, leaf]` the code of a leaf at a level (level 0 maps each leaf to
    itself); `shares[level][code]` the normalized domain share: 0 for one leaf of many, 1 for all of them. Each level is
    a function of the one below it. Leaves keep the order of the file, which is the order of an ordered variable.
    """

    variable: str
    labels: tuple[tuple[str, ...], ...]
    codes: Integers32
    shares: tuple[Floats, ...]

    @property
    def levels(self) -> int:
        """Return the number of levels, the values themselves being the first."""
        return len(self.labels)

    @property
    def leaves(self) -> int:
        """Return the number of values at level 0."""
        return len(self.labels[0])

    def size(self, level: int) -> int:
        """Return the number of codes at a level."""
        return len(self.labels[level])

    def step(self, lower: int, upper: int) -> Integers32:
        """Return what each code of the lower level becomes at the upper one."""
        step = np.zeros(self.size(lower), dtype=np.int32)
        step[self.codes[lower]] = self.codes[upper]
        return step

    def restrict(self, leaves: NDArray[np.int64]) -> Hierarchy:
        """Return the same hierarchy with some of its leaves alone, numbered anew; their domain shares stay what they were."""
        kept = [np.unique(row[leaves], return_inverse=True) for row in self.codes]
        return Hierarchy(
            variable=self.variable,
            labels=tuple(tuple(own[code] for code in codes) for own, (codes, _) in zip(self.labels, kept, strict=True)),
            codes=np.array([inverse for _, inverse in kept], dtype=np.int32),
            shares=tuple(own[codes] for own, (codes, _) in zip(self.shares, kept, strict=True)),
        )


def read_hierarchies(folder: Path, *, variables: Sequence[str]) -> dict[str, Hierarchy]:
    """Read one hierarchy for each variable from a folder of ARX files.

    The file of `age` is `age.csv`, or ends in `hierarchy_age.csv`, or in `_age.csv`: the first of these that one file
    alone fits. Raises ProtectionRefused with all faults of all files.
    """
    faults: list[errors.Fault] = []
    found: dict[str, Hierarchy] = {}
    for variable in variables:
        try:
            found[variable] = make_hierarchy(variable, _read_lines(_file_of(folder, variable)))
        except errors.ProtectionRefused as refused:
            faults.extend(refused.faults)
    if faults:
        raise errors.ProtectionRefused(faults)
    return found


def make_hierarchy(variable: str, lines: Sequence[Sequence[str]]) -> Hierarchy:
    """Make a hierarchy from its lines: a value, then what it becomes at level 1, 2 and so on.

    Raises ProtectionRefused where lines differ in width, a value comes twice, or a level is not a function of the one
    below it (the levels would then not nest, and no search over them could be trusted).
    """
    widths = {len(line) for line in lines}
    if len(widths) != 1 or widths == {0}:
        raise _refuse(variable, "hierarchy_ragged", "has lines of different widths, or no line at all")
    columns = list(zip(*lines, strict=True))
    if len(set(columns[0])) != len(columns[0]):
        raise _refuse(variable, "hierarchy_repeats", "names a value twice")
    levels = [_encode(column) for column in columns]
    codes = np.array([codes for _, codes in levels], dtype=np.int32)
    for lower in range(len(columns) - 1):
        if not _is_function(codes[lower], codes[lower + 1]):
            what = f"splits at level {lower + 1} what is one value at level {lower}"
            raise _refuse(variable, "hierarchy_not_nested", what)
    return Hierarchy(
        variable=variable,
        labels=tuple(labels for labels, _ in levels),
        codes=codes,
        shares=tuple(_shares(row) for row in codes),
    )


def flat_hierarchy(variable: str, labels: Sequence[str]) -> Hierarchy:
    """Return the hierarchy of a variable that has none: its values, and everything."""
    return make_hierarchy(variable, [(label, EVERYTHING) for label in labels])


def missing_faults(counts: Mapping[str, tuple[int, int]], *, file: str) -> list[errors.Fault]:
    """Return a fault for each variable with values that its hierarchy lacks; `counts` gives values and records of them."""
    return [
        errors.Fault(
            code="hierarchy_incomplete",
            what=f"The hierarchy of '{name}' lacks {values} of the values in the table ({records} records).",
            why="Nobody said what these values become, and a guess would not be yours.",
            way_out="Add a line for each value to the hierarchy's file; an empty value needs a line that starts with ';'.",
            place=errors.Place(file=file, field=name),
        )
        for name, (values, records) in counts.items()
        if records
    ]


def has_hierarchy(folder: Path, variable: str) -> bool:
    """Say whether a folder has one file that is this variable's."""
    return len(_files_of(folder, variable)) == 1


def _file_of(folder: Path, variable: str) -> Path:
    found = _files_of(folder, variable)
    if len(found) != 1:
        raise _refuse(
            variable, "hierarchy_missing", "has no file of its own in the folder",
            way_out=f"Name its file '{variable}.csv' or 'hierarchy_{variable}.csv'.",
        )  # fmt: skip
    return found[0]


def _files_of(folder: Path, variable: str) -> list[Path]:
    """Return the files that fit best; one alone is the variable's."""
    files = sorted(path for path in folder.iterdir() if path.suffix == ".csv")
    exact = [path for path in files if path.stem == variable]
    named = [path for path in files if path.stem.endswith(f"hierarchy_{variable}")]
    return exact or named or [path for path in files if path.stem.endswith(f"_{variable}")]


def _read_lines(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [tuple(line) for line in csv.reader(stream, delimiter=";") if line]


def _encode(column: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    place: dict[str, int] = {}
    codes = [place.setdefault(label, len(place)) for label in column]
    return tuple(place), codes


def _is_function(lower: Integers32, upper: Integers32) -> bool:
    pairs = np.unique(np.column_stack([lower, upper]), axis=0)
    return len(pairs) == len(np.unique(lower))


def _shares(codes: Integers32) -> Floats:
    covered, leaves = np.bincount(codes).astype(np.float64), len(codes)
    if leaves == 1:
        return np.zeros(1)
    return (covered / leaves - 1 / leaves) / (1 - 1 / leaves)


def _refuse(variable: str, code: str, what: str, *, way_out: str = "Correct its file.") -> errors.Refusal:
    return errors.ProtectionRefused.because(
        code, f"The hierarchy of '{variable}' {what}.", way_out=way_out, place=errors.Place(field=variable)
    )
