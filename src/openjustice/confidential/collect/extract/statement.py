"""The statements that read what is new in a table, in the words of any database that SQLAlchemy speaks to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sql

from openjustice.contracts.extraction import Database


def select_new(declared: Database, *, since: Any, until: Any) -> sql.Select[Any]:
    """Return the statement that reads the declared columns of the rows from one watermark to another, both in.

    Names are quoted and values are bound: nothing of a declaration becomes text of the statement. The watermark is the
    last column. Surprise: rows at `since` come again, since later rows may carry the same watermark.
    """
    mark: sql.ColumnClause[Any] = sql.column(declared.watermark)
    chosen: list[sql.Label[Any]] = [sql.column(name).label(target) for name, target in declared.columns.items()]
    statement = sql.select(*chosen, mark.label("_watermark")).select_from(_table(declared)).where(mark <= until)
    if since is not None:
        statement = statement.where(mark >= since)
    for name, values in declared.where.items():
        statement = statement.where(sql.column(name).in_(values))
    return statement.order_by(mark, *(sql.column(name) for name in declared.columns))


def select_last(declared: Database) -> sql.Select[Any]:
    """Return the statement that asks for the highest watermark there is."""
    return sql.select(sql.func.max(sql.column(declared.watermark))).select_from(_table(declared))


def as_text(value: Any) -> str:
    """Return a watermark as it is kept between runs."""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def from_text(text: str | None, *, kind: str) -> Any:
    """Return a kept watermark as a value that the database compares."""
    if text is None:
        return None
    match kind:
        case "number":
            return int(text)
        case "day":
            return date.fromisoformat(text)
        case "moment":
            return datetime.fromisoformat(text)
        case _:
            return text


def _table(declared: Database) -> sql.TableClause:
    return sql.table(
        declared.table,
        *(sql.column(name) for name in (*declared.columns, declared.watermark)),
        schema=declared.name_space,
    )
