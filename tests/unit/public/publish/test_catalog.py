"""The catalog is valid against the official schema, and the feed against its own rules."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pyshacl
import pytest
import rdflib

from openjustice.public.publish import catalog, dcat
from openjustice.public.publish.content import Content
from openjustice.public.publish.release import PublishedRelease

ATOM = "{http://www.w3.org/2005/Atom}"
STANDARD = Path("reference/standards/dcat_us_3")
FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return "T" in str(text) and datetime.fromisoformat(str(text)).tzinfo is not None


@FORMATS.checks("iri")
def _is_address(text: object) -> bool:
    return bool(urlsplit(str(text)).scheme)


def _standard(root: Path) -> Path:
    folder = root.parent / "shared" / STANDARD
    if not folder.is_dir():
        pytest.skip("the official files of DCAT-US 3 are not here: they stand in ../shared beside the repository")
    return folder


@pytest.fixture(scope="module")
def dcat_schema(root: Path) -> dict[str, Any]:
    """Give the official schema with its parts put in place, or skip."""
    folder = _standard(root) / "jsonschema"
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
    assert deaths["temporal"] == [{"@type": "dcterms:PeriodOfTime", "startDate": "2014-01-01", "endDate": "2024-01-01"}]
    files = [file for file in published[-1].files if file.product]
    assert {item["checksum"]["checksumValue"] for item in deaths["distribution"]} == {file.sha256 for file in files}


@pytest.fixture(scope="module")
def linked(published: tuple[PublishedRelease, ...]) -> rdflib.Graph:
    """Give the catalog as linked data."""
    return rdflib.Graph().parse(data=dcat.as_turtle(published), format="turtle")


def test_the_linked_catalog_conforms_to_the_official_shapes(linked: rdflib.Graph, root: Path):
    shapes = rdflib.Graph().parse(_standard(root) / "shacl" / "dcat-us_3.0_shacl_shapes.ttl")
    conforms, _, report = pyshacl.validate(linked, shacl_graph=shapes)
    assert conforms, report
    broken = rdflib.Graph() + linked
    broken.remove((None, rdflib.DCTERMS.title, None))
    assert not pyshacl.validate(broken, shacl_graph=shapes)[0]


def test_the_linked_catalog_has_what_dcat_ap_asks_for(linked: rdflib.Graph):
    dcat_, terms = rdflib.DCAT, rdflib.DCTERMS
    asked = {
        dcat_.Catalog: (terms.title, terms.description, terms.publisher, dcat_.dataset),
        dcat_.Dataset: (
            terms.title,
            terms.description,
            terms.publisher,
            dcat_.contactPoint,
            dcat_.theme,
            dcat_.distribution,
        ),
        dcat_.Distribution: (dcat_.accessURL, terms.license),
    }
    for kind, properties in asked.items():
        things = list(linked.subjects(rdflib.RDF.type, kind))
        assert things
        assert [(thing, name) for thing in things for name in properties if (thing, name, None) not in linked] == []


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # inside the reader of JSON-LD
def test_both_catalogs_name_the_same_files(published: tuple[PublishedRelease, ...], linked: rdflib.Graph, root: Path):
    """The record for programs is read as linked data with the official context: a word that it does not know says nothing."""
    made = catalog.dcat_us(published)
    context = json.loads((_standard(root) / "context" / "dcat-us-3.0.jsonld").read_text(encoding="utf-8"))
    graph = rdflib.Graph().parse(data=json.dumps(made | {"@context": context["@context"]}), format="json-ld")
    checksum = rdflib.URIRef("http://spdx.org/rdf/terms#checksum")
    value = rdflib.URIRef("http://spdx.org/rdf/terms#checksumValue")

    def files(read: rdflib.Graph) -> set[tuple[str, str, str]]:
        return {
            (
                str(dataset),
                str(read.value(item, rdflib.DCAT.downloadURL)),
                str(read.value(read.value(item, checksum), value)),
            )
            for dataset, item in read.subject_objects(rdflib.DCAT.distribution)
        }

    assert len(files(graph)) == sum(len(item["distribution"]) for item in made["dataset"])
    assert files(graph) == files(linked)


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
