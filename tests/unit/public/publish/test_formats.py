"""Each format holds every number of a sealed table, and says of an empty one why it is empty."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.public.publish.content import Column, Content, Dataframe
from openjustice.public.publish.formats.csv.write import as_cell
from openjustice.public.publish.formats.csv.write import write as write_csv
from openjustice.public.publish.formats.json.write import write as write_json
from openjustice.public.publish.release import PublishedRelease, known_formats

TABLE = "deaths_rate__by_county"


@pytest.fixture
def frame(contents: tuple[Content, ...]) -> Dataframe:
    """Give a rate by county: withheld, not available, zero, and numbers with intervals."""
    return next(item for item in contents[-1].frames if item.id == TABLE)


def test_there_are_three_formats():
    assert [(item.name, item.suffix) for item in known_formats()] == [
        ("csv", ".csv"),
        ("json", ".json"),
        ("parquet", ".parquet"),
    ]


def test_the_csv_gives_back_every_value(frame: Dataframe, tmp_path: Path):
    write_csv(frame, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert [row["county"] for row in read] == [row["county"] for row in frame.rows]
    for before, after in zip(frame.rows, read, strict=True):
        assert after["numerator"] == ("" if before["numerator"] is None else str(before["numerator"]))
        assert after["value"] == ("" if before["value"] is None else f"{before['value']:g}")
        assert after["value_marker"] == (before["value_marker"] or "")


def test_the_json_gives_back_every_value_and_explains_the_markers(frame: Dataframe, tmp_path: Path):
    write_json(frame, tmp_path / "t.json")
    read = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert read["rows"] == frame.rows
    assert set(read["markers"]) >= {row["value_marker"] for row in frame.rows} - {None}
    assert next(item for item in read["columns"] if item["name"] == "county")["codes"]["01"] == "Aldermoor"


def test_the_parquet_is_the_sealed_file(published: tuple[PublishedRelease, ...], tmp_path: Path):
    release = published[-1]
    for frame in release.content.frames:
        file = next(item for item in release.files_of(frame.id) if item.format == "parquet")
        assert file.sha256 == frame.sha256 == file_digest(frame.path)


def test_every_kind_of_empty_cell_is_in_the_tables(contents: tuple[Content, ...]):
    markers = {
        row["value_marker"] for item in contents[-1].frames if item.kind is ProductKind.TABLE for row in item.rows
    }
    assert {"c", "x", None} <= markers
    assert any(row["value"] == 0 for row in contents[-1].frames[1].rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_run_as_a_formula_is_made_text(text: str, tmp_path: Path):
    assert as_cell(text) == f"'{text}"
    column = Column("name", "VARCHAR", "Name", "")
    write_csv(Dataframe("t", ProductKind.TABLE, "T", "", (column,), [{"name": text}], tmp_path, ""), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream))[1] == [f"'{text}"]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (0, "0"),
        (-3, "-3"),
        (0.0, "0"),
        (-2.5, "-2.5"),
        (12.0, "12"),
        (True, "true"),
        (date(2020, 1, 2), "2020-01-02"),
    ],
)
def test_a_number_stays_a_number(value: object, cell: str):
    assert as_cell(value) == cell


def test_the_csv_can_be_read_by_another_program(published: tuple[PublishedRelease, ...], tmp_path: Path):
    frame = published[-1].content.frames[0]
    write_csv(frame, tmp_path / "t.csv")
    with engine.open_memory(plane=Plane.PUBLIC, directory=tmp_path) as opened:
        rows = opened.ask(
            "SELECT sum(value) FROM read_csv($path) WHERE death_year <> '_T'", {"path": str(tmp_path / "t.csv")}
        )
    assert rows[0][0] == sum(row["value"] for row in frame.rows if row["death_year"] != "_T")
