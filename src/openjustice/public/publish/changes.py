"""Says what changed between two sealed releases of a dataset, cell by cell, and which version number that makes.

A version is `major.minor.patch`. Something taken away (a table, column, code, row or number) is a major change, since a program
that reads the data may fail; something added or revised is a minor one; words alone are a patch.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.content import Content, Dataframe, Row
from openjustice.public.publish.formats.csv.write import as_cell

FIRST_VERSION = "1.0.0"


class Kind(StrEnum):
    """What happened to a cell."""

    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    SHOWN = "shown"
    MARKED = "marked"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class CellChange:
    """One number of a cell that changed, with what it said before and says now; where the cell came or went, no column."""

    table: str
    kind: Kind
    key: tuple[tuple[str, str], ...]
    column: str = ""
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class ChangeSet:
    """Everything that changed from one release to the next."""

    before: str
    after: str
    tables_added: tuple[str, ...]
    tables_removed: tuple[str, ...]
    columns_added: tuple[tuple[str, str], ...]
    columns_removed: tuple[tuple[str, str], ...]
    columns_retyped: tuple[tuple[str, str], ...]
    codes_added: tuple[tuple[str, str], ...]
    codes_removed: tuple[tuple[str, str], ...]
    records: tuple[tuple[str, int, int], ...]
    words: tuple[str, ...]
    cells: tuple[CellChange, ...]

    @property
    def counts(self) -> Mapping[Kind, int]:
        """Return how many cells changed in each way: a cell is one line of a table, whatever of its numbers changed."""
        counted = Counter(kind for _, _, kind in {(item.table, item.key, item.kind) for item in self.cells})
        return {kind: counted[kind] for kind in Kind}

    @property
    def is_major(self) -> bool:
        """Return whether something was taken away."""
        gone = self.tables_removed or self.columns_removed or self.columns_retyped or self.codes_removed
        return bool(gone) or self.counts[Kind.WITHDRAWN] + self.counts[Kind.REMOVED] > 0

    @property
    def is_minor(self) -> bool:
        """Return whether something was added or revised."""
        changed = any(before != after for _, before, after in self.records)
        return bool(self.tables_added or self.columns_added or self.codes_added or self.cells) or changed

    @property
    def is_empty(self) -> bool:
        """Return whether nothing changed at all."""
        return not (self.is_major or self.is_minor or self.words)


def compare(before: Content, after: Content) -> ChangeSet:
    """Return what changed from one release of a dataset to a later one. Record files are compared by their number of rows."""
    old, new = {item.id: item for item in before.frames}, {item.id: item for item in after.frames}
    both = [(old[name], new[name]) for name in new if name in old]
    return ChangeSet(
        before=before.manifest.vintage,
        after=after.manifest.vintage,
        tables_added=tuple(name for name in new if name not in old),
        tables_removed=tuple(name for name in old if name not in new),
        columns_added=tuple(_columns_only_in(both, of=1)),
        columns_removed=tuple(_columns_only_in(both, of=0)),
        columns_retyped=tuple(_retyped(both)),
        codes_added=tuple(_codes_only_in(before, after)),
        codes_removed=tuple(_codes_only_in(after, before)),
        records=tuple((one.id, len(one.rows), len(two.rows)) for one, two in both if not keys_of(after, two)),
        words=tuple(_changed_words(before, after, both)),
        cells=tuple(cell for one, two in both for cell in _changed_cells(after, one, two)),
    )


def next_version(version: str, changed: ChangeSet) -> str:
    """Return the version that a change makes of the one before."""
    major, minor, patch = (int(part) for part in version.split("."))
    if changed.is_major:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if changed.is_minor else f"{major}.{minor}.{patch + 1}"


def versions(contents: Sequence[Content]) -> dict[str, tuple[str, ChangeSet | None]]:
    """Return version and change set of each release of one dataset by its vintage; takes them oldest first."""
    made: dict[str, tuple[str, ChangeSet | None]] = {}
    if contents:
        made[contents[0].manifest.vintage] = (version := FIRST_VERSION, None)
        for before, after in pairwise(contents):
            changed = compare(before, after)
            made[after.manifest.vintage] = (version := next_version(version, changed), changed)
    return made


def as_csv(changed: ChangeSet) -> str:
    """Return every changed number as CSV: its table and cell, what happened, what it said before and says now."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["table", "kind", "cell", "column", "before", "after"])
    for item in changed.cells:
        where = "; ".join(f"{name}={code}" for name, code in item.key)
        line = [item.table, item.kind.value, where, item.column, item.before, item.after]
        writer.writerow([as_cell(value) for value in line])
    return stream.getvalue()


