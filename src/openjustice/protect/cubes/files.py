"""Reads and writes cubes: dimensions as JSON, inner cells as CSV, and marked tables with every combination of nodes."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from openjustice.ground import errors
from openjustice.protect.cubes.dimension import BoolArray, Cube, Dimension, IntArray, find_tree_faults, make_cube

SHOWN, HIDDEN = "", "c"
FREQUENCY, STATUS = "freq", "status"
_NAMED = 20
_LARGEST = 2**53


class _Axis(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str
    codes: tuple[str, ...]
    parent: tuple[int, ...]


class _Axes(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str = ""
    dims: tuple[_Axis, ...]


@dataclass(frozen=True)
class Marked:
    """A protected cube as its readers have it: `counts` is 0 where `hidden`."""

    name: str
    dimensions: tuple[Dimension, ...]
    counts: IntArray = field(repr=False)
    hidden: BoolArray = field(repr=False)


def read_dimensions(path: Path) -> tuple[Dimension, ...]:
    """Read the dimensions of a cube: `dims`, each with `name`, `codes` and `parent`; raises SubmissionRefused."""
    try:
        found = _Axes.model_validate_json(path.read_bytes())
    except ValidationError as problem:
        places = [".".join(str(part) for part in item["loc"]) for item in problem.errors(include_input=False)]
        raise errors.SubmissionRefused(
            [_fault(path, "dimensions_unreadable", "This is no list of dimensions.", field=place) for place in places]
        ) from None
    dimensions = tuple(Dimension(item.name, item.codes, item.parent) for item in found.dims)
    faults = [
        _fault(path, "no_tree", f"The dimension '{item.name}' is no tree: {fault}.", field=item.name)
        for item in dimensions
        for fault in find_tree_faults(item)
    ]
    names = [item.name for item in dimensions]
    if not names or len(set(names)) < len(names) or {FREQUENCY, STATUS} & set(names):
        faults.append(_fault(path, "dimension_names", "The dimensions need names of their own, and there must be one."))
    if faults:
        raise errors.SubmissionRefused(faults)
    return dimensions


def read_cells(path: Path, dimensions: Sequence[Dimension]) -> Cube:
    """Read inner cells (a column for each dimension, and `freq`) and add them up; a cell that is not there counts zero."""
    columns = _Columns(path, dimensions, wanted=(FREQUENCY,))
    places = columns.places(known=lambda dimension: {dimension.codes[leaf]: at for at, leaf in _leaves(dimension)})
    counts = columns.counts(blank=False)
    inner = np.zeros([len(item.leaves) for item in dimensions], dtype=np.int64)
    columns.refuse_repeated(places, inner.shape)
    inner[tuple(places)] = counts
    return make_cube(path.stem.removesuffix(".cells"), dimensions, inner)


def read_marked(path: Path, dimensions: Sequence[Dimension], *, partial: bool = False) -> Marked:
    """Read a marked cube: every combination of nodes, `freq` blank where it is hidden.

    `partial`: it may lack codes that the dimensions have, as an earlier release lacks the latest year; it then has only
    the part of each tree that it names.
    """
    columns = _Columns(path, dimensions, wanted=(FREQUENCY,))
    used = restrict_dimensions(dimensions, columns.codes()) if partial else tuple(dimensions)
    columns.dimensions = used
    places = columns.places(known=lambda dimension: {code: at for at, code in enumerate(dimension.codes)})
    counts = columns.counts(blank=True)
    shape = tuple(len(item) for item in used)
    columns.refuse_repeated(places, shape)
    columns.refuse_missing(len(counts), int(np.prod(shape)))
    full, hidden = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
    full[tuple(places)], hidden[tuple(places)] = np.maximum(counts, 0), counts < 0
    return Marked(path.name.split(".")[0], used, full, hidden)


def restrict_dimensions(dimensions: Sequence[Dimension], codes: Sequence[set[str]]) -> tuple[Dimension, ...]:
    """Return the part of each tree that has these codes."""
    return tuple(item.restrict(here) for item, here in zip(dimensions, codes, strict=True))


def make_true_cube(cube: Cube, dimensions: Sequence[Dimension]) -> Cube:
    """Return what a cube counts by the leaves of other, smaller trees over the same codes: an earlier release's truth."""
    inner = cube.counts
    for axis, (dimension, used) in enumerate(zip(cube.dimensions, dimensions, strict=True)):
        at = {code: place for place, code in enumerate(dimension.codes)}
        inner = np.take(inner, [at[used.codes[leaf]] for leaf in used.leaves], axis=axis)
    return make_cube(cube.name, dimensions, inner)


