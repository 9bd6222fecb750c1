"""Every worked example of every indicator of the registry gives the numbers it promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openjustice.contracts.indicator import Example
from openjustice.contracts.jurisdiction import IndicatorFolder, Jurisdiction
from openjustice.contracts.registry import load_registry
from openjustice.ground import engine
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.measure import conditions, frames, rates

REGISTRY = load_registry([Path(__file__).resolve().parents[2] / "registry"])
TIMES = "times"  # a row that stands for so many like it


def _each_example() -> Iterator[Any]:
    for jurisdiction in REGISTRY.jurisdictions.values():
        for folder in jurisdiction.indicators.values():
            for example in folder.examples.examples:
                name = f"{jurisdiction.id}/{folder.indicator.indicator}: {example.title}"
                yield pytest.param(jurisdiction, folder, example, id=name)


@pytest.mark.parametrize(("jurisdiction", "folder", "example"), list(_each_example()))
def test_example_gives_its_numbers(jurisdiction: Jurisdiction, folder: IndicatorFolder, example: Example) -> None:
    """Rows in, numbers out: each expected row is in the table, with every number it names."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        tables = {name: _given(opened, name, folder, example) for name in example.given}
        measured = frames.measure_table(folder.indicator, example.breakdown, tables=tables, jurisdiction=jurisdiction)
        rows = rates.add_rates(measured.table, indicator=folder.indicator, rules=None).rows()
    found = {tuple(row[name] for name in measured.variables): row for row in rows}
    for expected in example.expect:
        row = found[tuple(expected[name] for name in measured.variables)]
        assert {name: row[name] for name in expected} == dict(expected)


def _given(opened: Engine, dataset: str, folder: IndicatorFolder, example: Example) -> Table:
    rows = [dict(row) for row in example.given[dataset]]
    names = sorted({name for row in rows for name in row if name != TIMES} | _named(dataset, folder, example))
    values = [[row.get(name) for name in names] for row in rows for _ in range(row.get(TIMES, 1))]
    return opened.make_table(dataset, columns=dict.fromkeys(names, "VARCHAR"), rows=values, plane=Plane.CONFIDENTIAL)


def _named(dataset: str, folder: IndicatorFolder, example: Example) -> set[str]:
    """Return the columns that the statement names; an example need not spell out those it leaves empty."""
    indicator = folder.indicator
    named = set(indicator.breakdowns[example.breakdown].variables) if dataset == indicator.dataset else set()
    for quantity in (indicator.numerator, indicator.denominator):
        if quantity is not None and quantity.dataset == dataset:
            named |= {*quantity.summed, *conditions.named_columns(quantity.where)}
            named |= set(quantity.by.values()) if quantity is indicator.denominator else set()
    if dataset == indicator.dataset and indicator.period_variable:
        named.add(indicator.period_variable)
    return named
