"""The integrity constraints of the RDF Data Cube vocabulary (W3C, 2014, section 11) as SPARQL, after its normalization."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

PREFIXES = """
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

NORMALIZATION = (
    "INSERT { ?o a qb:Observation } WHERE { [] qb:observation ?o }",
    "INSERT { ?o a qb:Observation . ?set a qb:DataSet } WHERE { ?o qb:dataSet ?set }",
    "INSERT { ?slice a qb:Slice } WHERE { [] qb:slice ?slice }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:DimensionProperty } WHERE { ?c qb:dimension ?p }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:MeasureProperty } WHERE { ?c qb:measure ?p }",
    "INSERT { ?c qb:componentProperty ?p . ?p a qb:AttributeProperty } WHERE { ?c qb:attribute ?p }",
    """INSERT { ?o ?p ?value } WHERE { ?c qb:componentProperty ?p ; qb:componentAttachment qb:DataSet .
       ?set qb:structure/qb:component ?c ; ?p ?value . ?o qb:dataSet ?set }""",
    """INSERT { ?o ?p ?value } WHERE { ?c qb:componentProperty ?p ; qb:componentAttachment qb:Slice .
       ?set qb:structure/qb:component ?c ; qb:slice ?slice . ?slice ?p ?value ; qb:observation ?o }""",
    """INSERT { ?o ?p ?value } WHERE { ?c qb:componentProperty ?p . ?p a qb:DimensionProperty .
       ?set qb:structure/qb:component ?c ; qb:slice ?slice . ?slice ?p ?value ; qb:observation ?o }""",
)