def write_marked(cube: Cube, hidden: BoolArray, *, statuses: Sequence[str] | None = None) -> bytes:
    """Return a cube as its readers have it: every combination of nodes, `freq` blank and `status` c where hidden."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(item.name for item in cube.dimensions), FREQUENCY, STATUS])
    is_hidden = hidden.ravel().tolist()
    shown = ["" if gone else count for gone, count in zip(is_hidden, cube.counts.ravel().tolist(), strict=True)]
    marks = statuses or [HIDDEN if gone else SHOWN for gone in is_hidden]
    codes = itertools.product(*(item.codes for item in cube.dimensions))
    writer.writerows((*code, count, mark) for code, count, mark in zip(codes, shown, marks, strict=True))
    return text.getvalue().encode()


def _leaves(dimension: Dimension) -> Iterator[tuple[int, int]]:
    return enumerate(dimension.leaves)


class _Columns:
    """The columns of a CSV file, and what is wrong with them: all faults at once, by line and field, never a value."""

    def __init__(self, path: Path, dimensions: Sequence[Dimension], *, wanted: Sequence[str]) -> None:
        self.path, self.dimensions = path, tuple(dimensions)
        names = [*(item.name for item in dimensions), *wanted]
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file)
                header = next(reader, [])
                rows = list(reader)
        except (UnicodeDecodeError, csv.Error):
            raise errors.SubmissionRefused(_fault(path, "not_csv", "This file cannot be read as CSV.")) from None
        faults = [
            _fault(path, "column_missing", f"There is no column '{name}'.", line=1, field=name)
            for name in names
            if header.count(name) != 1
        ]
        faults += [
            _fault(path, "row_length", "The row has more or fewer fields than the header.", line=place + 2)
            for place, row in enumerate(rows)
            if len(row) != len(header)
        ][:_NAMED]
        if faults:
            raise errors.SubmissionRefused(faults)
        whole = list(zip(*rows, strict=True)) or [()] * len(header)
        self.text = {name: whole[header.index(name)] for name in names}

    def codes(self) -> list[set[str]]:
        """Return which codes each dimension's column has; refuses codes that the dimension has not."""
        found = [set(self.text[item.name]) for item in self.dimensions]
        roots = [item.codes[item.parents.index(-1)] for item in self.dimensions]
        for item, here, root in zip(self.dimensions, found, roots, strict=True):
            if root not in here:
                raise errors.SubmissionRefused(
                    _fault(self.path, "no_total", f"The total of '{item.name}' is not there.", field=item.name)
                )
        return found

    def places(self, *, known: Callable[[Dimension], dict[str, int]]) -> list[IntArray]:
        """Return the place of each row's code on each axis."""
        found, faults = [], []
        for item in self.dimensions:
            at, column = known(item), self.text[item.name]
            place = np.fromiter((at.get(code, -1) for code in column), dtype=np.int64, count=len(column))
            faults += [
                _fault(
                    self.path,
                    "code_unknown",
                    "The code is not one of this place's.",
                    line=int(row) + 2,
                    field=item.name,
                )
                for row in np.flatnonzero(place < 0)[:_NAMED]
            ]
            found.append(place)
        if faults:
            raise errors.SubmissionRefused(faults)
        return found

    def counts(self, *, blank: bool) -> IntArray:
        """Return the counts, -1 where blank."""
        column = self.text[FREQUENCY]
        read = np.fromiter((_count(item, blank=blank) for item in column), dtype=np.int64, count=len(column))
        if wrong := np.flatnonzero(read == -2)[:_NAMED].tolist():
            words = "The count is no whole number from zero up."
            raise errors.SubmissionRefused(
                [_fault(self.path, "no_count", words, line=row + 2, field=FREQUENCY) for row in wrong]
            )
        return read

    def refuse_repeated(self, places: Sequence[IntArray], shape: Sequence[int]) -> None:
        """Refuse a file with two rows for one cell."""
        at = np.ravel_multi_index(tuple(places), tuple(shape))
        order = np.argsort(at, kind="stable")
        again = np.sort(order[1:][np.diff(at[order]) == 0])[:_NAMED].tolist()
        if again:
            words = "The cell stands in an earlier row already."
            raise errors.SubmissionRefused([_fault(self.path, "cell_twice", words, line=row + 2) for row in again])

    def refuse_missing(self, found: int, wanted: int) -> None:
        """Refuse a marked table that lacks combinations."""
        if found < wanted:
            words = f"The table lacks {wanted - found:,} of its {wanted:,} combinations of codes."
            raise errors.SubmissionRefused(_fault(self.path, "cells_missing", words))


def _count(text: str, *, blank: bool) -> int:
    if not text.strip():
        return -1 if blank else -2
    try:
        value = int(text)
    except ValueError:
        return -2
    return value if 0 <= value < _LARGEST else -2


def _fault(path: Path, code: str, what: str, *, line: int | None = None, field: str | None = None) -> errors.Fault:
    return errors.Fault(
        code=code,
        what=what,
        way_out="Correct the file, or the list of dimensions beside it.",
        ask="whoever made the file",
        place=errors.Place(file=path.name, line=line, field=field),
    )
