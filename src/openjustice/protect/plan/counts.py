"""Turns measured tables into the cells that an intruder could combine: numerators, and denominators that count persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openjustice.contracts.policy import Recoding
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Marker
from openjustice.measure import conditions
from openjustice.measure.frames import MeasuredTable
from openjustice.measure.statements import UNKNOWN
from openjustice.protect.cells import Codes, CountTable, Nesting

Row = Mapping[str, Any]
DENOMINATOR = "/denominator"
HIDDEN = Marker.CONFIDENTIAL.value


def count_tables(measured: MeasuredTable) -> tuple[CountTable, ...]:
    """Return the counts of a measured table: its numerators, and its denominators where they count persons too."""
    numerators = CountTable(
        id=measured.id, variables=measured.variables, population=measured.population, where=measured.where_pairs,
        cells=measured.count_cells(),
    )  # fmt: skip
    return (numerators, *_denominators(measured))


def hidden_codes(measured: MeasuredTable, *, published: Table) -> dict[str, frozenset[Codes]]:
    """Return, by the id of each count table, which of its cells a published table hides.

    Surprise: a denominator stands in many rows; it counts as shown where any of them shows it.
    """
    rows = published.rows()
    hidden = {measured.id: _marked(rows, measured.variables, "numerator_marker")}
    if measured.denominator_population is not None:
        marked = _marked(rows, measured.denominator_variables, "denominator_marker")
        shown = {_codes(row, measured.denominator_variables) for row in rows if row["denominator"] is not None}
        hidden[measured.id + DENOMINATOR] = marked - shown
    return hidden


def find_nestings(records: Table, *, recodings: Mapping[str, Recoding]) -> tuple[Nesting, ...]:
    """Return which variables are made of one field, one coarser than the other, and how: an intruder adds these up too.

    It is read off the recoded records, so that it holds for whatever rules made them.
    """
    pairs = [
        (fine, coarse)
        for fine, first in recodings.items()
        for coarse, second in recodings.items()
        if fine != coarse and first.of == second.of
    ]
    nestings = (_find_nesting(records, fine=fine, coarse=coarse) for fine, coarse in pairs)
    return tuple(item for item in nestings if item is not None)


def _find_nesting(records: Table, *, fine: str, coarse: str) -> Nesting | None:
    known = ", ".join(
        f"coalesce(CAST({quote(name)} AS VARCHAR), '{UNKNOWN}') AS c{place}"
        for place, name in enumerate((fine, coarse))
    )
    statement = f"SELECT DISTINCT {known} FROM records"
    seen = records.engine.derive(f"{fine}_in_{coarse}", statement, inputs={"records": records}).rows()
    into = {str(row["c0"]): str(row["c1"]) for row in seen}
    is_function = len(into) == len(seen)
    return Nesting(fine=fine, coarse=coarse, into=into) if is_function and len(set(into.values())) < len(into) else None


def _denominators(measured: MeasuredTable) -> Iterator[CountTable]:
    base = measured.indicator.denominator
    if base is None or measured.denominator_population is None:
        return
    yield CountTable(
        id=measured.id + DENOMINATOR, variables=measured.denominator_variables, population=measured.denominator_population,
        where=conditions.fixed_pairs(base.where) or (),
        cells={
            _codes(row, measured.denominator_variables): int(row["denominator"])
            for row in measured.table.rows()
            if row["denominator"] is not None
        },
    )  # fmt: skip


def _marked(rows: Sequence[Row], variables: Sequence[str], column: str) -> frozenset[Codes]:
    return frozenset(_codes(row, variables) for row in rows if row[column] == HIDDEN)


def _codes(row: Row, variables: Sequence[str]) -> Codes:
    return tuple(str(row[name]) for name in variables)
