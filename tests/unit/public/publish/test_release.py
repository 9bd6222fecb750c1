"""A published release describes itself truly: sizes, digests, columns, dictionary, citation, license."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import csvw
import pytest
import yaml

from openjustice.public.publish import croissant, dictionary
from openjustice.public.publish.content import Content
from openjustice.public.publish.release import PublishedRelease, publish_release


@pytest.fixture(scope="module")
def folder(contents: tuple[Content, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the newest release of the deaths, published into a folder."""
    place = tmp_path_factory.mktemp("release")
    publish_release(contents[-1], target=place)
    return place


@pytest.fixture(scope="module")
def package(folder: Path) -> dict[str, Any]:
    """Give its data package."""
    read: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return read


def test_the_checksums_hold_for_every_file_but_their_own(folder: Path):
    lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _, name in lines} == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for digest, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_package_describes_the_csv_files_as_they_are(folder: Path, package: dict[str, Any]):
    assert package["resources"]
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = next(csv.reader(io.StringIO(content.decode())))
        assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_the_keys_of_the_package_are_keys(folder: Path, package: dict[str, Any]):
    for resource in package["resources"]:
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        if key := resource["schema"].get("primaryKey"):
            assert len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def test_csvw_names_every_csv_file_and_its_columns(folder: Path, package: dict[str, Any]):
    described = json.loads((folder / "csv-metadata.json").read_text(encoding="utf-8"))
    assert described["@context"][0] == "http://www.w3.org/ns/csvw"
    for table, resource in zip(described["tables"], package["resources"], strict=True):
        assert table["url"] == resource["path"]
        names = [column["name"] for column in table["tableSchema"]["columns"]]
        assert names == [field["name"] for field in resource["schema"]["fields"]]


def test_the_csvw_library_finds_every_file_valid(folder: Path, package: dict[str, Any], tmp_path: Path):
    whole = csvw.CSVW(str(folder / "csv-metadata.json"), validate=True)
    assert whole.is_valid
    assert isinstance(whole.t, csvw.TableGroup)
    assert len(whole.t.tables) == len(package["resources"])
    for resource in package["resources"]:
        assert csvw.CSVW(str(folder / f"{resource['path']}-metadata.json"), validate=True).is_valid


def test_the_csvw_library_finds_a_wrong_file(folder: Path, tmp_path: Path):
    name = "deaths_count__by_year.csv"
    shutil.copy(folder / f"{name}-metadata.json", tmp_path)
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (tmp_path / name).write_text("\r\n".join([*lines, lines[1]]) + "\r\n", encoding="utf-8")
    with pytest.raises(ValueError, match="duplicate primary key"):
        assert csvw.CSVW(str(tmp_path / f"{name}-metadata.json"), validate=True).is_valid


def test_croissant_describes_every_csv_file_and_its_columns(folder: Path, package: dict[str, Any]):
    made = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    files = {item["@id"]: item for item in made["distribution"]}
    assert set(files) == {resource["path"] for resource in package["resources"]}
    for name, item in files.items():
        assert item["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    for described, resource in zip(made["recordSet"], package["resources"], strict=True):
        columns = [field["source"]["extract"]["column"] for field in described["field"]]
        assert columns == [field["name"] for field in resource["schema"]["fields"]]


def test_the_markup_for_search_engines_says_what_the_page_says(published: tuple[PublishedRelease, ...]):
    release = published[-1]
    made = croissant.schema_org(release)
    assert made["@type"] == "Dataset"
    assert made["version"] == "1.1.0"
    assert made["temporalCoverage"] == "2014-01-01/2024-01-01"
    assert {item["sha256"] for item in made["distribution"]} == {
        file.sha256 for file in release.files if file.format == "csv"
    }


def test_the_dictionary_explains_every_column_and_every_code(contents: tuple[Content, ...]):
    rows = list(csv.DictReader(io.StringIO(dictionary.as_csv(contents[-1]))))
    for frame in contents[-1].frames:
        for column in frame.columns:
            own = [row for row in rows if row["product"] == frame.id and row["column"] == column.name]
            assert own[0]["title"]
            assert {row["code"] for row in own} - {""} == set(column.labels)
    page = dictionary.as_html(contents[-1])
    assert all(f'id="{entry.column.name}"' in page for entry in dictionary.entries(contents[-1]))


def test_the_citation_names_the_publisher_the_vintage_and_that_the_data_are_invented(folder: Path):
    text = (folder / "citation.txt").read_text(encoding="utf-8")
    assert "2024-09-16.1" in text
    assert "Invented data" in text
    cff = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert cff["cff-version"] == "1.2.0"
    assert cff["type"] == "dataset"
    assert cff["authors"] == [{"name": "Meridia Office of Justice Statistics (invented)"}]


def test_the_license_is_named_with_its_address(folder: Path):
    text = (folder / "LICENSE.txt").read_text(encoding="utf-8")
    assert "CC0 1.0 Universal" in text
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in text


def test_publishing_twice_gives_the_same_bytes(contents: tuple[Content, ...], folder: Path, tmp_path: Path):
    publish_release(contents[-1], target=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }


def test_codes_stand_in_the_order_of_their_list(published: tuple[PublishedRelease, ...]):
    manner = published[-1].content.variables["manner"]
    assert list(manner.labels)[:3] == ["natural", "suicide", "accident"]


def test_bands_stand_in_the_order_of_age(published: tuple[PublishedRelease, ...]):
    band = published[-1].content.variables["age_band"]
    assert band.sorted_codes(["60+", "9 to 19", "_T", "20-39", "Under 9"]) == [
        "Under 9",
        "9 to 19",
        "20-39",
        "60+",
        "_T",
    ]
