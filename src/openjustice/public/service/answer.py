"""Answers a question from a loaded table: rows and columns as they were published, or sums that hide what is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openjustice.ground.engine import Serving, quote
from openjustice.ground.terms import Marker
from openjustice.public.publish.variables import TOTAL
from openjustice.public.service.holdings import Held
from openjustice.public.service.question import COUNT, AggregateQuestion, Filter, RecordsQuestion

_SIGNS = {"min": ">=", "max": "<="}
# The weightiest reason first: a sum with a hidden part is hidden, whatever else is wanting in it.
_REASONS = (Marker.CONFIDENTIAL, Marker.NOT_AVAILABLE, Marker.NOT_APPLICABLE)


@dataclass(frozen=True)
class Statement:
    """One statement over a loaded table, its bound values, and the names of its columns."""

    text: str
    values: dict[str, Any]
    columns: tuple[str, ...]


def make_records_statement(held: Held, question: RecordsQuestion) -> Statement:
    """Return the statement for rows; without an order they come as they were published."""
    where, values = _where(question.filters)
    columns = ", ".join(quote(name) for name in question.select)
    order = ", ".join(f"{quote(name)}{' DESC' if falling else ''} NULLS LAST" for name, falling in question.sort)
    rest = f" ORDER BY {order}, rowid" if order else ""  # the engine hands rows on in the order they were loaded in
    if question.limit is not None:
        rest += f" LIMIT {int(question.limit)}"
    if question.offset:
        rest += f" OFFSET {int(question.offset)}"
    return Statement(f"SELECT {columns} FROM {quote(held.relation)}{where}{rest}", values, question.select)


def read_page(
    serving: Serving, held: Held, question: RecordsQuestion, *, seconds: float
) -> tuple[list[tuple[Any, ...]], int]:
    """Return the rows of a page, and how many rows the question chooses in all; raises OutOfTime."""
    statement = make_records_statement(held, question)
    rows = serving.ask(statement.text, statement.values, seconds=seconds)
    if not question.filters:
        return rows, held.row_count
    if len(rows) < (question.limit or 0) and (rows or not question.offset):
        return rows, question.offset + len(rows)
    count = make_count_statement(held, question)
    return rows, int(serving.ask(count.text, count.values, seconds=seconds)[0][0])


def make_count_statement(held: Held, question: RecordsQuestion) -> Statement:
    """Return the statement that counts the rows a question chooses, whatever its page."""
    where, values = _where(question.filters)
    return Statement(f"SELECT count(*) FROM {quote(held.relation)}{where}", values, ("count",))


def make_aggregate_statement(held: Held, question: AggregateQuestion) -> Statement:
    """Return the statement for groups: of records their measures, of a table's cells the sum of their counts.

    Claims: a sum is a function of what the release shows. A sum with a hidden part is hidden. A variable that is not named
    counts as a whole, by its published total where there is one.
    """
    return _sum_cells(held, question) if held.is_table else _measure_records(held, question)


def _measure_records(held: Held, question: AggregateQuestion) -> Statement:
    where, values = _where(question.filters)
    names = [*question.group, *(_name(measure, column) for measure, column in question.measures)]
    parts = [quote(name) for name in question.group]
    parts += [
        f"{_measure(measure, column)} AS {quote(_name(measure, column))}" for measure, column in question.measures
    ]
    return Statement(
        f"SELECT {', '.join(parts)} FROM {quote(held.relation)}{where}{_grouped(question.group)}", values, tuple(names)
    )


def _sum_cells(held: Held, question: AggregateQuestion) -> Statement:
    where, values = _where(question.filters)
    conditions = [condition for name in held.variables if (condition := _whole_or_parts(held, question, name))]
    if conditions:
        where = f"{where} AND {' AND '.join(conditions)}" if where else f" WHERE {' AND '.join(conditions)}"
        values = {**values, "total": TOTAL} if any("$total" in item for item in conditions) else values
    reasons = " ".join(
        f"WHEN bool_or(numerator_marker = '{marker.value}') THEN '{marker.value}'" for marker in _REASONS
    )
    told = "bool_and(numerator IS NOT NULL)"
    measures = {
        "numerator": f"CASE WHEN {told} THEN sum(numerator) END",
        "numerator_marker": f"CASE WHEN {told} THEN NULL {reasons} ELSE '{Marker.NOT_AVAILABLE.value}' END",
        "cells": "count(*)",
        "coverage_lowest": "min(coverage)",
        "provisional": "coalesce(bool_or(status_marker = 'p'), false)",
        "break_in_series": "coalesce(bool_or(status_marker = 'b'), false)",
    }
    parts = [quote(name) for name in question.group] + [f"{text} AS {quote(name)}" for name, text in measures.items()]
    return Statement(
        f"SELECT {', '.join(parts)} FROM {quote(held.relation)}{where}{_grouped(question.group, has_rows=True)}",
        values, (*question.group, *measures),
    )  # fmt: skip


def _whole_or_parts(held: Held, question: AggregateQuestion, name: str) -> str:
    """Return the condition that takes either a variable's total or its parts, never both."""
    if name not in held.totals:
        return ""
    mine = [item for item in question.filters if item.column == name]
    if any(item.kind == "is" and TOTAL in item.values for item in mine):
        return ""  # asked for by name: alone (as checked), or as one of the groups
    if name in question.group or mine:
        return f"{quote(name)} <> $total"
    return f"{quote(name)} = $total"


def _grouped(group: tuple[str, ...], *, has_rows: bool = False) -> str:
    names = ", ".join(quote(name) for name in group)
    if names:
        return f" GROUP BY {names} ORDER BY {names}"
    return " HAVING count(*) > 0" if has_rows else ""


def _measure(measure: str, column: str) -> str:
    if measure == COUNT:
        return "count(*)"
    return f"{'avg' if measure == 'mean' else measure}({quote(column)})"


def _name(measure: str, column: str) -> str:
    return COUNT if measure == COUNT else f"{measure}_{column}"


def _where(filters: tuple[Filter, ...]) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {}
    texts = [_condition(item, values) for item in filters]
    return (f" WHERE {' AND '.join(texts)}" if texts else ""), values


def _condition(item: Filter, values: dict[str, Any]) -> str:
    column = quote(item.column)
    if item.kind == "empty":
        return f"{column} IS {'' if item.values[0] else 'NOT '}NULL"
    names = []
    for value in item.values:
        names.append(f"$v{len(values)}")
        values[f"v{len(values)}"] = value
    if item.kind in _SIGNS:
        compared = f"CAST({column} AS VARCHAR)" if isinstance(item.values[0], str) else column
        return f"{compared} {_SIGNS[item.kind]} {names[0]}"
    if item.kind == "not":
        return f"({column} IS NULL OR {column} NOT IN ({', '.join(names)}))"
    return f"{column} = {names[0]}" if len(names) == 1 else f"{column} IN ({', '.join(names)})"
