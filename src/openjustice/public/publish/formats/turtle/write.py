"""Writes a cube as Turtle, one observation a line, row by row, so that its size is bounded by the disk alone.

A number that is absent is `NaN` with its marker beside it, never left out and never zero: every observation has its measure, as
the standard asks, and a sum over a withheld number is not a number either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from openjustice.public.publish import citation, turtle
from openjustice.public.publish.content import MARKERS, Column, Content, Dataframe, Row
from openjustice.public.publish.formats.turtle.cube import VALUE, Cube, Dimension, read_cube
from openjustice.public.publish.identifiers import Identifiers, encoded, identifiers_of
from openjustice.public.publish.variables import Variable

NAN = '"NaN"^^xsd:double'
MARKER_SUFFIX = "_marker"
_RANGES = {"BIGINT": "xsd:integer", "INTEGER": "xsd:integer", "DOUBLE": "xsd:double", "BOOLEAN": "xsd:boolean"}

Part = Callable[[Row], str]


def write(content: Content, frame: Dataframe, path: Path) -> None:
    """Write the cube of a product: structure, codes, then one line for each observation."""
    cube = read_cube(content, frame)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines(cube, address=identifiers_of(content.jurisdiction).file(content, path.name)))


def lines(cube: Cube, *, address: str) -> Iterator[str]:
    """Yield the text of the file that stands at the address, part by part."""
    words = _Words(cube, identifiers_of(cube.content.jurisdiction), address)
    yield turtle.head(words.prefixes())
    yield "\n" + words.dataset()
    yield from (f"\n{item}" for item in words.structure())
    yield from (f"\n{item}" for dimension in cube.dimensions for item in words.codelist(dimension))
    yield "\n"
    yield from words.observations()


class _Words:
    """The names of one cube's parts, and what is said of them."""

    def __init__(self, cube: Cube, ids: Identifiers, address: str) -> None:
        self.cube, self.ids, self.address = cube, ids, address
        self.language = cube.content.jurisdiction.language.partition("-")[0]
        self.dimension_names = {item.name: f"of:{encoded(item.name)}" for item in cube.dimensions}
        self.measure_names = {
            item.name: "measure:value" if item.name == VALUE and not cube.is_by_measure else f"of:{encoded(item.name)}"
            for item in cube.measures
        }
        shared = "of" if cube.is_by_measure else "term"
        self.attribute_names = {item.name: f"{shared}:{encoded(item.name)}" for item in cube.attributes}
        self.code_names = {
            item.name: {code: self._code(item, code) for code in cube.codes[item.name]} for item in cube.dimensions
        }

    def prefixes(self) -> dict[str, str]:
        content, cube = self.cube.content, self.cube
        made = {"": f"{self.address}#", "term": f"{self.ids.terms()}#", "of": f"{self.ids.dataset(content.dataset)}#"}
        if cube.frame.indicator:
            made["measure"] = f"{self.ids.indicator(cube.frame.indicator)}#"
        made |= {f"c{place}": self._scheme_prefix(item) for place, item in enumerate(cube.dimensions)}
        return made | dict(turtle.PREFIXES)

    def dataset(self) -> str:
        content, frame = self.cube.content, self.cube.frame
        manifest, publisher = content.manifest, content.jurisdiction.publisher
        unit = content.indicators[frame.indicator].indicator.unit if frame.indicator else ""
        return turtle.block(
            ":cube",
            [
                ("a", "qb:DataSet"),
                ("qb:structure", ":structure"),
                ("rdfs:label", self._say(frame.title)),
                ("dcterms:title", self._say(frame.title)),
                ("dcterms:description", self._say(frame.says)),
                ("dcterms:isPartOf", turtle.iri(self.ids.dataset(content.dataset))),
                ("dcterms:subject", turtle.iri(self.ids.indicator(frame.indicator)) if frame.indicator else ""),
                ("dcterms:issued", f'"{manifest.sealed_at}"^^xsd:dateTime'),
                ("dcterms:license", turtle.iri(content.jurisdiction.license.url)),
                ("dcterms:publisher", turtle.iri(publisher.homepage)),
                ("dcterms:bibliographicCitation", self._say(citation.as_text(content))),
                ("owl:versionInfo", turtle.text(manifest.vintage)),
                ("sdmx-attribute:unitMeasure", self._say(unit) if unit else ""),
            ],
        )

    def structure(self) -> Iterator[str]:
        parts = [
            *(
                (f":dimension-{encoded(d.name)}", "dimension", self.dimension_names[d.name])
                for d in self.cube.dimensions
            ),
            *([(":dimension-measure", "dimension", "qb:measureType")] if self.cube.is_by_measure else []),
            *((f":measure-{encoded(m.name)}", "measure", self.measure_names[m.name]) for m in self.cube.measures),
            *(
                (f":attribute-{encoded(a.name)}", "attribute", self.attribute_names[a.name])
                for a in self.cube.attributes
            ),
            *([(":attribute-marker", "attribute", "term:value_marker")] if self.cube.is_by_measure else []),
            *([(":attribute-unit", "attribute", "sdmx-attribute:unitMeasure")] if self.cube.frame.indicator else []),
        ]
        yield turtle.block(
            ":structure", [("a", "qb:DataStructureDefinition"), ("qb:component", [item[0] for item in parts])]
        )
        for place, (own, kind, property_name) in enumerate(parts, start=1):
            is_optional = kind == "attribute"
            at_cube = "qb:DataSet" if own == ":attribute-unit" else ""
            yield turtle.block(
                own,
                [
                    ("a", "qb:ComponentSpecification"),
                    (f"qb:{kind}", property_name),
                    ("qb:componentProperty", property_name),
                    ("qb:order", str(place) if kind == "dimension" else ""),
                    ("qb:componentRequired", "false" if is_optional else ""),
                    ("qb:componentAttachment", at_cube),
                ],
            )
        yield from self._properties()

    def _properties(self) -> Iterator[str]:
        for item in self.cube.dimensions:
            coded = [
                ("qb:codeList", turtle.iri(self.ids.codelist(item.codelist))),
                ("rdfs:range", "skos:Concept"),
            ]
            yield self._property(
                self.dimension_names[item.name], ["qb:DimensionProperty", "qb:CodedProperty"], item.column, coded
            )
        if self.cube.is_by_measure:
            yield turtle.block(
                "qb:measureType", [("a", "qb:DimensionProperty, rdf:Property"), ("rdfs:range", "qb:MeasureProperty")]
            )
        for column in self.cube.measures:
            yield self._property(
                self.measure_names[column.name], ["qb:MeasureProperty"], column, [("rdfs:range", "xsd:double")]
            )
        for column in self.cube.attributes:
            kind = "skos:Concept" if _is_marker(column) else _RANGES.get(column.type, "")
            yield self._property(
                self.attribute_names[column.name], ["qb:AttributeProperty"], column, [("rdfs:range", kind)]
            )
        if self.cube.is_by_measure:
            marker = Column("value_marker", "VARCHAR", "Value: marker", "Why the value is empty.")
            yield self._property(
                "term:value_marker", ["qb:AttributeProperty"], marker, [("rdfs:range", "skos:Concept")]
            )
        if self.cube.frame.indicator:
            yield turtle.block("sdmx-attribute:unitMeasure", [("a", "qb:AttributeProperty, rdf:Property")])

    def _property(self, own: str, kinds: list[str], column: Column, more: list[tuple[str, str]]) -> str:
        statements: list[tuple[str, str | Iterable[str]]] = [
            ("a", [*kinds, "rdf:Property"]),
            ("rdfs:label", self._say(column.title)),
            ("rdfs:comment", self._say(column.says) if column.says else ""),
            *more,
        ]
        return turtle.block(own, statements)

    def codelist(self, dimension: Dimension) -> Iterator[str]:
        scheme = turtle.iri(self.ids.codelist(dimension.codelist))
        variable = self.cube.content.variables.get(dimension.name) or Variable(
            dimension.name, dimension.column.title, ""
        )
        yield turtle.block(
            scheme, [("a", "skos:ConceptScheme"), ("rdfs:label", self._say(scheme_title(self.cube.content, dimension)))]
        )
        for code, own in self.code_names[dimension.name].items():
            label = dimension.column.labels.get(code) or variable.label(code)
            yield turtle.block(
                own,
                [
                    ("a", "skos:Concept"),
                    ("skos:inScheme", scheme),
                    ("skos:notation", turtle.text(code)),
                    ("skos:prefLabel", self._say(label)),
                ],
            )

    def observations(self) -> Iterator[str]:
        """Yield a line for each row, or, where there are several measures, for each number of each row."""
        keys = [(f"{self.dimension_names[item.name]} ", item.name) for item in self.cube.dimensions]
        codes = [(verb, name, self.code_names[name]) for verb, name in keys]
        locals_ = [{code: _local(code) for code in known} for _, _, known in codes]
        attributes = [self._attribute(column) for column in self.cube.attributes]
        measures = [(self.measure_names[item.name], item.name, _local(item.name)) for item in self.cube.measures]
        by_measure = self.cube.is_by_measure
        for row in self.cube.frame.rows:
            values = [str(row[name]) for _, name, _ in codes]
            where = "; ".join([verb + known[value] for (verb, _, known), value in zip(codes, values, strict=True)])
            own = ":".join([known[value] for known, value in zip(locals_, values, strict=True)])
            rest = "".join([part(row) for part in attributes])
            for verb, name, local in measures:
                value = row[name]
                told = NAN if value is None else turtle.number(value)
                if not by_measure:
                    yield f":o:{own} a qb:Observation; qb:dataSet :cube; {where}; {verb} {told}{rest} .\n"
                else:
                    why = "; term:value_marker term:marker-x" if value is None else ""
                    yield (
                        f":o:{own}:{local} a qb:Observation; qb:dataSet :cube; {where}; qb:measureType {verb}; "
                        f"{verb} {told}{why}{rest} .\n"
                    )

    def _attribute(self, column: Column) -> Part:
        verb, name = f"; {self.attribute_names[column.name]} ", column.name
        if _is_marker(column):
            known = {code: f"{verb}term:marker-{encoded(code)}" for code in MARKERS}
            return lambda row: known[row[name]] if row[name] is not None else ""
        if column.type == "DOUBLE":
            return lambda row: verb + turtle.number(row[name]) if row[name] is not None else ""
        return lambda row: verb + turtle.literal(row[name]) if row[name] is not None else ""

    def _scheme_prefix(self, dimension: Dimension) -> str:
        if dimension.codelist == self.ids.area_codelist:
            return self.ids.thing("area", "x").removesuffix("x/")
        return f"{self.ids.codelist(dimension.codelist)}#"

    def _code(self, dimension: Dimension, code: str) -> str:
        address = self.ids.code(dimension.codelist, code)
        place = self.cube.dimensions.index(dimension)
        local = address.removeprefix(self._scheme_prefix(dimension))
        written = turtle.name(f"c{place}", local) if local != address else None
        return written or turtle.iri(address)

    def _say(self, words: str) -> str:
        return turtle.text(words, self.language)


def scheme_title(content: Content, dimension: Dimension) -> str:
    """Return the title of a dimension's code list."""
    shared = content.codelists.get(dimension.codelist)
    return shared.title if shared else f"{dimension.column.title} ({content.contract.title})"


def _is_marker(column: Column) -> bool:
    return column.name.endswith(MARKER_SUFFIX)


def _local(code: str) -> str:
    return encoded(code).replace(".", "\\.").replace("~", "\\~")
