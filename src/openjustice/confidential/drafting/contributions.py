"""Measures what each contributor gave to each cell, for the rules of a policy that look at contributors."""

from __future__ import annotations

from typing import Any

from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.indicator import Quantity
from openjustice.ground.engine import Table, quote
from openjustice.measure.frames import MeasuredTable
from openjustice.measure.statements import TOTAL, UNKNOWN
from openjustice.protect import small_cells
from openjustice.protect.cells import Codes
from openjustice.protect.small_cells import Contributions


def measure(truth: Truth) -> dict[str, dict[str, dict[Codes, Contributions]]]:
    """Return, by contributor, table and codes, how many contributed to each cell, and the largest parts."""
    if truth.rules.tables is None:
        return {}
    needed = small_cells.top_needed(truth.rules.tables)
    records = truth.recoded[truth.dataset.id]
    return {
        contributor: {item.id: _measure_table(records, measured=item, contributor=contributor, top=top) for item in truth.tables}
        for contributor, top in needed.items()
    }  # fmt: skip


def _measure_table(
    records: Table, *, measured: MeasuredTable, contributor: str, top: int
) -> dict[Codes, Contributions]:
    statement = contributions_sql(
        measured.variables, quantity=measured.indicator.numerator, contributor=contributor, top=top
    )
    found = records.engine.derive(f"{measured.id}__contributions", statement, inputs={"records": records})
    return {_codes(row, measured): _contributions(row) for row in found.rows()}


def contributions_sql(variables: tuple[str, ...], *, quantity: Quantity, contributor: str, top: int) -> str:
    """Return the statement that sums each contributor's part of every cell, totals included, and keeps the largest."""
    amount = " + ".join(f"CAST({quote(name)} AS DOUBLE)" for name in quantity.summed) or "1"
    codes = [f"coalesce(CAST({quote(name)} AS VARCHAR), '{UNKNOWN}')" for name in variables]
    made = "".join(f"{code} AS {quote(name)}, " for code, name in zip(codes, variables, strict=True))
    named = ", ".join(quote(name) for name in variables)
    cube = f"CUBE ({named}), " if variables else ""
    shown = "".join(f"coalesce({quote(name)}, '{TOTAL}') AS {quote(name)}, " for name in variables)
    where = f"WHERE {quantity.where}" if quantity.where else ""
    return f"""
        WITH counted AS (SELECT {made}{quote(contributor)} AS _who, {amount} AS _amount FROM records {where}),
        parts AS (SELECT {shown}_who, sum(_amount) AS _part FROM counted GROUP BY {cube}_who)
        SELECT {"".join(f"{quote(name)}, " for name in variables)}count(*) AS _contributors, sum(_part) AS _total,
            list(_part ORDER BY _part DESC)[1:{top}] AS _largest
        FROM parts WHERE _part > 0 GROUP BY ALL
    """


def _codes(row: dict[str, Any], measured: MeasuredTable) -> Codes:
    return tuple(str(row[name]) for name in measured.variables)


def _contributions(row: dict[str, Any]) -> Contributions:
    return Contributions(
        count=int(row["_contributors"]),
        largest=tuple(float(part) for part in row["_largest"]),
        total=float(row["_total"]),
    )