_OF = "?o qb:dataSet/qb:structure/qb:component"
CONSTRAINTS: dict[str, str] = {
    "IC-1 every observation has exactly one data set": """
        { ?o a qb:Observation . FILTER NOT EXISTS { ?o qb:dataSet ?any } }
        UNION { ?o a qb:Observation ; qb:dataSet ?one, ?two . FILTER (?one != ?two) }""",
    "IC-2 every data set has exactly one structure": """
        { ?set a qb:DataSet . FILTER NOT EXISTS { ?set qb:structure ?any } }
        UNION { ?set a qb:DataSet ; qb:structure ?one, ?two . FILTER (?one != ?two) }""",
    "IC-3 every structure has a measure": """
        ?structure a qb:DataStructureDefinition .
        FILTER NOT EXISTS { ?structure qb:component/qb:componentProperty/a qb:MeasureProperty }""",
    "IC-4 every dimension has a range": """
        ?dimension a qb:DimensionProperty . FILTER NOT EXISTS { ?dimension rdfs:range [] }""",
    "IC-5 every dimension of concepts has a code list": """
        ?dimension a qb:DimensionProperty ; rdfs:range skos:Concept .
        FILTER NOT EXISTS { ?dimension qb:codeList [] }""",
    "IC-6 only attributes may be optional": """
        ?structure qb:component ?c . ?c qb:componentRequired "false"^^<http://www.w3.org/2001/XMLSchema#boolean> ;
          qb:componentProperty ?p . FILTER NOT EXISTS { ?p a qb:AttributeProperty }""",
    "IC-7 every slice key belongs to a structure": """
        ?key a qb:SliceKey . FILTER NOT EXISTS { [a qb:DataStructureDefinition] qb:sliceKey ?key }""",
    "IC-8 a slice key's properties are components of its structure": """
        ?key a qb:SliceKey ; qb:componentProperty ?p . ?structure qb:sliceKey ?key .
        FILTER NOT EXISTS { ?structure qb:component/qb:componentProperty ?p }""",
    "IC-9 every slice has exactly one slice structure": """
        { ?slice a qb:Slice . FILTER NOT EXISTS { ?slice qb:sliceStructure ?any } }
        UNION { ?slice a qb:Slice ; qb:sliceStructure ?one, ?two . FILTER (?one != ?two) }""",
    "IC-10 every slice has a value for each of its dimensions": """
        ?slice qb:sliceStructure/qb:componentProperty ?p . FILTER NOT EXISTS { ?slice ?p [] }""",
    "IC-11 every observation has a value for every dimension": f"""
        {_OF}/qb:componentProperty ?p . ?p a qb:DimensionProperty . FILTER NOT EXISTS {{ ?o ?p [] }}""",
    "IC-12 no two observations have the same values in all dimensions": """
        FILTER (?all_equal)
        { SELECT (MIN(?equal) AS ?all_equal) WHERE {
            ?one qb:dataSet ?set . ?two qb:dataSet ?set . FILTER (STR(?one) < STR(?two))
            ?set qb:structure/qb:component/qb:componentProperty ?p . ?p a qb:DimensionProperty .
            ?one ?p ?first . ?two ?p ?second . BIND (?first = ?second AS ?equal)
          } GROUP BY ?one ?two }""",
    "IC-13 every observation has a value for every required attribute": f"""
        {_OF} ?c . ?c qb:componentRequired "true"^^<http://www.w3.org/2001/XMLSchema#boolean> ;
          qb:componentProperty ?p . FILTER NOT EXISTS {{ ?o ?p [] }}""",
    "IC-14 without a measure dimension every observation has every measure": """
        ?o qb:dataSet/qb:structure ?structure . ?structure qb:component/qb:componentProperty ?p . ?p a qb:MeasureProperty .
        FILTER NOT EXISTS { ?structure qb:component/qb:componentProperty qb:measureType }
        FILTER NOT EXISTS { ?o ?p [] }""",
    "IC-15 with a measure dimension every observation has the measure it names": f"""
        {_OF}/qb:componentProperty qb:measureType . ?o qb:measureType ?measure . FILTER NOT EXISTS {{ ?o ?measure [] }}""",
    "IC-16 with a measure dimension every observation has only the measure it names": f"""
        {_OF}/qb:componentProperty qb:measureType ; qb:measureType ?measure .
        {_OF}/qb:componentProperty ?other . ?other a qb:MeasureProperty . ?o ?other [] . FILTER (?measure != ?other)""",
    "IC-17 with a measure dimension every measure is there for the same values of the other dimensions": """
        { SELECT ?one ?number WHERE {
            { SELECT ?structure (COUNT(?m) AS ?number) WHERE {
                ?structure qb:component/qb:componentProperty ?m . ?m a qb:MeasureProperty } GROUP BY ?structure }
            ?one qb:dataSet/qb:structure ?structure ; qb:dataSet ?set ; qb:measureType ?of_one .
            ?two qb:dataSet ?set ; qb:measureType ?of_two .
            FILTER NOT EXISTS {
              ?structure qb:component/qb:componentProperty ?p . ?p a qb:DimensionProperty .
              FILTER (?p != qb:measureType) ?one ?p ?first . ?two ?p ?second . FILTER (?first != ?second) }
          } GROUP BY ?one ?number HAVING (COUNT(?two) != ?number) }""",
    "IC-18 a slice's observations belong to the slice's data set": """
        ?set qb:slice ?slice . ?slice qb:observation ?o . FILTER NOT EXISTS { ?o qb:dataSet ?set }""",
    "IC-19 every value of a coded dimension is in its code list": f"""
        {{ {_OF}/qb:componentProperty ?p . ?p a qb:DimensionProperty ; qb:codeList ?list . ?list a skos:ConceptScheme .
           ?o ?p ?value . FILTER NOT EXISTS {{ ?value a skos:Concept ; skos:inScheme ?list }} }}
        UNION {{ {_OF}/qb:componentProperty ?p . ?p a qb:DimensionProperty ; qb:codeList ?list . ?list a skos:Collection .
           ?o ?p ?value . FILTER NOT EXISTS {{ ?value a skos:Concept . ?list skos:member+ ?value }} }}""",
}
# These two are patterns: one query for each property by which a list says what is below what.
HIERARCHIES: dict[str, tuple[str, str]] = {
    "IC-20 every value of a hierarchical dimension is below a root": (
        "?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?p . FILTER (isIRI(?p))",
        "?list qb:hierarchyRoot/<{p}>* ?value",
    ),
    "IC-21 every value of a hierarchical dimension is below a root, read the other way round": (
        "?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?inverse . ?inverse <http://www.w3.org/2002/07/owl#inverseOf> ?p",
        "?list qb:hierarchyRoot/(^<{p}>)* ?value",
    ),
}


def load(path: Path) -> ox.Store:
    """Return the file's graph, normalized."""
    store = ox.Store()
    store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    normalize(store)
    return store


def normalize(store: ox.Store) -> None:
    for update in NORMALIZATION:
        store.update(PREFIXES + update)


def find_breaches(store: ox.Store, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """Return the name of every constraint that the graph breaks; `leave_out`: how those begin that are not asked."""
    asked = {name: pattern for name, pattern in CONSTRAINTS.items() if not name.startswith(leave_out)}
    found = [name for name, pattern in asked.items() if _asks(store, pattern)]
    return [*found, *_hierarchy_breaches(store)]


def _hierarchy_breaches(store: ox.Store) -> Iterator[str]:
    for name, (where, path) in HIERARCHIES.items():
        for row in store.query(f"{PREFIXES} SELECT DISTINCT ?p WHERE {{ {where} }}"):  # type: ignore[union-attr]
            pattern = f"""{_OF}/qb:componentProperty ?d . ?d a qb:DimensionProperty ; qb:codeList ?list .
                ?list a qb:HierarchicalCodeList . ?o ?d ?value .
                FILTER NOT EXISTS {{ {path.format(p=row["p"].value)} }}"""
            if _asks(store, pattern):
                yield name


def _asks(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"{PREFIXES} ASK {{ {pattern} }}"))
