"""Keeps the true cells of sealed releases and gives them back as tables, so that no later release gives a hidden one away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from openjustice.confidential.store import SealedCell, Store
from openjustice.protect import cells
from openjustice.protect.cells import CountTable, SealedTable
from openjustice.protect.plan.vintages import FileHistogram

# A variable that a whole table holds fixed is kept with this before its name, to tell it from one of its axes.
FIXED = "="
POPULATION = ""
# Not a table of any release: how often each combination of the record file's variables stood in the records behind it.
RECORD_FILE = "record_file"
# Nor is this: how often each combination stands in the record file that went out, as anybody can count there.
RELEASED_FILE = "released_record_file"
# Before the name of a table: what was published of its cells, where a method changed the counts.
PUBLISHED = "published:"


def read_earlier(store: Store, *, jurisdiction: str, dataset: str) -> tuple[SealedTable, ...]:
    """Return every table of every sealed release of a dataset, with its true values and what was hidden."""
    return tuple(
        table
        for release, kept in sorted(store.sealed_cells(dataset).items())
        if release.startswith(f"{jurisdiction}/")
        for table in as_tables(kept, release=release)
    )


def as_sealed_cells(
    tables: Iterable[CountTable], *, hidden: Iterable[frozenset[cells.Codes]]
) -> tuple[SealedCell, ...]:
    """Return the cells of tables to keep, each with its true value and whether it was hidden; totals keep their `_T`."""
    return tuple(
        SealedCell(table_id=table.id, address=_kept_address(table, codes), value=int(value), hidden=codes in marked)
        for table, marked in zip(tables, hidden, strict=True)
        for codes, value in table.cells.items()
    )


def as_published_cells(
    tables: Iterable[CountTable], *, published: Mapping[str, Mapping[cells.Codes, int]]
) -> tuple[SealedCell, ...]:
    """Return what is published of the cells of tables, to keep beside their true values; what is not shown is left out."""
    return tuple(
        SealedCell(
            table_id=f"{PUBLISHED}{table.id}", address=_kept_address(table, codes), value=published[table.id][codes], hidden=False
        )
        for table in tables
        for codes in table.cells
        if codes in published.get(table.id, {})
    )  # fmt: skip


def read_published(
    store: Store, *, jurisdiction: str, dataset: str, but: str | None = None
) -> dict[tuple[cells.Address, int], int]:
    """Return what earlier releases show of each cell, by its address and its true count then; the latest release counts.

    `but` names a release that is left out: the draft's own, while a stopped seal waits to be finished.
    """
    found: dict[tuple[cells.Address, int], int] = {}
    for release, kept in sorted(store.sealed_cells(dataset).items()):
        if release.startswith(f"{jurisdiction}/") and release != but:
            shown = {
                (cell.table_id.removeprefix(PUBLISHED), cell.address): cell.value
                for cell in kept
                if cell.table_id.startswith(PUBLISHED)
            }
            for item in as_tables(kept, release=release) if shown else ():
                for codes, value in item.table.cells.items():
                    place = (item.table.id, _kept_address(item.table, codes))
                    if place in shown:
                        found[cells.address_of(item.table, codes), value] = shown[place]
    return found


def as_tables(kept: Sequence[SealedCell], *, release: str) -> list[SealedTable]:
    """Return kept cells as the tables they were."""
    groups: dict[str, list[SealedCell]] = {}
    for cell in kept:
        if cell.table_id != RECORD_FILE and not cell.table_id.startswith(PUBLISHED):
            groups.setdefault(cell.table_id, []).append(cell)
    return [_as_table(release, name, members) for name, members in sorted(groups.items())]


def as_record_cells(file: FileHistogram, *, dataset: str) -> tuple[SealedCell, ...]:
    """Return the combinations of a record file to keep: how many records, before protection, have each, and how many show it."""
    return tuple(
        SealedCell(
            table_id=name,
            address=((POPULATION, dataset), *zip(file.variables, codes, strict=True)),
            value=count,
            hidden=name == RECORD_FILE,
        )
        for name, histogram in ((RECORD_FILE, file.truth), (RELEASED_FILE, file.shown))
        for codes, count in sorted(histogram.items())
    )


def as_files(sealed: Mapping[str, Sequence[SealedCell]], *, jurisdiction: str) -> tuple[FileHistogram, ...]:
    """Return the record file of each earlier release of which what went out was kept, oldest first."""
    found = []
    for release, kept in sorted(sealed.items()):
        parts = {name: [cell for cell in kept if cell.table_id == name] for name in (RECORD_FILE, RELEASED_FILE)}
        if all(parts.values()) and release.startswith(f"{jurisdiction}/"):
            variables = tuple(name for name, _ in parts[RECORD_FILE][0].address if name != POPULATION)
            truth, shown = (
                {tuple(code for name, code in cell.address if name != POPULATION): cell.value for cell in part}
                for part in parts.values()
            )
            found.append(FileHistogram(release=release, variables=variables, truth=truth, shown=shown))
    return tuple(found)


def read_files(store: Store, *, jurisdiction: str, dataset: str) -> tuple[FileHistogram, ...]:
    """Return the record files of all sealed releases of a dataset."""
    return as_files(store.sealed_cells(dataset), jurisdiction=jurisdiction)


def count_changed_records(now: Iterable[SealedCell], before: Iterable[SealedCell]) -> int:
    """Count the records that must have been added, taken away or changed between two record files, at the least."""
    counts = {cell.address: cell.value for cell in now if cell.table_id == RECORD_FILE}
    for cell in before:
        if cell.table_id == RECORD_FILE:
            counts[cell.address] = counts.get(cell.address, 0) - cell.value
    return max(sum(max(count, 0) for count in counts.values()), sum(max(-count, 0) for count in counts.values()))


def _as_table(release: str, name: str, members: Sequence[SealedCell]) -> SealedTable:
    pairs = members[0].address
    where = tuple((variable.removeprefix(FIXED), code) for variable, code in pairs if variable.startswith(FIXED))
    axes = tuple(variable for variable, _ in pairs if variable != POPULATION and not variable.startswith(FIXED))
    coded = {tuple(dict(cell.address)[axis] for axis in axes): cell for cell in members}
    table = CountTable(
        id=name, variables=axes, population=dict(pairs)[POPULATION], where=where,
        cells={codes: cell.value for codes, cell in sorted(coded.items())},
    )  # fmt: skip
    return SealedTable(
        release=release, table=table, hidden=frozenset(codes for codes, cell in coded.items() if cell.hidden)
    )


def _kept_address(table: CountTable, codes: cells.Codes) -> tuple[tuple[str, str], ...]:
    fixed = ((f"{FIXED}{name}", code) for name, code in table.where)
    return ((POPULATION, table.population), *fixed, *zip(table.variables, codes, strict=True))
