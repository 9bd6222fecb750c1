"""Turns columns of values into codes and numbers, so that everything after works on small integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table, quote

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
# What a code says where nothing is known.
MISSING = -1
# Up to so many distinct texts the engine looks each row's up in the list of them.
_FEW = 64
_FIRST_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Coded:
    """A column as codes into its distinct labels, in the order of the labels; a value that is missing has the code -1."""

    codes: Integers
    labels: tuple[str, ...]


def encode(values: Sequence[Any] | NDArray[Any]) -> Coded:
    """Code a column. Missing are None, masked values, not-a-number, not-a-time and text that is empty or of spaces alone."""
    distinct, which = _distinct(values)
    texts = [_text(item) for item in distinct]
    labels = sorted({text for text in texts if text is not None})
    places: dict[str | None, int] = {label: place for place, label in enumerate(labels)}
    becomes = np.array([*(places.get(text, MISSING) for text in texts), MISSING], dtype=np.int64)
    return Coded(codes=becomes[which], labels=tuple(labels))


def read_columns(table: Table, names: Sequence[str]) -> dict[str, Coded]:
    """Code columns of a table in the order of its rows.

    The engine finds the distinct texts and gives each row its place among them where they are few, so that no text of a
    row is held: memory follows distinct values.
    """
    kinds = dict(table.columns)
    return {name: _read_texts(table, name) if kinds[name] == "VARCHAR" else _read_values(table, name) for name in names}


def align(ours: Coded, theirs: Coded) -> tuple[Coded, Coded]:
    """Code two columns again with one list of labels, so that equal codes mean equal values."""
    if ours.labels == theirs.labels:
        return ours, theirs
    labels = tuple(sorted({*ours.labels, *theirs.labels}))
    places = {label: place for place, label in enumerate(labels)}
    return _recode(ours, places, labels), _recode(theirs, places, labels)


def read_numbers(labels: Sequence[str]) -> Floats:
    """Return each label as a number, not-a-number where it is none."""
    return np.array([_number(label) for label in labels], dtype=np.float64)


def read_days(labels: Sequence[str]) -> Floats:
    """Return each label as days since 1970, not-a-number where it is no day. Read are `2024-02-29` and `20240229`."""
    return np.array([_day(label) for label in labels], dtype=np.float64)


def pack(columns: Sequence[Integers]) -> Integers:
    """Return one number for each row, equal where all codes are equal; -1 where any code is missing."""
    rows = len(columns[0]) if columns else 0
    packed = np.zeros(rows, dtype=np.int64)
    for codes in columns:
        width = int(codes.max(initial=0)) + 1
        if int(packed.max(initial=0)) >= 2**62 // width:
            packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
        packed = packed * width + np.maximum(codes, 0)
    missing = np.zeros(rows, dtype=np.bool_)
    for codes in columns:
        missing |= codes == MISSING
    return np.where(missing, MISSING, packed)


def _read_texts(table: Table, name: str) -> Coded:
    column, source = quote(name), quote(table.relation)
    found = table.engine.ask(f"SELECT DISTINCT {column} FROM {source} WHERE {column} IS NOT NULL ORDER BY ALL")
    labels = [str(row[0]) for row in found]
    if len(labels) > _FEW:
        return _read_values(table, name)
    statement = f"SELECT coalesce(list_position($labels, {column}), 0) AS place FROM {source}"
    places = np.asarray(table.engine.ask_arrays(statement, {"labels": labels})["place"]).astype(np.int64)
    coded = encode(labels)
    return Coded(codes=np.append(MISSING, coded.codes)[places], labels=coded.labels)


def _read_values(table: Table, name: str) -> Coded:
    return encode(table.engine.ask_arrays(f"SELECT {quote(name)} AS value FROM {quote(table.relation)}")["value"])


def _recode(coded: Coded, places: dict[str, int], labels: tuple[str, ...]) -> Coded:
    becomes = np.array([*(places[label] for label in coded.labels), MISSING], dtype=np.int64)
    return Coded(codes=becomes[coded.codes], labels=labels)


def _distinct(values: Sequence[Any] | NDArray[Any]) -> tuple[list[Any], Integers]:
    """Return the distinct values of a column and where each row's stands; -1, the last one, for a masked value."""
    array = values if isinstance(values, np.ndarray) else np.array(list(values), dtype=object)
    plain = np.ma.getdata(array)
    if plain.dtype.kind == "M":
        plain = plain.astype("datetime64[D]")
    if plain.dtype.kind == "O":
        items = plain.tolist()
        places = {item: place for place, item in enumerate(dict.fromkeys(items))}
        distinct, which = list(places), np.fromiter(map(places.__getitem__, items), np.int64, len(items))
    else:
        found, which = np.unique(plain, return_inverse=True)
        distinct = found.tolist()
    return distinct, np.where(np.ma.getmaskarray(array), MISSING, which) if np.ma.isMaskedArray(array) else which


def _text(item: Any) -> str | None:
    if item is None or item != item:  # not-a-number is the one value that is not itself
        return None
    if isinstance(item, float) and item.is_integer():
        return str(int(item))
    return str(item).strip() or None


def _number(label: str) -> float:
    try:
        return float(label)
    except ValueError:
        return np.nan


def _day(label: str) -> float:
    try:
        return float(date.fromisoformat(label).toordinal() - _FIRST_DAY)
    except ValueError:
        return np.nan
