"""Lets a checker look at a draft's numbers: a page of rows in a fixed order, and what each column shows of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openjustice.confidential import store as stores
from openjustice.confidential.drafting import draft
from openjustice.contracts import release
from openjustice.contracts.release import Product, ProductKind
from openjustice.ground import engine, errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Plane

_NUMBERS = ("BIGINT", "DOUBLE", "INTEGER", "HUGEINT", "UBIGINT")
_BASES = (1000, 100, 50, 20, 10, 5, 3, 2)


@dataclass(frozen=True)
class ColumnSummary:
    """What one column shows of itself: how full it is, its least and greatest value, whether it is rounded, what is small.

    `rounded_to` is the largest base that every value is a multiple of (None: no whole numbers); `small` counts the values
    above 0 and below the bound that was asked for, `zeros` the zeros.
    """

    name: str
    type: str
    filled: int
    empty: int
    distinct: int
    least: float | None = None
    greatest: float | None = None
    rounded_to: int | None = None
    zeros: int | None = None
    small: int | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """A page of rows of one product of a draft."""

    product: Product
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    total: int
    summaries: tuple[ColumnSummary, ...]


def look_at(home: Path, number: int, product: str, *, first: int, count: int, small_below: int) -> Look:
    """Return `count` rows of a product from row `first` on (rows are numbered from 1), and a summary of every column.

    Rows are in the order of the product's variables, so a row's number means the same row for everyone. Raises SealRefused
    where there is no such draft, or no such table or record file in it.
    """
    with _opened(home, number, product) as (item, table):
        order = ", ".join(quote(name) for name in (item.variables or table.column_names))
        found = table.engine.ask(
            f"SELECT * FROM {quote(table.relation)} ORDER BY {order} LIMIT $count OFFSET $first",
            {"count": count, "first": max(first, 1) - 1},
        )
        rows = tuple((max(first, 1) + place, row) for place, row in enumerate(found))
        summaries = tuple(_summarize(table, name, kind, small_below=small_below) for name, kind in table.columns)
        return Look(item, table.column_names, rows, table.row_count, summaries)


def read_report(home: Path, number: int) -> dict[str, Any]:
    """Return the disclosure report of a draft, as plain values: points of risk and utility, tables, attacks, claims."""
    folder = _folder(home, number)
    path = next(item.path for item in _manifest(folder).products_of(ProductKind.REPORT))
    content: dict[str, Any] = json.loads((folder / path).read_text(encoding="utf-8"))
    return content


@contextmanager
def _opened(home: Path, number: int, product: str) -> Iterator[tuple[Product, Table]]:
    folder = _folder(home, number)
    known = [item for item in _manifest(folder).products if item.kind in (ProductKind.TABLE, ProductKind.MICRODATA)]
    item = next((item for item in known if item.id == product), None)
    if item is None:
        raise errors.SealRefused.because("product_unknown", "This draft has no such table.")
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        yield item, opened.read_parquet(folder / item.path, name="looked_at")


def _folder(home: Path, number: int) -> Path:
    folder = stores.read_home(home).drafts / str(number)
    if not (folder / draft.MANIFEST).is_file():
        raise errors.SealRefused.because("draft_unknown", "There is no such draft.")
    return folder


def _manifest(folder: Path) -> release.DraftManifest:
    return release.read_draft_manifest(json.loads((folder / draft.MANIFEST).read_text(encoding="utf-8")))


def _summarize(table: Table, name: str, kind: str, *, small_below: int) -> ColumnSummary:
    column, relation = quote(name), quote(table.relation)
    if kind not in _NUMBERS:
        filled, empty, distinct, values = table.engine.ask(
            f"SELECT count({column}), count(*) - count({column}), count(DISTINCT {column}), "
            f"list(DISTINCT {column} ORDER BY {column})[1:12] FROM {relation}"
        )[0]
        return ColumnSummary(name, kind, filled, empty, distinct, values=tuple(str(value) for value in values or ()))
    multiples = ", ".join(f"bool_and({column} % {base} = 0)" for base in _BASES)
    filled, empty, distinct, least, greatest, whole, zeros, small, *bases = table.engine.ask(
        f"SELECT count({column}), count(*) - count({column}), count(DISTINCT {column}), min({column}), max({column}), "
        f"bool_and({column} = floor({column})), count(*) FILTER ({column} = 0), "
        f"count(*) FILTER ({column} > 0 AND {column} < $below), {multiples} FROM {relation}",
        {"below": small_below},
    )[0]
    rounded = next((base for base, holds in zip(_BASES, bases, strict=True) if holds), 1) if whole and filled else None
    return ColumnSummary(name, kind, filled, empty, distinct, least, greatest, rounded, zeros, small)
