"""Hides counts of all tables of a draft together, so that none can be worked out from the others or from earlier releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.contracts.small_cells import ScoringRules
from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Marker, Plane
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import cells, methods
from openjustice.protect.cells import BoolArray, CellSystem, Codes, CountTable, Nesting, SealedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.perturbation import Perturbed
from openjustice.protect.plan import counts, perturbing, shares, small
from openjustice.protect.plan.bounds import RecordFile, find_bounds, join
from openjustice.protect.plan.perturbing import Chance
from openjustice.protect.plan.small import Ruled
from openjustice.protect.small_cells import RuledSystem
from openjustice.protect.small_cells.rules import Contributed

NO_METHOD = "none"
ON_TABLES = (WorksOn.CELLS, WorksOn.SHARES)


@dataclass(frozen=True)
class ProtectedTables:
    """The tables of a draft with small counts and their helpers hidden, and what is needed to attack and explain them.

    `tables`: by id, the measured columns with `numerator_marker` and `denominator_marker`; a hidden number is null and
    marked `c`, one that is not known is null and marked `x`. `hidden`: by the id of each count table, the codes of its
    hidden cells. `system`, `mask`, `primary`: all cells together, confidential; None where no method protects them.
    `ruled` says by which rule each primary cell is one, and how each table was scored. `perturbed`: what is published of each
    cell where the method changes counts. `consequence`: what the method means for a reader.
    """

    tables: Mapping[str, Table]
    hidden: Mapping[str, frozenset[Codes]] = field(repr=False)
    system: CellSystem | None = field(default=None, repr=False)
    mask: BoolArray | None = field(default=None, repr=False)
    primary: BoolArray | None = field(default=None, repr=False)
    ruled: Ruled | None = field(default=None, repr=False)
    perturbed: Perturbed | None = field(default=None, repr=False)
    consequence: tuple[str, ...] = ()


def hide(
    measured: Sequence[MeasuredTable],
    *,
    rules: TableRules,
    earlier: Sequence[SealedTable] = (),
    nestings: Sequence[Nesting] = (),
    unvetted: Mapping[str, str] | None = None,
    file: RecordFile | None = None,
    scorings: Mapping[str, ScoringRules] | None = None,
    contributed: Contributed | None = None,
    chance: Chance | None = None,
) -> ProtectedTables:
    """Hide or change counts by the method that the rules name, over all tables as one problem; the tables stay confidential.

    `file` is the record file that will be published beside them: no count is hidden in vain that the file gives back.
    `unvetted` gives the reason for each method without a complete vetting record that the policy allows all the same.
    `scorings` are the registry's; `contributed` what rules of contributors look at; `chance` is for a method that changes
    counts. Raises ProtectionRefused where the method cannot protect the tables, or may not be used.
    """
    counted = [item for table in measured for item in counts.count_tables(table)]
    if rules.method == NO_METHOD:
        nothing: dict[str, frozenset[Codes]] = {item.id: frozenset() for item in counted}
        return ProtectedTables(tables=_mark_all(measured, hidden=nothing), hidden=nothing)
    method = load_method(rules.method, unvetted=unvetted or {})
    if method.works_on is WorksOn.SHARES:
        return _withhold_counts(measured, counted=counted, method=method, rules=rules, file=file)
    if method.perturbs:
        return _perturb(
            measured, counted=counted, method=method, rules=rules, nestings=nestings, file=file, chance=chance
        )
    system = cells.make_cell_system(counted, nestings=nestings, earlier=earlier)
    ruled = small.apply_rules(system, measured, rules=rules, scorings=scorings, contributed=contributed)
    known = ruled.system
    if file is not None:
        bounds = find_bounds(file, system=system, mask=system.in_draft)
        known = cast("RuledSystem", join(known, bounds, is_earlier=True))  # it keeps its class
    mask, primary = _suppress(known, ruled, method=method, rules=rules, scorings=scorings or {})
    hidden = {item.id: system.mask_of(item.id, mask) for item in counted if item.id in system.positions}
    return ProtectedTables(
        tables=_mark_all(measured, hidden=hidden),
        hidden=hidden,
        system=ruled.system,
        mask=mask,
        primary=primary,
        ruled=ruled,
        consequence=say_consequence(method, rules=rules),
    )


def say_consequence(method: Method, *, rules: TableRules) -> tuple[str, ...]:
    """Say what a method means for a reader under these rules."""
    if method.consequence is None:
        return ()
    return method.consequence(method.read_parameters(_parameters(rules, method=method)))


def _suppress(
    known: RuledSystem, ruled: Ruled, *, method: Method, rules: TableRules, scorings: Mapping[str, ScoringRules]
) -> tuple[BoolArray, BoolArray]:
    """Hide, and hide more where the hidden counts of a row are too small together, until none are."""
    parameters = method.read_parameters(_parameters(rules, method=method))
    count = len(ruled.system)
    complements = np.zeros(count, dtype=np.bool_)
    while True:
        done = method.apply(replace(known, ruled=ruled.primary.cells | complements), parameters=parameters)
        mask, primary = (np.asarray(cells_)[:count] for cells_ in (done.hidden, done.primary))
        more = small.thicken(ruled.system, mask, rules=rules, scorings=scorings) & ~mask
        if not more.any():
            return mask, primary
        complements |= more


def _perturb(
    measured: Sequence[MeasuredTable],
    *,
    counted: Sequence[CountTable],
    method: Method,
    rules: TableRules,
    nestings: Sequence[Nesting],
    file: RecordFile | None,
    chance: Chance | None,
) -> ProtectedTables:
    """Change counts by a method that does, and mark what it hides."""
    perturbing.refuse_audit(rules, method=method)
    perturbing.refuse_record_file(file, method=method)
    system = cells.make_cell_system(counted, nestings=nestings)
    parameters = method.read_parameters(_parameters(rules, method=method))
    secrets = perturbing.secrets_for(system, chance=chance, method=method)
    done: Perturbed = method.apply(system, parameters=parameters, secrets=secrets)
    hidden = {item.id: system.mask_of(item.id, done.hidden) for item in counted}
    published = {
        item.id: {codes: int(done.values[cell]) for codes, cell in system.positions[item.id].items()}
        for item in counted
    }
    return ProtectedTables(
        tables=_mark_all(measured, hidden=hidden, published=published),
        hidden=hidden,
        system=system,
        mask=done.hidden,
        primary=done.hidden,
        perturbed=done,
        consequence=say_consequence(method, rules=rules),
    )


def _withhold_counts(
    measured: Sequence[MeasuredTable],
    *,
    counted: Sequence[CountTable],
    method: Method,
    rules: TableRules,
    file: RecordFile | None,
) -> ProtectedTables:
    """Withhold every count of tables of percentages, and the sizes of groups that are too small; see `shares.code_table`."""
    perturbing.refuse_audit(rules, method=method)
    perturbing.refuse_record_file(file, method=method)
    shares.refuse_other_tables(measured, method=method)
    parameters = method.read_parameters(_parameters(rules, method=method))
    hidden = {
        item.id: frozenset(
            codes
            for codes, value in item.cells.items()
            if not item.id.endswith(counts.DENOMINATOR) or value < parameters.smallest_group
        )
        for item in counted
    }
    return ProtectedTables(
        tables=_mark_all(measured, hidden=hidden), hidden=hidden, consequence=say_consequence(method, rules=rules)
    )


def load_method(
    name: str, *, unvetted: Mapping[str, str], works_on: WorksOn | tuple[WorksOn, ...] = ON_TABLES
) -> Method:
    """Return a method by its name.

    Raises ProtectionRefused where it protects something else, or is not vetted and the policy gives no reason.
    """
    method: Method = discovery.load_plugin(methods, name, attribute="METHOD")
    wanted = (works_on,) if isinstance(works_on, WorksOn) else works_on
    if method.works_on not in wanted:
        raise errors.ProtectionRefused.because(
            "method_unfit",
            f"The method '{name}' protects {method.works_on}, not {' or '.join(wanted)}.",
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


def _parameters(rules: TableRules, *, method: Method) -> dict[str, object]:
    """Return what the rules tell a method: one that suppresses is told of the intruder, any other only its own parameters."""
    if method.perturbs or method.works_on is WorksOn.SHARES:
        return dict(rules.parameters)
    return {**attack_parameters(rules), "weights": dict(rules.weights), **rules.parameters}


def _mark_all(
    measured: Iterable[MeasuredTable],
    *,
    hidden: Mapping[str, frozenset[Codes]],
    published: Mapping[str, Mapping[Codes, int]] | None = None,
) -> dict[str, Table]:
    return {item.id: _mark(item, hidden=hidden, published=published or {}) for item in measured}


def _mark(
    measured: MeasuredTable, *, hidden: Mapping[str, frozenset[Codes]], published: Mapping[str, Mapping[Codes, int]]
) -> Table:
    """Replace the hidden numbers of one table by nulls with their marker, and changed ones by what is published."""
    engine, inputs = measured.table.engine, {"measured": measured.table}
    joins, columns = [], {name: f"measured.{quote(name)}" for name in measured.table.column_names}
    parts = (
        ("numerator", measured.id, measured.variables),
        ("denominator", measured.id + counts.DENOMINATOR, measured.denominator_variables),
    )
    for column, id_, variables in parts:
        changed, name = published.get(id_), f"changed_{column}"
        codes = sorted(changed if changed is not None else hidden.get(id_, frozenset()))
        known = f"CASE WHEN measured.{quote(column)} IS NULL THEN {_old_marker(measured, column)} END"
        columns |= {column: f"measured.{quote(column)}", f"{column}_marker": known}
        if codes:
            shape = {**dict.fromkeys(variables, "VARCHAR"), "is_hidden": "BOOLEAN", "published": "BIGINT"}
            marked = hidden.get(id_, frozenset())
            rows = [(*item, item in marked, None if changed is None else changed[item]) for item in codes]
            inputs[name] = engine.make_table(name, columns=shape, rows=rows, plane=Plane.CONFIDENTIAL)
            same = " AND ".join(f"measured.{quote(item)} = {name}.{quote(item)}" for item in variables)
            joins.append(f"LEFT JOIN {name} ON {same or 'TRUE'}")
            number = (
                f"measured.{quote(column)}"
                if changed is None
                else f"coalesce({name}.published, measured.{quote(column)})"
            )
            columns[column] = f"CASE WHEN {name}.is_hidden THEN NULL ELSE {number} END"
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
