"""Each format holds every number of a sealed table, and says of an empty one why it is empty."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.public.publish.content import Column, Content, Dataframe
from openjustice.public.publish.formats.csv.write import as_cell
from openjustice.public.publish.formats.csv.write import write as write_csv
from openjustice.public.publish.formats.json.write import write as write_json
from openjustice.public.publish.formats.xlsx.write import find_reason
from openjustice.public.publish.formats.xlsx.write import write as write_xlsx
from openjustice.public.publish.release import PublishedRelease, known_formats

TABLE = "deaths_rate__by_county"


@pytest.fixture
def frame(contents: tuple[Content, ...]) -> Dataframe:
    """Give a rate by county: withheld, not available, zero, and numbers with intervals."""
    return next(item for item in contents[-1].frames if item.id == TABLE)


def test_there_are_six_formats():
    assert [(item.name, item.suffix) for item in known_formats()] == [
        ("csv", ".csv"),
        ("csvw", ".csv-metadata.json"),
        ("json", ".json"),
        ("parquet", ".parquet"),
        ("turtle", ".ttl"),
        ("xlsx", ".xlsx"),
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
        (0.1 + 0.2, "0.30000000000000004"),
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


def test_the_workbook_explains_every_column_code_and_marker(contents: tuple[Content, ...], tmp_path: Path):
    content = contents[-1]
    frame = next(item for item in content.frames if item.id == TABLE)
    write_xlsx(content, frame, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    explained = {(row[0], row[3]): row for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert {(column.name, None) for column in frame.columns} <= set(explained)
    assert explained["county", "01"][4] == "Aldermoor"
    assert "recognized" in str(explained["value_marker", "c"][4])
    assert content.manifest.address in [row[1] for row in book["about"].iter_rows(values_only=True)]
    assert book.properties.created is not None
    assert book.properties.created.isoformat() == content.manifest.sealed_at.removesuffix("Z")


def test_a_product_that_no_sheet_can_hold_has_no_workbook(contents: tuple[Content, ...]):
    content = contents[-1]
    frame = content.frames[0]
    assert find_reason(content, frame) == ""
    row = frame.rows[0]
    reason = find_reason(content, replace(frame, rows=[row] * 1_048_576))
    assert reason == "A sheet holds 1,048,575 rows; this has 1,048,576."
