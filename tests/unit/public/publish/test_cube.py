"""Every release is a well-formed RDF Data Cube, and each integrity constraint catches the breach it is there for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.content import Content
from openjustice.public.publish.formats.turtle import FORMAT
from unit.public.publish import cube_integrity as integrity

NAMES = (*integrity.CONSTRAINTS, *integrity.HIERARCHIES)

# A small well-formed cube with everything that a constraint speaks of: a slice, a hierarchy, a required attribute.
GOOD = """
@prefix : <http://example.org/#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:set a qb:DataSet ; qb:structure :dsd ; qb:slice :slice .
:dsd a qb:DataStructureDefinition ; qb:component :c1, :c2, :c3, :c4 ; qb:sliceKey :key .
:c1 qb:dimension :place . :c2 qb:dimension :year . :c3 qb:measure :m .
:c4 qb:attribute :unit ; qb:componentRequired true .
:place rdfs:range skos:Concept ; qb:codeList :places . :year rdfs:range skos:Concept ; qb:codeList :years .
:years a skos:ConceptScheme . :y1 a skos:Concept ; skos:inScheme :years . :y2 a skos:Concept ; skos:inScheme :years .
:places a qb:HierarchicalCodeList ; qb:hierarchyRoot :all ; qb:parentChildProperty :has .
:all :has :here . :places2 a qb:HierarchicalCodeList ; qb:hierarchyRoot :all ; qb:parentChildProperty [ owl:inverseOf :in ] .
:here :in :all .
:key a qb:SliceKey ; qb:componentProperty :year .
:slice a qb:Slice ; qb:sliceStructure :key ; :year :y1 ; qb:observation :o1 .
:o1 a qb:Observation ; qb:dataSet :set ; :place :here ; :year :y1 ; :m 1 ; :unit "one" .
:o2 a qb:Observation ; qb:dataSet :set ; :place :here ; :year :y2 ; :m 2 ; :unit "one" .
"""
# The same with two measures and the measure dimension.
TWO_MEASURES = """
@prefix : <http://example.org/#> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:set a qb:DataSet ; qb:structure :dsd .
:dsd a qb:DataStructureDefinition ; qb:component :c1, :c2, :c3, :c4 .
:c1 qb:dimension :year . :c2 qb:measure :m . :c3 qb:measure :n . :c4 qb:dimension qb:measureType .
:year rdfs:range rdfs:Literal . qb:measureType rdfs:range qb:MeasureProperty .
:o1 qb:dataSet :set ; :year 1 ; qb:measureType :m ; :m 1 .
:o2 qb:dataSet :set ; :year 1 ; qb:measureType :n ; :n 1 .
"""
# What to take out, what to put in, and which constraint must then speak.
BREACHES = [
    (GOOD, "", ":o3 a qb:Observation .", "IC-1 "),
    (GOOD, "", ":set qb:structure :other .", "IC-2 "),
    (GOOD, "", ":bare a qb:DataStructureDefinition .", "IC-3 "),
    (GOOD, ":year rdfs:range skos:Concept ;", ":year", "IC-4 "),
    (GOOD, "; qb:codeList :years .", ".", "IC-5 "),
    (GOOD, "", ":c1 qb:componentRequired false .", "IC-6 "),
    (GOOD, "", ":lost a qb:SliceKey .", "IC-7 "),
    (GOOD, "", ":key qb:componentProperty :stranger . :slice :stranger 1 .", "IC-8 "),
    (GOOD, "", ":slice qb:sliceStructure :key2 .", "IC-9 "),
    (GOOD, "", ":key qb:componentProperty :place .", "IC-10 "),
    (GOOD, ":place :here ; :year :y2", ":place :here", "IC-11 "),
    (GOOD, ":place :here ; :year :y2", ":place :here ; :year :y1", "IC-12 "),
    (GOOD, ':m 2 ; :unit "one"', ":m 2", "IC-13 "),
    (GOOD, ":m 2 ;", "", "IC-14 "),
    (TWO_MEASURES, "qb:measureType :n ; :n 1", "qb:measureType :n", "IC-15 "),
    (TWO_MEASURES, "qb:measureType :n ; :n 1", "qb:measureType :n ; :n 1 ; :m 1", "IC-16 "),
    (TWO_MEASURES, ":o2 qb:dataSet :set ; :year 1 ; qb:measureType :n ; :n 1 .", "", "IC-17 "),
    (GOOD, "", ":set2 a qb:DataSet ; qb:structure :dsd ; qb:slice :slice .", "IC-18 "),
    (GOOD, ":y2 a skos:Concept ; skos:inScheme :years .", "", "IC-19 "),
    (GOOD, ":all :has :here .", "", "IC-20 "),
    (GOOD, "qb:codeList :places .", "qb:codeList :places2 .", None),
    (GOOD.replace(":here :in :all .", ""), "qb:codeList :places .", "qb:codeList :places2 .", "IC-21 "),
]


def _graph(text: str) -> ox.Store:
    store = ox.Store()
    store.load(input=text.encode(), format=ox.RdfFormat.TURTLE)
    integrity.normalize(store)
    return store


def test_there_are_21_constraints():
    assert [name.partition(" ")[0] for name in NAMES] == [f"IC-{number}" for number in range(1, 22)]


@pytest.mark.parametrize("text", [GOOD, TWO_MEASURES])
def test_a_well_formed_cube_breaks_none(text: str):
    assert integrity.find_breaches(_graph(text)) == []


@pytest.mark.parametrize(("text", "before", "after", "expected"), BREACHES)
def test_a_breach_is_caught(text: str, before: str, after: str, expected: str | None):
    changed = text.replace(before, after) if before else text + after
    assert changed != text
    found = integrity.find_breaches(_graph(changed))
    assert any(name.startswith(expected) for name in found) if expected else found == []


@pytest.fixture(scope="module")
def cubes(contents: tuple[Content, ...], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give the Turtle file of every product of the newest releases that is a cube."""
    folder, made = tmp_path_factory.mktemp("cubes"), []
    for content, frame in ((item, frame) for item in (contents[0], contents[-1]) for frame in item.frames):
        if not FORMAT.refuses(content, frame):
            made.append(folder / content.dataset / f"{frame.id}.ttl")
            made[-1].parent.mkdir(exist_ok=True)
            FORMAT.write(content, frame, made[-1])
    return made


