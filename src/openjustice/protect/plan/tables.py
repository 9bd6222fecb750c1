"""Hides counts of all tables of a draft together, so that none can be worked out from the others or from earlier releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Marker, Plane
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import cells, methods
from openjustice.protect.cells import BoolArray, CellSystem, Codes, Nesting, SealedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.plan import counts
from openjustice.protect.plan.bounds import RecordFile, find_bounds, join

NO_METHOD = "none"


@dataclass(frozen=True)
class ProtectedTables:
    """The tables of a draft with small counts and their helpers hidden, and what is needed to attack and explain them.

    `tables`: by id, the measured columns with `numerator_marker` and `denominator_marker`; a hidden number is null and
    marked `c`, one that is not known is null and marked `x`. `hidden`: by the id of each count table, the codes of its
    hidden cells. `system`, `mask`, `primary`: all cells together, confidential; None where no method protects them.
    """

    tables: Mapping[str, Table]
    hidden: Mapping[str, frozenset[Codes]] = field(repr=False)
    system: CellSystem | None = field(default=None, repr=False)
    mask: BoolArray | None = field(default=None, repr=False)
    primary: BoolArray | None = field(default=None, repr=False)


def hide(
    measured: Sequence[MeasuredTable],
    *,
    rules: TableRules,
    earlier: Sequence[SealedTable] = (),
    nestings: Sequence[Nesting] = (),
    unvetted: Mapping[str, str] | None = None,
    file: RecordFile | None = None,
) -> ProtectedTables:
    """Hide counts by the method that the rules name, over all tables as one problem; the tables stay confidential.

    `file` is the record file that will be published beside them: no count is hidden in vain that the file gives back.
    `unvetted` gives the reason for each method without a complete vetting record that the policy allows all the same.
    Raises ProtectionRefused where the method cannot protect the tables, or may not be used.
    """
    counted = [item for table in measured for item in counts.count_tables(table)]
    if rules.method == NO_METHOD:
        nothing: dict[str, frozenset[Codes]] = {item.id: frozenset() for item in counted}
        return ProtectedTables(tables=_mark_all(measured, hidden=nothing), hidden=nothing)
    method = load_method(rules.method, works_on=WorksOn.CELLS, unvetted=unvetted or {})
    system = cells.make_cell_system(counted, nestings=nestings, earlier=earlier)
    known = system
    if file is not None:
        known = join(system, find_bounds(file, system=system, mask=system.in_draft), is_earlier=True)
    done = method.apply(known, parameters=method.read_parameters(_parameters(rules)))
    mask, primary = (np.asarray(cells_)[: len(system)] for cells_ in (done.hidden, done.primary))
    hidden = {item.id: system.mask_of(item.id, mask) for item in counted if item.id in system.positions}
    return ProtectedTables(
        tables=_mark_all(measured, hidden=hidden),
        hidden=hidden,
        system=system,
        mask=mask,
        primary=primary,
    )


def load_method(name: str, *, works_on: WorksOn, unvetted: Mapping[str, str]) -> Method:
    """Return a method by its name.

    Raises ProtectionRefused where it protects something else, or is not vetted and the policy gives no reason.
    """
    method: Method = discovery.load_plugin(methods, name, attribute="METHOD")
    if method.works_on is not works_on:
        raise errors.ProtectionRefused.because(
            "method_unfit",
            f"The method '{name}' protects {method.works_on}, not {works_on}.",
            way_out="Have the policy name another method.",
        )
    if not method.vetted and name not in unvetted:
        raise errors.ProtectionRefused.because(
            "method_unvetted",
            f"The method '{name}' has no complete vetting record.",
            way_out="Name another method, or give the reason under 'allow_unvetted'; it will be published.",
        )
    return method


def attack_parameters(rules: TableRules) -> dict[str, object]:
    """Return what the policy's rules of tables tell an attack on them."""
    given = rules.model_dump(include={"minimum_frequency", "zeros", "hidden_at_least", "safety_interval"})
    return {name: value for name, value in given.items() if value is not None}


def _parameters(rules: TableRules) -> dict[str, object]:
    return {**attack_parameters(rules), "weights": dict(rules.weights), **rules.parameters}


def _mark_all(measured: Iterable[MeasuredTable], *, hidden: Mapping[str, frozenset[Codes]]) -> dict[str, Table]:
    return {item.id: _mark(item, hidden=hidden) for item in measured}


def _mark(measured: MeasuredTable, *, hidden: Mapping[str, frozenset[Codes]]) -> Table:
    """Replace the hidden numbers of one table by nulls with their marker."""
    engine, inputs = measured.table.engine, {"measured": measured.table}
    joins, columns = [], {name: f"measured.{quote(name)}" for name in measured.table.column_names}
    parts = (
        ("numerator", measured.id, measured.variables),
        ("denominator", measured.id + counts.DENOMINATOR, measured.denominator_variables),
    )
    for column, id_, variables in parts:
        codes, name = sorted(hidden.get(id_, frozenset())), f"hidden_{column}"
        known = f"CASE WHEN measured.{quote(column)} IS NULL THEN {_old_marker(measured, column)} END"
        columns |= {column: f"measured.{quote(column)}", f"{column}_marker": known}
        if codes:
            shape = {**dict.fromkeys(variables, "VARCHAR"), "is_hidden": "BOOLEAN"}
            inputs[name] = engine.make_table(
                name, columns=shape, rows=[(*item, True) for item in codes], plane=Plane.CONFIDENTIAL
            )
            same = " AND ".join(f"measured.{quote(item)} = {name}.{quote(item)}" for item in variables)
            joins.append(f"LEFT JOIN {name} ON {same or 'TRUE'}")
            columns[column] = f"CASE WHEN {name}.is_hidden THEN NULL ELSE measured.{quote(column)} END"
            columns[f"{column}_marker"] = (
                f"CASE WHEN {name}.is_hidden THEN '{Marker.CONFIDENTIAL.value}' ELSE {known} END"
            )
    order = [*measured.variables, "numerator", "numerator_marker", "denominator", "denominator_marker"]
    order += ["coverage", "status_marker"]
    made = ", ".join(f"{columns[name]} AS {quote(name)}" for name in order)
    return engine.derive(measured.id, f"SELECT {made} FROM measured {' '.join(joins)}", inputs=inputs)


def _old_marker(measured: MeasuredTable, column: str) -> str:
    marker, fallback = f"{column}_marker", f"'{Marker.NOT_AVAILABLE.value}'"
    has_marker = marker in measured.table.column_names
    return f"coalesce(measured.{quote(marker)}, {fallback})" if has_marker else fallback
