"""Compares a field of two records and says how far they agree: in levels, from 0 for not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Floats, Integers
from openjustice.linkage.similarity import compare_texts

Levels = NDArray[np.int8]


class Kind(StrEnum):
    """Says how a field is compared."""

    EXACT = "exact"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True)
class Comparison:
    """How one field is compared.

    `steps` are the agreement levels below equality, the nearest first: differences of a number or days of a date,
    ascending; similarities of a text, descending. A code agrees in the group that `groups` gives it, one level below
    equality. So equal values have the highest level, and 0 means that they agree at no level.
    """

    field: str
    kind: Kind = Kind.EXACT
    steps: tuple[float, ...] = ()
    groups: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def level_count(self) -> int:
        """Return how many agreement levels there are, with 0."""
        return 2 + len(self.steps) + bool(self.groups)


@dataclass(frozen=True)
class Prepared:
    """One field of two tables, coded with one list of labels, and how it is compared."""

    comparison: Comparison
    left: Coded
    right: Coded
    measured: Floats


def prepare(
    comparison: Comparison, left: Sequence[Any] | NDArray[Any], right: Sequence[Any] | NDArray[Any] | None = None
) -> Prepared:
    """Code one field of two tables, or of one table that is compared with itself.

    Raises ProtectionRefused where the steps do not lead away from equality.
    """
    _check_steps(comparison)
    ours = theirs = columns.encode(left)
    if right is not None:
        ours, theirs = columns.align(ours, columns.encode(right))
    match comparison.kind:
        case Kind.NUMBER:
            measured = columns.read_numbers(ours.labels)
        case Kind.DATE:
            measured = columns.read_days(ours.labels)
        case Kind.CODE:
            names = sorted({*comparison.groups.values()})
            measured = np.array([_group_of(label, comparison.groups, names) for label in ours.labels], dtype=np.float64)
        case Kind.EXACT | Kind.TEXT:
            measured = np.zeros(len(ours.labels))
        case _:
            assert_never(comparison.kind)
    return Prepared(comparison=comparison, left=ours, right=theirs, measured=measured)


def compare(prepared: Prepared, left_rows: Integers, right_rows: Integers) -> Levels:
    """Return the agreement level of each pair of rows; -1 where either value is missing or cannot be read.

    Claims: symmetric; equal values have the highest level.
    """
    ours, theirs = prepared.left.codes[left_rows], prepared.right.codes[right_rows]
    known = (ours != MISSING) & (theirs != MISSING)
    levels = np.full(len(ours), MISSING, dtype=np.int8)
    levels[known] = _levels(prepared, ours[known], theirs[known])
    return levels


def compare_all(fields: Sequence[Prepared], left_rows: Integers, right_rows: Integers) -> Levels:
    """Return the agreement levels of each pair of rows, one column for each field."""
    return np.column_stack([compare(item, left_rows, right_rows) for item in fields])


def _levels(prepared: Prepared, ours: Integers, theirs: Integers) -> Levels:
    comparison = prepared.comparison
    highest = comparison.level_count - 1
    levels: Levels = np.where(ours == theirs, highest, 0).astype(np.int8)
    match comparison.kind:
        case Kind.EXACT:
            return levels
        case Kind.CODE:
            near = prepared.measured[ours] == prepared.measured[theirs]
            reached = near * (highest - 1)
        case Kind.TEXT:
            alike = compare_texts(prepared.left.labels, ours, theirs)
            reached = np.sum(alike[:, None] >= np.array(comparison.steps)[None, :], axis=1)
        case Kind.NUMBER | Kind.DATE:
            distance = np.abs(prepared.measured[ours] - prepared.measured[theirs])
            reached = np.sum(distance[:, None] <= np.array(comparison.steps)[None, :], axis=1)
            unread = np.isnan(distance)
            levels = np.where(distance == 0, highest, levels).astype(np.int8)
            levels[unread & (ours != theirs)] = MISSING
        case _:
            assert_never(comparison.kind)
    made: Levels = np.where(levels == MISSING, MISSING, np.maximum(levels, reached)).astype(np.int8)
    return made


def _group_of(label: str, groups: Mapping[str, str], names: Sequence[str]) -> float:
    return float(names.index(groups[label])) if label in groups else np.nan


def _check_steps(comparison: Comparison) -> None:
    steps = list(comparison.steps)
    ordered = sorted(set(steps), reverse=comparison.kind is Kind.TEXT)
    takes_steps = comparison.kind in (Kind.NUMBER, Kind.DATE, Kind.TEXT)
    if steps != ordered or (steps and not takes_steps) or (comparison.groups and comparison.kind is not Kind.CODE):
        raise errors.ProtectionRefused.because(
            "comparison_unfit",
            f"The agreement levels of '{comparison.field}' do not fit a comparison of the kind {comparison.kind}.",
            way_out="Give differences in ascending order, similarities in descending order, groups to codes alone.",
        )
