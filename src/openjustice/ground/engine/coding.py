"""Reads columns of text as small integers: the place of each value in a list of labels. No text reaches an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine.connection import Table
from openjustice.ground.engine.locks import literal
from openjustice.ground.engine.statements import quote

Codes = NDArray[Any]
# Beyond so many labels an enumeration costs more to declare than the texts cost to sort.
_MOST_LABELS = 20_000
_UNSIGNED = ((2**8, "UTINYINT"), (2**16, "USMALLINT"), (2**32, "UINTEGER"))


def read_labels(table: Table, *, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the different values of each column as text, in order; a missing value is the empty text."""
    lists = ", ".join(f"list(DISTINCT {_text(name)})" for name in columns)
    found = table.engine.ask(f"SELECT {lists} FROM {quote(table.relation)}")[0]
    return {name: sorted(values or []) for name, values in zip(columns, found, strict=True)}


def read_codes(
    table: Table, *, labels: Mapping[str, Sequence[str]], rows: tuple[int, int] | None = None
) -> dict[str, Codes]:
    """Return for each column the place of each row's value in its labels, in the order of the rows.

    A value that is not among the labels has the number of labels as its code. `rows` reads the rows from the first number
    to before the second; the table must then be a lazily read Parquet file. Surprise: a value is compared as text, and a
    missing one is the empty text.
    """
    by_enumeration = {name: own for name, own in labels.items() if len(own) <= _MOST_LABELS}
    made = _codes_by_enumeration(table, by_enumeration, rows) if by_enumeration else {}
    for name, own in labels.items():
        if name not in by_enumeration:
            made[name] = _codes_by_sorting(table, name, own, rows)
    return {name: made[name] for name in labels}


def _codes_by_enumeration(
    table: Table, labels: Mapping[str, Sequence[str]], rows: tuple[int, int] | None
) -> dict[str, Codes]:
    engine = table.engine
    shown, parameters = [], {}
    for at, (name, own) in enumerate(labels.items()):
        if table.is_dictionary and len(own) < 2**8:
            # The engine works this out once for each entry of the file's dictionary, so its length does not matter.
            parameters[f"labels_{at}"] = list(own)
            place = f"list_position($labels_{at}, {_text(name)}) - 1"
        else:
            kind = f"ENUM({', '.join(literal(label) for label in own or [''])})"
            place = f"enum_code(TRY_CAST({_text(name)} AS {kind}))"
        shown.append(f"CAST(coalesce({place}, {len(own)}) AS {_unsigned(len(own))}) AS {quote(name)}")
    statement = f"SELECT {', '.join(shown)} FROM {quote(table.relation)}{_within(rows)}"
    return {name: np.asarray(codes) for name, codes in engine.ask_arrays(statement, parameters or None).items()}


def _codes_by_sorting(table: Table, name: str, labels: Sequence[str], rows: tuple[int, int] | None) -> Codes:
    statement = f"SELECT {_text(name)} AS {quote(name)} FROM {quote(table.relation)}{_within(rows)}"
    values = np.asarray(table.engine.ask_arrays(statement)[name]).astype(str)
    ordered = np.asarray(labels).astype(str)
    order = np.argsort(ordered)
    at = np.minimum(np.searchsorted(ordered, values, sorter=order), len(ordered) - 1)
    return np.where(ordered[order[at]] == values, order[at], len(ordered)).astype(np.uint32)


def _text(name: str) -> str:
    return f"coalesce(CAST({quote(name)} AS VARCHAR), '')"


def _within(rows: tuple[int, int] | None) -> str:
    return "" if rows is None else f" WHERE file_row_number >= {int(rows[0])} AND file_row_number < {int(rows[1])}"


def _unsigned(labels: int) -> str:
    return next(kind for limit, kind in _UNSIGNED if labels < limit)
