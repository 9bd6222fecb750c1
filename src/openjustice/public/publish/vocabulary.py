"""Gathers everything that has a stable address in a jurisdiction: datasets, indicators, places, code lists and shared words.

Each thing is said twice at its address: as a page, which the site makes, and as Turtle, which is made here, with its words in
every language that the site has. A code keeps its address as long as any release has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openjustice.public.publish import citation, turtle
from openjustice.public.publish.content import MARKERS, NUMBER_COLUMNS, Column, Content
from openjustice.public.publish.identifiers import (
    ROOT,
    TERMS,
    Identifiers,
    codelist_of,
    encoded,
    has_own_folder,
    identifiers_of,
    place,
)
from openjustice.public.publish.language import say
from openjustice.public.publish.published import PublishedRelease
from openjustice.public.publish.variables import Variable

Facts = tuple[tuple[str, str], ...]
# What the SDMX code lists call the same marker, where they have a word for it.
_SDMX = {"p": "obsStatus-P", "b": "obsStatus-B", "x": "obsStatus-M", "c": "confStatus-C"}


@dataclass(frozen=True)
class Part:
    """One part of a thing, at a fragment of its address: a code, a variable, a word. `address` where it is a thing itself."""

    anchor: str
    code: str
    title: str
    says: str = ""
    facts: Facts = ()
    address: str = ""


@dataclass(frozen=True)
class Thing:
    """One thing with an address: what it is called, what is said of it, and its parts. `page`: where more about it stands."""

    kind: str
    name: str
    address: str
    path: str
    title: str
    says: str = ""
    words: Facts = ()
    facts: Facts = ()
    parts: tuple[Part, ...] = ()
    page: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what the thing is the same by in every language."""
        return self.kind, self.name


def read_things(releases: Sequence[PublishedRelease]) -> tuple[Thing, ...]:
    """Return every thing of a jurisdiction, in the language that is spoken. Takes all its releases, oldest first."""
    newest = {item.content.dataset: item for item in releases}
    ids = identifiers_of(releases[-1].content.jurisdiction)
    return (
        _terms(ids),
        *(_dataset(newest[name], ids) for name in sorted(newest)),
        *_indicators([newest[name].content for name in sorted(newest)], ids),
        *_codelists([item.content for item in releases], ids),
    )


def as_turtle(said: Sequence[tuple[str, Thing]], *, base: str) -> str:
    """Return a thing as Turtle, from what it is in each language; what does not depend on one is taken from the first."""
    thing = said[0][1]
    own = turtle.iri(thing.address)
    facts = [*thing.facts, ("foaf:page", turtle.iri(base + thing.page) if thing.page else "")]
    words = [(verb, turtle.text(text, code)) for code, item in said for verb, text in item.words if text]
    blocks = [turtle.block(own, _joined([*facts, *words]))]
    for number, part in enumerate(thing.parts):
        if part.address:
            continue  # a thing of its own says itself
        named = [
            ("skos:prefLabel" if ("a", "skos:Concept") in part.facts else "rdfs:label", code, item.parts[number].title)
            for code, item in said
        ]
        told = [
            (
                "skos:definition" if ("a", "skos:Concept") in part.facts else "rdfs:comment",
                code,
                item.parts[number].says,
            )
            for code, item in said
        ]
        labels = [(verb, turtle.text(text, code)) for verb, code, text in (*named, *told) if text]
        blocks.append(
            turtle.block(turtle.iri(f"{thing.address}#{encoded(part.anchor)}"), _joined([*part.facts, *labels]))
        )
    return turtle.head(turtle.PREFIXES) + "\n" + "\n".join(blocks)


