"""Keeps and finds what an assessment found: one row for each agency, period and measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openjustice.confidential.store.store import Store
from openjustice.ground.engine import quote
from openjustice.ground.terms import Plane


def keep_assessed(store: Store, assessment: int, results: Sequence[Mapping[str, Any]]) -> None:
    """Keep the results of an assessment. Its number, counts and audit record are kept by `Store.create`."""
    if not results:
        return
    columns = _columns(store)
    values = [[row.get(name) for name in columns] for row in results]
    made = store.engine.make_table("assessed_now", columns=columns, rows=values, plane=Plane.CONFIDENTIAL)
    named = ", ".join(quote(name) for name in columns)
    with store.transaction():
        store.engine.change(
            f"INSERT INTO assessed (assessment, {named}) SELECT $number, {named} FROM {quote(made.relation)}",
            {"number": assessment},
        )
    store.engine.drop(made)


def find_assessed(store: Store, assessment: int, *, reporter: str | None = None) -> list[dict[str, Any]]:
    """Return what an assessment found, of every agency or of one, by agency, period and dimension."""
    names = ["assessment", *_columns(store)]
    listed = ", ".join(quote(name) for name in names)
    rows = store.engine.ask(
        f"SELECT {listed} FROM assessed WHERE assessment = $number AND coalesce(reporter = $reporter, true) "
        "ORDER BY reporter, period, dimension, measure",
        {"number": assessment, "reporter": reporter},
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _columns(store: Store) -> dict[str, str]:
    return {row[0]: row[1] for row in store.engine.ask("DESCRIBE assessed") if row[0] != "assessment"}
