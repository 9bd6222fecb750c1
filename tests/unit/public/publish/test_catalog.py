"""The catalog is valid against the official schema, and the feed against its own rules."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from openjustice.public.publish import catalog
from openjustice.public.publish.content import Content
from openjustice.public.publish.release import PublishedRelease

ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMAS = Path("reference/standards/dcat_us_3/jsonschema")
FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return "T" in str(text) and datetime.fromisoformat(str(text)).tzinfo is not None


@FORMATS.checks("iri")
def _is_address(text: object) -> bool:
    return bool(urlsplit(str(text)).scheme)


@pytest.fixture(scope="module")
def dcat_schema(root: Path) -> dict[str, Any]:
    """Give the official schema with its parts put in place, or skip."""
    folder = root.parent / "shared" / SCHEMAS
    if not folder.is_dir():
        pytest.skip("the official DCAT-US 3 schemas are not here: they stand in ../shared beside the repository")
    parts = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("definitions/*.json")}
    # The official parts name nine classes that they do not define; each of them is an object or a reference.
    named = set(_references(parts))
    missing: dict[str, Any] = {name: {"type": "object"} for name in named - set(parts)}
    definitions = _without_identifiers(parts | missing)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": definitions,
        "$ref": "#/definitions/Catalog",
    }


def test_the_catalog_is_valid_dcat_us_3(published: tuple[PublishedRelease, ...], dcat_schema: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(dcat_schema, format_checker=FORMATS)
    made = catalog.dcat_us(published)
    assert [error.json_path for error in validator.iter_errors(made)] == []


def test_the_schema_refuses_a_catalog_that_lacks_a_title(
    published: tuple[PublishedRelease, ...], dcat_schema: dict[str, Any]
) -> None:
    made = catalog.dcat_us(published)
    del made["dataset"][0]["title"]
    assert list(jsonschema.Draft7Validator(dcat_schema).iter_errors(made))


def test_the_catalog_names_the_newest_release_of_each_dataset_with_every_file(
    published: tuple[PublishedRelease, ...],
) -> None:
    made = {item["identifier"][0]: item for item in catalog.dcat_us(published)["dataset"]}
    assert set(made) == {"demo/county_profile", "demo/custody_deaths"}
    deaths = made["demo/custody_deaths"]
    assert deaths["version"] == "2024-09-16.1"
    assert deaths["versionNotes"].startswith("Three deaths")
    assert deaths["temporal"] == [{"@type": "PeriodOfTime", "startDate": "2014-01-01", "endDate": "2024-01-01"}]
    files = [file for file in published[-1].files if file.product]
    assert {item["checksum"]["checksumValue"] for item in deaths["distribution"]} == {file.sha256 for file in files}


def test_the_feed_lists_every_release_the_newest_first(contents: tuple[Content, ...]) -> None:
    feed = ET.fromstring(catalog.atom_feed(contents).encode())  # noqa: S314 (we wrote it a line ago)
    moments = [item.findtext(f"{ATOM}updated") for item in feed.findall(f"{ATOM}entry")]
    assert moments == sorted((item.manifest.sealed_at for item in contents), reverse=True)
    assert feed.findtext(f"{ATOM}updated") == moments[0]
    identifiers = [item.findtext(f"{ATOM}id") for item in feed.findall(f"{ATOM}entry")]
    assert len(set(identifiers)) == len(contents)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(element.findtext(f"{ATOM}{name}") for name in ("title", "id", "updated"))


def _references(content: Any) -> list[str]:
    match content:
        case {"$ref": str() as target}:
            return [target.removeprefix("#/definitions/")]
        case dict():
            return [name for value in content.values() for name in _references(value)]
        case list():
            return [name for value in content for name in _references(value)]
        case _:
            return []


def _without_identifiers(content: Any) -> Any:
    """Drop `$id`: the official parts use it for the RDF name of a property, which would move every reference."""
    match content:
        case dict():
            return {
                name: _without_identifiers(value)
                for name, value in content.items()
                if not (name == "$id" and isinstance(value, str))
            }
        case list():
            return [_without_identifiers(value) for value in content]
        case _:
            return content
