"""Compares every number of a draft with the true one, measured again from the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.airlock.integrity import fault
from openjustice.confidential.drafting import products
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import Store
from openjustice.contracts.release import DraftManifest, Product, ProductKind
from openjustice.ground import engine, errors
from openjustice.ground.engine import Table, quote
from openjustice.measure import rates
from openjustice.measure.frames import MeasuredTable

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drafted:
    """The tables and records of a draft as they stand in its files, under the confidential label: nothing is trusted yet."""

    folder: Path
    tables: Mapping[str, Table]
    microdata: Mapping[str, Table]

    @property
    def cell_count(self) -> int:
        """Count the rows of all tables."""
        return sum(table.row_count for table in self.tables.values())


def read_drafted(store: Store, manifest: DraftManifest, *, number: int) -> Drafted:
    """Read the tables and records of a draft; one that cannot be read is left out, and found wanting by its absence."""
    folder = store.draft_directory(number)
    return Drafted(
        folder=folder,
        tables=_read_all(store.engine, folder, manifest.products_of(ProductKind.TABLE)),
        microdata=_read_all(store.engine, folder, manifest.products_of(ProductKind.MICRODATA)),
    )


def find_shape_faults(drafted: Drafted, *, truth: Truth) -> list[errors.Fault]:
    """Return where a draft has other tables, or other columns, than the declarations say the public may see."""
    expected: dict[str, Columns] = {item.id: products.table_columns(item.variables) for item in truth.tables}
    records = {truth.dataset.id: columns} if (columns := products.record_columns(truth)) else {}
    return [
        *_find_other_shapes({name: table.columns for name, table in drafted.tables.items()}, expected, noun="table"),
        *_find_other_shapes(
            {name: table.columns for name, table in drafted.microdata.items()}, records, noun="record file"
        ),
    ]


def find_number_faults(
    drafted: Drafted, *, truth: Truth, expected: Mapping[str, Table] | None = None
) -> list[errors.Fault]:
    """Return which columns of which tables hold another number, or another marker, than they should. Never the number.

    `expected` are the tables as they must be, where the policy's method changes numbers (see `remaking`).
    """
    return [
        item
        for measured in truth.tables
        if (table := drafted.tables.get(measured.id)) is not None
        and table.columns == products.table_columns(measured.variables)
        for item in _find_differences(
            table, measured=measured, expected=(expected or {}).get(measured.id) or expect_table(table, measured=measured, truth=truth)
        )
    ]  # fmt: skip


def _find_differences(table: Table, *, measured: MeasuredTable, expected: Table) -> list[errors.Fault]:
    same = " AND ".join(f"d.{quote(name)} = e.{quote(name)}" for name in measured.variables) or "true"
    names = [name for name, _ in table.columns]
    counts = ", ".join(
        f"count(*) FILTER (WHERE d.{quote(name)} IS DISTINCT FROM e.{quote(name)}) AS {quote(name)}" for name in names
    )
    statement = f"SELECT {counts} FROM drafted AS d FULL JOIN expected AS e ON {same}"
    compared = table.engine.derive(
        f"{measured.id}__compared", statement, inputs={"drafted": table, "expected": expected}
    )
    differing: dict[str, int] = {name: int(count) for name, count in compared.rows()[0].items() if count}
    extra = table.row_count - measured.table.row_count
    rows = [
        fault(
            "number_differs",
            "The table has more or fewer rows than it should.",
            "Make a new draft.",
            place=errors.Place(file=measured.id),
        )
    ]
    return [
        *(rows if extra else []),
        *(fault(
            "number_differs", f"{count:,} {'row differs' if count == 1 else 'rows differ'} from what was measured again.",
            "Make a new draft.", place=errors.Place(file=measured.id, field=name),
        )
        for name, count in differing.items()),
    ]  # fmt: skip


def expect_table(table: Table, *, measured: MeasuredTable, truth: Truth) -> Table:
    """Return the table as it should be: the true numbers, hidden where the draft hides them, with rates made again."""
    same = " AND ".join(f"m.{quote(name)} = d.{quote(name)}" for name in measured.variables) or "true"
    variables = "".join(f"m.{quote(name)}, " for name in measured.variables)
    statement = f"""
        SELECT {variables}
            CASE WHEN d.numerator_marker IS DISTINCT FROM 'c' THEN m.numerator END AS numerator,
            coalesce(m.numerator_marker, CASE WHEN d.numerator_marker = 'c' THEN 'c' END) AS numerator_marker,
            CASE WHEN d.denominator_marker IS DISTINCT FROM 'c' THEN m.denominator END AS denominator,
            coalesce(m.denominator_marker, CASE WHEN d.denominator_marker = 'c' THEN 'c' END) AS denominator_marker,
            m.coverage, m.status_marker
        FROM measured AS m LEFT JOIN drafted AS d ON {same}
    """
    masked = table.engine.derive(
        f"{measured.id}__expected", statement, inputs={"measured": measured.table, "drafted": table}
    )
    return rates.add_rates(masked, indicator=measured.indicator, rules=truth.rules.tables)


def _read_all(opened: engine.Engine, folder: Path, items: Sequence[Product]) -> dict[str, Table]:
    read = {}
    for item in items:
        try:
            read[item.id] = opened.read_parquet(folder / item.path, name=item.id)
        except engine.StatementFailed:
            continue  # it is wanting in what was read, and that is found
    return read


def _find_other_shapes(
    present: Mapping[str, Columns], expected: Mapping[str, Columns], *, noun: str
) -> list[errors.Fault]:
    wanting = [
        _other(f"The draft lacks a {noun} that its declarations ask for, or it cannot be read.", name)
        for name in expected.keys() - present.keys()
    ]
    extra = [
        _other(f"The draft has a {noun} that no declaration asks for.", name)
        for name in present.keys() - expected.keys()
    ]
    changed = [
        _other(f"The columns of a {noun} are not those of the contract's public view.", name)
        for name in expected.keys() & present.keys()
        if present[name] != expected[name]
    ]
    return sorted([*wanting, *extra, *changed], key=lambda item: (item.place.file or "", item.what))


def _other(what: str, name: str) -> errors.Fault:
    return fault("schema_differs", what, "Make a new draft.", place=errors.Place(file=name))
