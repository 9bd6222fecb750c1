"""Reads a published product back from each format with a reader that is not ours, as one kind of row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import csvw
import openpyxl
import pyoxigraph as ox

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.public.publish.content import Dataframe

Row = dict[str, Any]
_PARSED: Mapping[str, Callable[[str], Any]] = {
    "BIGINT": int,
    "INTEGER": int,
    "DOUBLE": float,
    "BOOLEAN": lambda text: text == "true",
    "DATE": date.fromisoformat,
}


def from_csv(frame: Dataframe, path: Path) -> list[Row]:
    types = {column.name: column.type for column in frame.columns}
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {name: None if text == "" else _PARSED.get(types[name], str)(text) for name, text in row.items()}
            for row in csv.DictReader(stream)
        ]


def from_parquet(frame: Dataframe, path: Path) -> list[Row]:
    with engine.open_memory(plane=Plane.PUBLIC, directory=path.parent) as opened:
        return opened.read_parquet(path, name="read").rows()


def from_json(frame: Dataframe, path: Path) -> list[Row]:
    days = {column.name for column in frame.columns if column.type == "DATE"}
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [
        {name: date.fromisoformat(value) if name in days and value else value for name, value in row.items()}
        for row in rows
    ]


def from_xlsx(frame: Dataframe, path: Path) -> list[Row]:
    book = openpyxl.load_workbook(path, read_only=True)
    lines = book["data"].iter_rows(values_only=True)
    names = [str(name) for name in next(lines)]
    rows = [dict(zip(names, _padded(line, len(names)), strict=True)) for line in lines]
    book.close()
    return rows


def from_csvw(frame: Dataframe, path: Path) -> list[Row]:
    """Read the CSV by its metadata alone: the description's types and nulls decide what a text is."""
    assert csvw.CSVW(str(path), validate=True).is_valid
    table = csvw.Table.from_file(path)
    return [dict(row) for row in table.iterdicts(fname=path.with_name(f"{frame.id}.csv"))]


def from_turtle(frame: Dataframe, path: Path) -> list[Row]:
    """Read a cube of a table by asking for each observation; what is not said is None, and NaN is an absent number."""
    store = ox.Store()
    store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    found: dict[str, Row] = {}
    told = store.query(f"SELECT ?code ?notation WHERE {{ ?code <{_NOTATION}> ?notation }}")
    notations = {item["code"].value: item["notation"].value for item in told}  # type: ignore[union-attr]
    for quad in store:
        subject, verb, value = quad.subject.value, quad.predicate.value, quad.object
        if "#o:" not in subject or "purl.org" in verb or verb.endswith("#type"):
            continue
        row = found.setdefault(subject, dict.fromkeys(column.name for column in frame.columns))
        row[verb.rpartition("#")[2]] = _plain(value, notations)
    return list(found.values())


READERS: dict[str, Callable[[Dataframe, Path], list[Row]]] = {
    "csv": from_csv,
    "csvw": from_csvw,
    "json": from_json,
    "parquet": from_parquet,
    "turtle": from_turtle,
    "xlsx": from_xlsx,
}
_NOTATION = "http://www.w3.org/2004/02/skos/core#notation"


def _padded(line: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return (*line, *(None,) * (width - len(line)))


def _plain(value: Any, notations: Mapping[str, str]) -> Any:
    if isinstance(value, ox.NamedNode):
        marker = value.value.rpartition("#marker-")
        return marker[2] if marker[1] else notations[value.value]
    match value.datatype.value.rpartition("#")[2]:
        case "integer":
            return int(value.value)
        case "double":
            return None if value.value == "NaN" else float(value.value)
        case "boolean":
            return value.value == "true"
        case _:
            return value.value