def as_json(changed: ChangeSet, *, version: str) -> dict[str, Any]:
    """Return the change set for programs, without the cells, which stand in the CSV file."""
    return {
        "version": version,
        "before": changed.before,
        "after": changed.after,
        "tables": {"added": list(changed.tables_added), "removed": list(changed.tables_removed)},
        "columns": {
            "added": [list(item) for item in changed.columns_added],
            "removed": [list(item) for item in changed.columns_removed],
            "retyped": [list(item) for item in changed.columns_retyped],
        },
        "codes": {
            "added": [list(item) for item in changed.codes_added],
            "removed": [list(item) for item in changed.codes_removed],
        },
        "records": [{"file": name, "before": one, "after": two} for name, one, two in changed.records],
        "words": list(changed.words),
        "cells": {kind.value: count for kind, count in changed.counts.items()},
    }


def keys_of(content: Content, frame: Dataframe) -> tuple[str, ...]:
    """Return the columns that tell the rows of a product apart; none for records of people, or where rows have twins."""
    if frame.kind is ProductKind.TABLE:
        return frame.variables
    if content.contract.persons:
        return ()
    fields = {name: item.of or name for name, item in content.variables.items()}
    keys = tuple(item.name for item in frame.columns if fields.get(item.name, item.name) in content.contract.key)
    seen = {tuple(row[name] for name in keys) for row in frame.rows}
    return keys if keys and len(seen) == len(frame.rows) else ()


Both = Sequence[tuple[Dataframe, Dataframe]]


def _columns_only_in(both: Both, *, of: int) -> Iterator[tuple[str, str]]:
    for pair in both:
        other = {column.name for column in pair[1 - of].columns}
        yield from ((pair[of].id, column.name) for column in pair[of].columns if column.name not in other)


def _retyped(both: Both) -> Iterator[tuple[str, str]]:
    for one, two in both:
        types = {column.name: column.type for column in one.columns}
        yield from ((two.id, item.name) for item in two.columns if types.get(item.name, item.type) != item.type)


def _codes_only_in(before: Content, after: Content) -> Iterator[tuple[str, str]]:
    for name, variable in after.variables.items():
        known = before.variables[name].labels if name in before.variables else {}
        yield from ((name, code) for code in variable.labels if code not in known and name in before.variables)


def _changed_words(before: Content, after: Content, both: Both) -> Iterator[str]:
    if (before.contract.title, before.contract.says) != (after.contract.title, after.contract.says):
        yield after.dataset
    for one, two in both:
        told = [
            (item.title, item.says, *((c.name, c.title, c.says, *c.labels.items()) for c in item.columns))
            for item in (one, two)
        ]
        if told[0] != told[1]:
            yield two.id


def _changed_cells(content: Content, one: Dataframe, two: Dataframe) -> Iterator[CellChange]:
    keys = keys_of(content, two)
    if not keys or any(name not in {column.name for column in one.columns} for name in keys):
        return
    old = {tuple(row[name] for name in keys): row for row in one.rows}
    known = {column.name for column in one.columns}
    columns = [column.name for column in two.columns if column.name in known and column.name not in keys]
    for row in two.rows:
        key = tuple(row[name] for name in keys)
        earlier = old.pop(key, None)
        named = tuple((name, str(row[name])) for name in keys)
        if earlier is None:
            yield CellChange(two.id, Kind.ADDED, named)
        else:
            yield from _changed_row(two.id, named, columns, earlier, row)
    for row in old.values():
        yield CellChange(two.id, Kind.REMOVED, tuple((name, str(row[name])) for name in keys))


def _changed_row(
    table: str, key: tuple[tuple[str, str], ...], columns: Sequence[str], earlier: Row, row: Row
) -> Iterator[CellChange]:
    for name in columns:
        before, after = earlier[name], row[name]
        if before != after:
            yield CellChange(table, _kind(name, before, after), key, name, before, after)


def _kind(column: str, before: Any, after: Any) -> Kind:
    if column.endswith("_marker"):
        return Kind.MARKED
    if after is None:
        return Kind.WITHDRAWN
    return Kind.SHOWN if before is None else Kind.REVISED
