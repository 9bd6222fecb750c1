"""One model: every format gives back the same figure, interval, marker and status, read by a program that is not ours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjustice.contracts.release import ProductKind
from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.public.publish.content import Content, Dataframe
from openjustice.public.publish.release import known_formats
from unit.public.publish.read_back import READERS

FORMATS = {item.name: item for item in known_formats()}
# Numbers that a careless writer rounds, shortens or turns into text.
NUMBERS = (0.0, 0.1 + 0.2, 1 / 3, 1e-7, 123456789.12345678, 1e22, -2.5, 12.0, 5e-324)
# Codes that a careless writer breaks a line, an address or a workbook with.
CODES = ("60+", "a/b & c", 'say "x", y', "St. ~x.", "Ñandú <20", "two\nlines", "%41", "a:b", " padded ", "#N/A", "_T")
# value, its marker, count, its marker: each kind of number and each way of not having one.
KINDS = (
    (1.0, None, 1, None),
    (0.0, None, 0, None),
    (0.0, "low", 3, None),
    (None, "c", None, "c"),
    (None, "x", 4, None),
    (None, "x", None, "x"),
    (None, "z", None, "z"),
)


def rows_of(name: str, frame: Dataframe, content: Content, folder: Path) -> list[dict[str, Any]]:
    """Write a product in one format, with what it stands beside, and read it back."""
    for item in {name, "csv"} if name == "csvw" else {name}:
        FORMATS[item].write(content, frame, folder / f"{frame.id}{FORMATS[item].suffix}")
    return READERS[name](frame, folder / f"{frame.id}{FORMATS[name].suffix}")


def key_of(frame: Dataframe, row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(repr(row[column.name]) for column in frame.columns if column.name in frame.variables)


@pytest.fixture(scope="module")
def strange(contents: tuple[Content, ...], tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, Dataframe]:
    """Give a table of every kind of number, marker, status and code, on a real Parquet file."""
    content = contents[-1]
    frame = next(item for item in content.frames if item.id == "deaths_rate__by_year_county")
    rows = list(_strange_rows())
    path = tmp_path_factory.mktemp("strange") / f"{frame.id}.parquet"
    with engine.open_memory(plane=Plane.PUBLIC, directory=path.parent) as opened:
        columns = {column.name: column.type for column in frame.columns}
        values = [[row[name] for name in columns] for row in rows]
        opened.write_parquet(opened.make_table("t", columns=columns, rows=values, plane=Plane.PUBLIC), path)
    return content, replace(frame, rows=rows, path=path)


def _strange_rows() -> Iterator[dict[str, Any]]:
    for place, code in enumerate(CODES):
        for kind, (value, marker, count, count_marker) in enumerate(KINDS):
            number = NUMBERS[(place + kind) % len(NUMBERS)]
            yield {
                "death_year": str(2000 + kind),
                "county": code,
                "numerator": count,
                "numerator_marker": count_marker,
                "denominator": None if kind == 6 else number,
                "denominator_marker": "z" if kind == 6 else None,
                "value": number if value == 1.0 else value,
                "value_low": number if value == 1.0 else None,
                "value_high": 2 * number if value == 1.0 else None,
                "value_marker": marker,
                "coverage": None if place % 3 else 0.92,
                "status_marker": (None, "p", "r", "b")[place % 4],
            }


def test_every_format_is_read_back():
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_format_gives_back_every_kind_of_number(name: str, strange: tuple[Content, Dataframe], tmp_path: Path):
    content, frame = strange
    read = {key_of(frame, row): row for row in rows_of(name, frame, content, tmp_path)}
    assert len(read) == len(frame.rows)
    for row in frame.rows:
        assert read[key_of(frame, row)] == row


@pytest.mark.parametrize("name", sorted(READERS))
def test_zero_withheld_missing_and_not_applicable_are_four_things(
    name: str, strange: tuple[Content, Dataframe], tmp_path: Path
):
    content, frame = strange
    kinds = {(row["value"], row["value_marker"]) for row in rows_of(name, frame, content, tmp_path) if not row["value"]}
    assert kinds == {(0.0, None), (0.0, "low"), (None, "c"), (None, "x"), (None, "z")}


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_format_gives_back_every_table_of_a_release(name: str, contents: tuple[Content, ...], tmp_path: Path):
    content = contents[-1]
    for frame in content.frames:
        if frame.kind is not ProductKind.TABLE:
            continue
        read = {key_of(frame, row): row for row in rows_of(name, frame, content, tmp_path)}
        assert list(read.values()) == [read[key_of(frame, row)] for row in frame.rows] or name in ("parquet", "turtle")
        assert {key_of(frame, row): row for row in frame.rows} == read


@pytest.mark.parametrize("name", sorted(set(READERS) - {"turtle"}))
def test_a_format_gives_back_every_record(name: str, contents: tuple[Content, ...], tmp_path: Path):
    for content in (contents[0], contents[-1]):
        frame = next(item for item in content.frames if item.kind is ProductKind.MICRODATA)
        assert rows_of(name, frame, content, tmp_path) == frame.rows


def test_the_cube_of_a_dataset_without_persons_gives_back_every_number(contents: tuple[Content, ...], tmp_path: Path):
    content, frame = contents[0], contents[0].frames[0]
    path = tmp_path / f"{frame.id}.ttl"
    FORMATS["turtle"].write(content, frame, path)
    read = {
        (row["county"], name): value
        for row in READERS["turtle"](frame, path)
        for name, value in row.items()
        if name not in ("county", "value_marker") and (value is not None or row.get("value_marker"))
    }
    numbers = [column.name for column in frame.columns if column.name != "county"]
    told = {pair: value for pair, value in read.items() if value is not None}
    assert told == {(row["county"], name): row[name] for row in frame.rows for name in numbers if row[name] is not None}
    assert ("12", "unemployment_pct") in read


def test_an_absent_number_poisons_a_sum_in_linked_data(strange: tuple[Content, Dataframe], tmp_path: Path):
    """A program that adds up the values without looking at the markers gets no number at all, never one that is too low."""
    import pyoxigraph as ox

    content, frame = strange
    FORMATS["turtle"].write(content, frame, tmp_path / "t.ttl")
    store = ox.Store()
    store.bulk_load(path=str(tmp_path / "t.ttl"), format=ox.RdfFormat.TURTLE)
    measure = "<https://data.meridia.example/id/indicator/deaths_rate/#value>"
    told = store.query(f"SELECT (SUM(?v) AS ?sum) WHERE {{ ?o {measure} ?v }}")
    assert [math.isnan(float(row["sum"].value)) for row in told] == [True]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_format_writes_the_same_bytes_again(name: str, strange: tuple[Content, Dataframe], tmp_path: Path):
    content, frame = strange
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        FORMATS[name].write(content, frame, folder / f"{frame.id}{FORMATS[name].suffix}")
        written.append((folder / f"{frame.id}{FORMATS[name].suffix}").read_bytes())
    assert written[0] == written[1]
