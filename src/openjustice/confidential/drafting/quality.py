"""Says how good the data of a draft is, with nothing in it that the tables hide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import Store
from openjustice.contracts import calendar
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground.engine import Table
from openjustice.measure import quality, reporting
from openjustice.measure.frames import MeasuredTable

Row = dict[str, Any]
TOTAL, UNKNOWN = "_T", "_U"
# Whole percents: more digits would tell how many records lack a field.
DECIMALS = 2


def make_quality(
    truth: Truth,
    *,
    store: Store,
    jurisdiction: Jurisdiction,
    published: Iterable[tuple[MeasuredTable, Table]],
    today: date,
) -> Row:
    """Return who reported and who did not, how complete each field is, and the share still pending, as plain values."""
    contract = truth.dataset.contract
    agencies = jurisdiction.codelists.get("agencies")
    reporters = quality.find_reporters(truth.records, contract=contract, codelist=agencies) if agencies else ()
    return {
        "reporters": [asdict(item) for item in reporters],
        "completeness": quality.measure_completeness(truth.records, contract=contract, decimals=DECIMALS),
        "maturity": find_maturity(truth, published=published),
        "reporting": find_reporting(store, dataset=truth.dataset, jurisdiction=jurisdiction, today=today),
        "assessment": find_assessment(store, dataset=truth.dataset),
    }


def find_reporting(store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction, today: date) -> list[Row]:
    """Return how many owed reports of each period were made and how many are missing, over the span of what is in force.

    Empty where the contract has nobody owe a report. Surprise: of persons, reports with records and statements of none are
    not told apart: that every agency sent records would say that each area has at least one, which a table may hide.
    """
    agencies = jurisdiction.codelists.get("agencies")
    in_force = store.submissions_in_force(dataset.id)
    if agencies is None or not in_force or not dataset.contract.obligations:
        return []
    since, until = min(row["starts_on"] for row in in_force), max(row["ends_before"] for row in in_force)
    due = calendar.list_due(dataset.contract, agencies=agencies, since=since, until=min(until, today))
    sent, stated = store.find("submission", dataset=dataset.id), store.find("statement", dataset=dataset.id)
    counted = reporting.count(reporting.settle(due, sent=sent, stated=stated, today=today))
    return [
        {
            "period": item.period, "owed": item.owed - item.not_due, "reported": item.received + item.none_stated,
            "none_stated": None if dataset.contract.persons else item.none_stated, "late": item.late,
            "missing": item.missing + item.returned,
        }
        for item in counted if item.owed > item.not_due
    ]  # fmt: skip


def find_assessment(store: Store, *, dataset: Dataset) -> Row | None:
    """Return when the reports were last assessed, in how many tests, and how many values were unusual; None where never."""
    made = store.find("assessment", dataset=dataset.id)
    return (
        {"on": made[-1]["made_at"][:10], "tests": made[-1]["tests"], "unusual": made[-1]["unusual"]} if made else None
    )


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
