"""Says which RDF Data Cube a published product is: its dimensions, its measures, and what qualifies a number.

A table of an indicator has one measure, its value; count, denominator, interval, coverage and markers are attributes. A
dataset without persons has one measure for each of its numbers, told apart by the measure dimension. A record file of persons
is no cube: its rows have no key, and nobody's row shall have an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.content import Column, Content, Dataframe, Row
from openjustice.public.publish.identifiers import codelist_of
from openjustice.public.publish.language import say

VALUE = "value"
_NUMBERS = ("BIGINT", "INTEGER", "DOUBLE")


@dataclass(frozen=True)
class Dimension:
    """One dimension: its column and the name of its code list."""

    column: Column
    codelist: str

    @property
    def name(self) -> str:
        """Return its column's name."""
        return self.column.name


@dataclass(frozen=True)
class Cube:
    """One product as a cube."""

    content: Content
    frame: Dataframe
    dimensions: tuple[Dimension, ...]
    measures: tuple[Column, ...]
    attributes: tuple[Column, ...]
    is_by_measure: bool

    @cached_property
    def codes(self) -> Mapping[str, tuple[str, ...]]:
        """Return the codes that occur in each dimension, in reading order."""
        found: dict[str, dict[str, None]] = {item.name: {} for item in self.dimensions}
        for row in self.frame.rows:
            for name, seen in found.items():
                seen[str(row[name])] = None
        variables = self.content.variables
        return {
            name: tuple(variables[name].sorted_codes(seen) if name in variables else sorted(seen))
            for name, seen in found.items()
        }


def read_cube(content: Content, frame: Dataframe) -> Cube:
    """Return the cube of a product that `find_reason` has nothing against."""
    keys = _keys(content, frame)
    rest = [column for column in frame.columns if column.name not in keys]
    is_table = _is_table(frame)
    measures = [item for item in rest if (item.name == VALUE if is_table else item.type in _NUMBERS)]
    named = {column.name: column for column in frame.columns}
    return Cube(
        content=content,
        frame=frame,
        dimensions=tuple(Dimension(named[name], codelist_of(content, name)) for name in keys),
        measures=tuple(measures),
        attributes=tuple(item for item in rest if item not in measures),
        is_by_measure=not is_table,
    )


def find_reason(content: Content, frame: Dataframe) -> str:
    """Return why a product is no cube, in a sentence for readers; nothing where it is one."""
    if not _is_table(frame) and content.contract.persons:
        return say("Records of people are no cube: no row has an address.")
    keys = _keys(content, frame)
    if not keys:
        return say("Nothing in this file tells its rows apart.")
    if not any(column.type in _NUMBERS for column in frame.columns if column.name not in keys):
        return say("There is no number in this file.")
    if _has_twins(frame.rows, keys):
        return say("Some rows of this file have the same key.")
    return ""


def _is_table(frame: Dataframe) -> bool:
    return frame.kind is ProductKind.TABLE and any(column.name == VALUE for column in frame.columns)


def _keys(content: Content, frame: Dataframe) -> tuple[str, ...]:
    if _is_table(frame):
        return frame.variables
    keys = set(content.contract.key)
    fields = {name: item.of or name for name, item in content.variables.items()}
    return tuple(column.name for column in frame.columns if fields.get(column.name, column.name) in keys)


def _has_twins(rows: Sequence[Row], keys: tuple[str, ...]) -> bool:
    seen = {tuple(row[name] for name in keys) for row in rows}
    return len(seen) < len(rows) or any(None in key for key in seen)
