"""Counts in a source's records what weighs a difference of definitions: units told apart, and shares of rows by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.confidential.collect.check import Bound
from openjustice.confidential.collect.conform.conformed import FILE, LINE, RAW, Conformed
from openjustice.contracts.dataset import Codelist
from openjustice.contracts.source import Measured
from openjustice.ground.engine import quote
from openjustice.standards.definitions import Definitions

# A kind of force that goes beyond words, pursuit, holding and showing a weapon.
_BEYOND_SHOWING = ("physical", "weapon")
_EMPTY = "CAST(NULL AS VARCHAR)"


def measure_records(
    made: Conformed, *, definitions: Definitions, kinds: Codelist, is_row_an_incident: bool
) -> Measured:
    """Count rows, incidents where they are told apart, and the share of rows of each figure of the definitions.

    `kinds` is the code list of the repeated field; its attribute `group` says what kind of act a code is.
    """
    bound, groups = Bound(), {code: str(group) for code, group in kinds.attribute("group").items()}
    rows = _rows_sql(made, groups, bound, is_row_an_incident=is_row_an_incident)
    asked = {
        "rows": "count(*)",
        "records": "sum(stated)",
        "incidents": "count(DISTINCT incident)",
        "incidents_beyond_showing": f"count(DISTINCT incident) FILTER (list_has_any(kinds, {bound.add(list(_BEYOND_SHOWING))}))",
        "first": "min(year)",
        "last": "max(year)",
        "race_known": "avg(race_known::INT)",
        "kinds_without_label": "sum(unlabeled) / nullif(sum(told), 0)",
    }  # fmt: skip
    for name, figure in definitions.figures.items():
        within, with_one = bound.add(list(figure.groups)), bound.add(figure.with_group)
        asked[name] = (
            f"avg((unlabeled = 0 AND len(kinds) > 0 AND list_has_all({within}, kinds) AND list_contains(kinds, {with_one}))::INT)"
        )
    statement = (
        f"SELECT {', '.join(f'{sql} AS {quote(name)}' for name, sql in asked.items())} FROM ({rows}) AS rows_of_file"
    )
    engine = made.records.engine
    table = engine.derive("figures", statement, inputs={"records": made.records}, parameters=bound.used_in(statement))
    [found] = table.rows()
    return _measured(made, found)


def as_yaml(measured: Measured) -> str:
    """Return the figures as the text of a measured.yaml, the same text for the same figures."""
    lines = [
        "# Counted by `openjustice conform`; do not edit.",
        f"measured: {measured.measured}",
        f"read_from: {measured.read_from}",
        *([f"first_year: {measured.first_year}"] if measured.first_year else []),
        *([f"last_year: {measured.last_year}"] if measured.last_year else []),
        "counts:",
        *(f"  {name}: {count}" for name, count in measured.counts.items()),
        "shares:",
        *(f"  {name}: {share:.4f}" for name, share in measured.shares.items()),
    ]
    return "\n".join(lines) + "\n"


def _rows_sql(made: Conformed, groups: Mapping[str, str], bound: Bound, *, is_row_an_incident: bool) -> str:
    """Return the statement that gives each row of the files its kinds, its incident and its year."""
    there = set(made.records.column_names)
    repeats = made.source.declaration.repeats
    field = quote(repeats.field) if repeats else _EMPTY
    raw = quote(repeats.field + RAW) if repeats else _EMPTY
    codes, named = bound.add(list(groups)), bound.add(list(groups.values()))
    group = f"list_extract({named}::VARCHAR[], list_position({codes}::VARCHAR[], {field}))"
    row = f"{FILE} || ':' || {LINE}"
    told_apart = "incident" + RAW in there
    # One number stands for one incident whatever file it is in; a row without a number is one of its own.
    incident = f"coalesce(any_value(incident), {row})" if told_apart else row if is_row_an_incident else _EMPTY
    return (
        f"SELECT coalesce(list(DISTINCT {group}) FILTER ({field} IS NOT NULL), []) AS kinds, count(*) AS stated, "
        f"count({raw}) AS told, count({raw}) - count({field}) AS unlabeled, {incident} AS incident, "
        f"any_value(incident_year) AS year, coalesce(any_value(subject_race) <> 'unknown', false) AS race_known "
        f"FROM records GROUP BY {FILE}, {LINE}"
    )


def _measured(made: Conformed, found: Mapping[str, Any]) -> Measured:
    counted = ("rows", "records", "incidents", "incidents_beyond_showing")
    shares = {name: value for name, value in found.items() if name not in (*counted, "first", "last")}
    has_kinds = made.source.declaration.repeats is not None and (found["kinds_without_label"] or 0) < 1
    known = {
        name: round(float(value or 0), 4)
        for name, value in shares.items()
        # Where no kind has a label, nothing is known of the kinds: no share of them is zero.
        if has_kinds or name in ("race_known", "kinds_without_label")
    }
    years = [int(found[name]) if found[name] is not None else None for name in ("first", "last")]
    return Measured(
        measured=made.source.id,
        read_from=", ".join(made.source.declaration.files),
        first_year=years[0],
        last_year=years[1],
        counts={name: int(found[name] or 0) for name in counted},
        shares=known,
    )