def test_every_cube_of_a_release_breaks_no_constraint(cubes: list[Path]):
    assert len(cubes) == 10
    assert {path: integrity.find_breaches(integrity.load(path)) for path in cubes} == {path: [] for path in cubes}


def test_another_reader_of_rdf_finds_the_same_statements(cubes: list[Path]):
    for path in cubes:
        graph = rdflib.Graph().parse(path, format="turtle")
        store = ox.Store()
        store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
        assert len(graph) == len(store)


def test_a_record_file_of_persons_is_no_cube(contents: tuple[Content, ...]):
    content = contents[-1]
    records = next(frame for frame in content.frames if frame.kind is ProductKind.MICRODATA)
    assert "no row has an address" in FORMAT.refuses(content, records)


def test_rows_with_one_key_are_no_cube(contents: tuple[Content, ...]):
    content = contents[0]
    frame = content.frames[0]
    assert not FORMAT.refuses(content, frame)
    assert "same key" in FORMAT.refuses(content, replace(frame, rows=[*frame.rows, frame.rows[0]]))
    columns = tuple(column for column in frame.columns if column.name != "county")
    assert "tells its rows apart" in FORMAT.refuses(content, replace(frame, columns=columns))
    assert "no number" in FORMAT.refuses(content, replace(frame, columns=frame.columns[:1]))


def test_writing_twice_gives_the_same_bytes(contents: tuple[Content, ...], cubes: list[Path], tmp_path: Path):
    content = contents[-1]
    frame = content.frames[2]
    FORMAT.write(content, frame, tmp_path / f"{frame.id}.ttl")
    stored = next(path for path in cubes if path.name == f"{frame.id}.ttl")
    assert (tmp_path / stored.name).read_bytes() == stored.read_bytes()
