"""Says how good the data of a draft is, with nothing in it that the tables hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground.engine import Table
from openjustice.measure import quality
from openjustice.measure.frames import MeasuredTable

Row = dict[str, Any]
TOTAL, UNKNOWN = "_T", "_U"
# Whole percents: more digits would tell how many records lack a field.
DECIMALS = 2


def make_quality(truth: Truth, *, jurisdiction: Jurisdiction, published: Iterable[tuple[MeasuredTable, Table]]) -> Row:
    """Return who reported, how complete each field is, and the share still pending by period, as plain values."""
    contract = truth.dataset.contract
    agencies = jurisdiction.codelists.get("agencies")
    reporters = quality.find_reporters(truth.records, contract=contract, codelist=agencies) if agencies else ()
    return {
        "reporters": [asdict(item) for item in reporters],
        "completeness": quality.measure_completeness(truth.records, contract=contract, decimals=DECIMALS),
        "maturity": find_maturity(truth, published=published),
    }


def find_maturity(truth: Truth, *, published: Iterable[tuple[MeasuredTable, Table]]) -> list[Row]:
    """Return the share pending by period, worked out from published counts alone; None where one of them is hidden.

    Empty where the contract has no maturity rule or no published table counts the field by period.
    """
    maturity = truth.dataset.contract.maturity
    if maturity is None:
        return []
    for measured, table in published:
        period = measured.indicator.period_variable
        matured = [name for name in measured.variables if _is_kept(name, field=maturity.field, truth=truth)]
        if set(measured.variables) == {period, *matured} and matured and not measured.where_pairs:
            return _shares(table, period=str(period), matured=matured[0], pending=maturity.pending)
    return []


def _is_kept(name: str, *, field: str, truth: Truth) -> bool:
    rule = truth.rules.recode.get(name)
    return rule is not None and rule.of == field and rule.method == "keep"


def _shares(table: Table, *, period: str, matured: str, pending: tuple[str, ...]) -> list[Row]:
    counts: dict[str, dict[str, int | None]] = {}
    for row in table.rows():
        counts.setdefault(str(row[period]), {})[str(row[matured])] = row["numerator"]
    return [
        {"period": name, "pending_share": _share([cells.get(code, 0) for code in pending], cells.get(TOTAL))}
        for name, cells in sorted(counts.items())
        if name not in (TOTAL, UNKNOWN)
    ]


def _share(parts: list[int | None], whole: int | None) -> float | None:
    shown = [part for part in parts if part is not None]
    return round(sum(shown) / whole, 4) if whole and len(shown) == len(parts) else None
