"""Says what changed between the releases of a dataset: the note, and how many numbers of each table are other than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.content import Content, Dataframe, Row
from openjustice.public.site.portal import Portal


@dataclass(frozen=True)
class TableChange:
    """One table in two releases: how many numbers have another value, and how many came or went."""

    title: str
    numbers: int
    changed: int
    added: int
    removed: int
    newly_withheld: int

    @property
    def is_same(self) -> bool:
        """Return whether nothing in the table is other than before."""
        return not (self.changed or self.added or self.removed)


@dataclass(frozen=True)
class Correction:
    """One release that took the place of an earlier one: its note, and its tables against those before."""

    content: Content
    before: Content
    note: str
    tables: tuple[TableChange, ...]

    @property
    def changed(self) -> tuple[TableChange, ...]:
        """Return the tables in which anything is other than before."""
        return tuple(item for item in self.tables if not item.is_same)


def find_corrections(portal: Portal) -> tuple[Correction, ...]:
    """Return every release that took the place of an earlier one of its dataset, the newest first."""
    made = [item for name in portal.newest for item in _of_dataset(portal, name)]
    return tuple(sorted(made, key=lambda item: item.content.manifest.sealed_at, reverse=True))


def _of_dataset(portal: Portal, dataset: str) -> Iterator[Correction]:
    by_address = {item.content.address: item.content for item in portal.versions(dataset)}
    for content in by_address.values():
        before = by_address.get(content.manifest.supersedes or "")
        if before is not None:
            yield Correction(content, before, content.manifest.revision_note or "", tuple(_changes(before, content)))


def _changes(before: Content, content: Content) -> Iterator[TableChange]:
    earlier = {frame.id: frame for frame in before.frames if frame.kind is ProductKind.TABLE}
    for frame in content.frames:
        if frame.kind is ProductKind.TABLE and frame.id in earlier and earlier[frame.id].rows:
            yield compare_tables(earlier[frame.id], frame)


def compare_tables(before: Dataframe, after: Dataframe) -> TableChange:
    """Count the numbers of a table that are other than before: other value, other mark, new, or gone."""
    one, two = _by_codes(before), _by_codes(after)
    both = one.keys() & two.keys()
    changed = [key for key in both if _number(one[key]) != _number(two[key])]
    return TableChange(
        title=after.title,
        numbers=len(two),
        changed=len(changed),
        added=len(two.keys() - one.keys()),
        removed=len(one.keys() - two.keys()),
        newly_withheld=sum(two[key]["value_marker"] == "c" != one[key]["value_marker"] for key in changed),
    )


def _by_codes(frame: Dataframe) -> dict[tuple[str, ...], Row]:
    return {tuple(row[name] for name in frame.variables): row for row in frame.rows}


def _number(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("numerator", "denominator", "value", "value_marker"))