def _joined(statements: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield each verb once, with all its objects, each once, in the order given."""
    objects: dict[str, dict[str, None]] = {}
    for verb, item in statements:
        objects.setdefault(verb, {})[item] = None
    yield from ((verb, list(found)) for verb, found in objects.items())


def _terms(ids: Identifiers) -> Thing:
    scheme = turtle.iri(ids.terms())
    columns = tuple(
        Part(name, name, title, says, (("a", "rdf:Property"), ("rdfs:isDefinedBy", scheme)))
        for name, (title, says) in NUMBER_COLUMNS.items()
    )
    markers = tuple(
        Part(
            f"marker-{code}",
            code,
            title,
            says,
            (
                ("a", "skos:Concept"),
                ("skos:inScheme", scheme),
                ("skos:notation", turtle.text(code)),
                *((("skos:closeMatch", f"sdmx-code:{_SDMX[code]}"),) if code in _SDMX else ()),
            ),
        )
        for code, (title, says) in MARKERS.items()
    )
    title = say("Words that every table shares")
    return Thing(
        kind=TERMS,
        name=TERMS,
        address=ids.terms(),
        path=f"{ROOT}/{TERMS}/",
        title=title,
        says=say("The columns of numbers, and the markers that say why a number is empty or what its status is."),
        words=(("rdfs:label", title),),
        facts=(("a", "skos:ConceptScheme"),),
        parts=(*columns, *markers),
        page="markers.html",
    )


def _dataset(release: PublishedRelease, ids: Identifiers) -> Thing:
    content = release.content
    found: dict[str, Column] = {}
    for frame in content.frames:
        for column in frame.columns:
            if column.name not in NUMBER_COLUMNS:
                found.setdefault(column.name, column)
    own = turtle.iri(ids.dataset(content.dataset))
    cubes = [file for file in release.files if file.format == "turtle"]
    return Thing(
        kind="dataset",
        name=content.dataset,
        address=ids.dataset(content.dataset),
        path=place("dataset", content.dataset),
        title=content.contract.title,
        says=content.contract.says,
        words=(("dcterms:title", content.contract.title), ("dcterms:description", content.contract.says)),
        facts=(
            ("a", "dcat:Dataset"),
            ("dcat:landingPage", turtle.iri(citation.landing_page(content))),
            ("dcterms:license", turtle.iri(content.jurisdiction.license.url)),
            ("dcterms:publisher", turtle.iri(content.jurisdiction.publisher.homepage)),
            *(("dcterms:hasPart", turtle.iri(ids.file(content, file.name) + "#cube")) for file in cubes),
        ),
        parts=tuple(
            Part(
                column.name, column.name, column.title, column.says, (("a", "rdf:Property"), ("rdfs:isDefinedBy", own))
            )
            for column in found.values()
        ),
        page=f"datasets/{content.dataset}/index.html",
    )


def _indicators(contents: Sequence[Content], ids: Identifiers) -> Iterator[Thing]:
    for content in contents:
        for name, item in content.indicators.items():
            indicator = item.indicator
            title, says = NUMBER_COLUMNS["value"]
            yield Thing(
                kind="indicator",
                name=name,
                address=ids.indicator(name),
                path=place("indicator", name),
                title=indicator.title,
                says=indicator.says,
                words=(
                    ("skos:prefLabel", indicator.title),
                    ("skos:definition", indicator.says),
                    ("sdmx-attribute:unitMeasure", indicator.unit),
                ),
                facts=(("a", "skos:Concept"), ("dcterms:isPartOf", turtle.iri(ids.dataset(content.dataset)))),
                parts=(Part("value", "value", title, says, (("a", "qb:MeasureProperty"), ("a", "rdf:Property"))),),
                page=f"indicators/{name}.html" if content.tables_of(name) else "",
            )


def _codelists(contents: Sequence[Content], ids: Identifiers) -> Iterator[Thing]:
    titles: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    for content in contents:
        for name, codelist in content.codelists.items():
            titles[name] = codelist.title
            codes.setdefault(name, {}).update(codelist.labels())
        for name, title, labels in _columns_codes(content):
            if name not in content.codelists:
                titles[name] = title
            known = codes.setdefault(name, {})
            known |= {
                code: label for code, label in labels.items() if name not in content.codelists or code not in known
            }
    for name in sorted(codes):
        yield _codelist(name, titles[name], codes[name], ids)
    yield from _areas(codes.get(ids.area_codelist, {}), ids)


def _columns_codes(content: Content) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield list, title and labels of every coded column: the declared codes, then those that only occur in the rows."""
    for frame in content.frames:
        for column in frame.columns:
            is_dimension = column.name in frame.variables and frame.indicator is not None
            if not is_dimension and not column.labels:
                continue
            variable = content.variables.get(column.name) or Variable(
                column.name, column.title, "", labels=column.labels
            )
            occurring = {str(row[column.name]) for row in frame.rows if row[column.name] is not None}
            ordered = [*column.labels, *variable.sorted_codes(occurring - set(column.labels))]
            title = f"{column.title} ({content.contract.title})"
            yield codelist_of(content, column.name), title, {code: variable.label(code) for code in ordered}


def _codelist(name: str, title: str, labels: dict[str, str], ids: Identifiers) -> Thing:
    scheme = turtle.iri(ids.codelist(name))
    return Thing(
        kind="codelist",
        name=name,
        address=ids.codelist(name),
        path=place("codelist", name),
        title=title,
        words=(("rdfs:label", title),),
        facts=(("a", "skos:ConceptScheme"),),
        parts=tuple(
            Part(
                code,
                code,
                label,
                facts=(("a", "skos:Concept"), ("skos:inScheme", scheme), ("skos:notation", turtle.text(code))),
                address=ids.code(name, code) if name == ids.area_codelist and has_own_folder(code) else "",
            )
            for code, label in labels.items()
        ),
    )


def _areas(labels: dict[str, str], ids: Identifiers) -> Iterator[Thing]:
    for code, label in labels.items():
        if has_own_folder(code):
            yield Thing(
                kind="area",
                name=code,
                address=ids.code(ids.area_codelist, code),
                path=place("area", code),
                title=label,
                words=(("skos:prefLabel", label),),
                facts=(
                    ("a", "skos:Concept"),
                    ("a", "dcterms:Location"),
                    ("skos:notation", turtle.text(code)),
                    ("skos:inScheme", turtle.iri(ids.codelist(ids.area_codelist))),
                ),
            )
