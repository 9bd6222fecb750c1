"""Codes the percentages of finished tables, where the policy names a method that works on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Marker
from openjustice.measure import rates
from openjustice.measure.frames import MeasuredTable
from openjustice.protect.cells import TOTAL, IntArray
from openjustice.protect.method import Method

PER_CENT = 100


def refuse_other_tables(measured: Sequence[MeasuredTable], *, method: Method) -> None:
    """Refuse tables that do not show percentages: withholding their counts would leave nothing."""
    others = [item.id for item in measured if item.indicator.denominator is None or item.indicator.per != PER_CENT]
    if others:
        raise errors.ProtectionRefused(
            errors.Fault(
                code="no_percentages",
                what=f"The method '{method.name}' withholds every count, and this table shows no percentages.",
                way_out="Use another method, or publish percentages alone.",
                ask=errors.ProtectionRefused.who_must_act,
                place=errors.Place(file=name),
            )
            for name in others
        )


def code_table(table: Table, *, measured: MeasuredTable, method: Method, rules: TableRules) -> Table:
    """Return a table, its counts withheld, with each percentage as it may be shown: itself, a band, or nothing.

    A band stands in `value_low` and `value_high` with no value, marked as withheld. There is no confidence interval, for
    it would tell the count.
    """
    parameters = method.read_parameters(rules.parameters)
    # In the order of their codes, so that of two equal parts always the same is withheld.
    truth = measured.table.rows(order_by=measured.variables)
    numerators, denominators = (_numbers(truth, name) for name in ("numerator", "denominator"))
    coded = method.apply(numerators, denominators, parameters=parameters, parts=find_parts(truth, measured=measured))
    engine = table.engine
    shape = {**dict.fromkeys(measured.variables, "VARCHAR"), "shown": "DOUBLE", "low": "DOUBLE", "high": "DOUBLE"}
    rows = [
        (*(row[name] for name in measured.variables), *(_or_none(item[place]) for item in (coded.values, coded.low, coded.high)))
        for place, row in enumerate(truth)
    ]  # fmt: skip
    codes = engine.make_table(f"{table.name}_coded", columns=shape, rows=rows, plane=table.plane)
    same = " AND ".join(f't."{name}" = c."{name}"' for name in measured.variables) or "TRUE"
    unknown = "m.denominator IS NULL OR m.numerator IS NULL OR m.denominator = 0"
    made = {
        "value": "c.shown",
        "value_low": "c.low",
        "value_high": "c.high",
        "value_marker": f"CASE WHEN c.shown IS NOT NULL THEN NULL WHEN {unknown} THEN t.value_marker ELSE '{Marker.CONFIDENTIAL.value}' END",
    }
    columns = ", ".join(f'{made.get(name, f"""t."{name}" """)} AS "{name}"' for name in table.column_names)
    again = " AND ".join(f't."{name}" = m."{name}"' for name in measured.variables) or "TRUE"
    return engine.derive(
        table.name,
        f"SELECT {columns} FROM t JOIN c ON {same} JOIN m ON {again}",
        inputs={"t": table, "c": codes, "m": measured.table},
    )


def find_parts(truth: Sequence[dict[str, Any]], *, measured: MeasuredTable) -> tuple[IntArray, ...]:
    """Return the places of percentages that make 100 together: one denominator, broken down by a variable it does not have."""
    sets: dict[tuple[Any, ...], list[int]] = {}
    dividing = set(measured.denominator_variables)
    for variable in measured.variables:
        if variable not in dividing and variable not in rates.COLUMNS:
            for place, row in enumerate(truth):
                if row[variable] != TOTAL:
                    others = tuple(row[name] for name in measured.variables if name != variable)
                    sets.setdefault((variable, *others), []).append(place)
    return tuple(np.array(places) for places in sets.values() if len(places) > 1)


def _numbers(rows: Sequence[dict[str, Any]], name: str) -> np.ndarray:
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
