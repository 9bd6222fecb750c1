"""Writes the catalog as linked data: one Turtle file that follows DCAT-AP 3 and DCAT-US 3, for harvesters of either kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openjustice.public.publish import catalog, citation, turtle
from openjustice.public.publish.content import Content
from openjustice.public.publish.identifiers import Identifiers, identifiers_of
from openjustice.public.publish.published import PublishedFile, PublishedRelease

_EU = "http://publications.europa.eu/resource/authority/"
_MEDIA = "https://www.iana.org/assignments/media-types/"
# The European file types; the ones that the list does not know are told by their media type alone.
_FILE_TYPES = {"csv": "CSV", "json": "JSON", "xlsx": "XLSX", "turtle": "RDF_TURTLE", "parquet": "PARQUET"}
_LANGUAGES = {"en": "ENG", "es": "SPA", "cy": "CYM", "fr": "FRA", "de": "DEU"}
_PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat-us": "http://data.resources.gov/ontology/dcat-us#",
    "org": "http://www.w3.org/ns/org#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}


def as_turtle(releases: Sequence[PublishedRelease]) -> str:
    """Return the catalog with the newest release of each dataset. Takes all releases, oldest first, at least one."""
    newest = {item.content.dataset: item for item in releases}
    said = _Said(releases[-1].content)
    parts = [
        said.catalog(
            sorted(newest),
            issued=min(item.content.manifest.sealed_at for item in releases),
            modified=max(item.content.manifest.sealed_at for item in releases),
        ),
        *said.parties(),
    ]
    for name in sorted(newest):
        earlier = [item for item in releases if item.content.dataset == name]
        parts += said.dataset(newest[name], first=earlier[0].content)
    return turtle.head(dict(turtle.PREFIXES) | _PREFIXES) + "\n" + "\n".join(parts)


class _Said:
    """What is said of one jurisdiction's catalog."""

    def __init__(self, content: Content) -> None:
        self.jurisdiction = content.jurisdiction
        self.ids: Identifiers = identifiers_of(content.jurisdiction)
        self.language = content.jurisdiction.language.partition("-")[0]
        self.publisher = turtle.iri(content.jurisdiction.publisher.homepage)
        self.contact = turtle.iri(f"{self.ids.base}#contact")
        self.place = turtle.iri(f"{self.ids.base}#place")
        self.license = turtle.iri(content.jurisdiction.license.url)

    def catalog(self, names: Sequence[str], *, issued: str, modified: str) -> str:
        return turtle.block(
            turtle.iri(f"{self.ids.base}catalog.ttl"),
            [
                ("a", "dcat:Catalog"),
                ("dcterms:title", self._say(self.jurisdiction.title)),
                ("dcterms:description", self._say(self.jurisdiction.says)),
                ("dcterms:publisher", self.publisher),
                ("dcat:contactPoint", self.contact),
                ("foaf:homepage", turtle.iri(self.ids.base)),
                ("dcterms:language", self._language()),
                ("dcterms:license", self.license),
                ("dcterms:spatial", self.place),
                ("dcterms:issued", _moment(issued)),
                ("dcterms:modified", _moment(modified)),
                ("dcat:themeTaxonomy", turtle.iri(f"{_EU}data-theme")),
                ("dcat:dataset", [turtle.iri(self.ids.dataset(name)) for name in names]),
            ],
        )

    def parties(self) -> Iterator[str]:
        publisher = self.jurisdiction.publisher
        yield turtle.block(
            self.publisher,
            [
                ("a", ["foaf:Agent", "org:Organization"]),
                ("foaf:name", turtle.text(publisher.name)),
                ("skos:prefLabel", turtle.text(publisher.name)),
            ],
        )
        yield turtle.block(
            self.contact,
            [
                ("a", "vcard:Kind"),
                ("vcard:fn", turtle.text(publisher.contact_name)),
                ("vcard:hasEmail", turtle.iri(f"mailto:{publisher.contact_email}")),
            ],
        )
        yield turtle.block(
            self.place, [("a", "dcterms:Location"), ("skos:prefLabel", self._say(self.jurisdiction.title))]
        )
        yield turtle.block(
            self.license,
            [("a", "dcterms:LicenseDocument"), ("dcterms:title", turtle.text(self.jurisdiction.license.title))],
        )
        yield turtle.block(
            turtle.iri(self.ids.base), [("a", "foaf:Document"), ("dcterms:title", self._say(self.jurisdiction.title))]
        )

    def dataset(self, release: PublishedRelease, *, first: Content) -> Iterator[str]:
        content = release.content
        manifest, contract = content.manifest, content.contract
        files = [file for file in release.files if file.product]
        page = citation.landing_page(content)
        period = f"{self.ids.file(content, '')}#period"
        span = catalog.span(content)
        yield turtle.block(
            turtle.iri(self.ids.dataset(content.dataset)),
            [
                ("a", "dcat:Dataset"),
                ("dcterms:identifier", turtle.text(f"{manifest.jurisdiction}/{manifest.dataset}")),
                ("dcterms:title", self._say(contract.title)),
                ("dcterms:description", self._say(contract.says)),
                ("dcterms:publisher", self.publisher),
                ("dcat:contactPoint", self.contact),
                ("dcat:landingPage", turtle.iri(page)),
                ("dcat:keyword", [self._say(word) for word in contract.keywords or (content.dataset,)]),
                ("dcat:theme", turtle.iri(f"{_EU}data-theme/JUST")),
                ("dcterms:accrualPeriodicity", turtle.iri(word) if (word := catalog.frequency(content)) else ""),
                ("dcterms:accessRights", turtle.iri(f"{_EU}access-right/PUBLIC")),
                ("dcterms:language", self._language()),
                ("dcterms:spatial", self.place),
                ("dcterms:temporal", turtle.iri(period) if span else ""),
                ("dcterms:issued", _moment(first.manifest.sealed_at)),
                ("dcterms:modified", _moment(manifest.sealed_at)),
                ("dcat:version", turtle.text(manifest.vintage)),
                ("adms:versionNotes", self._say(manifest.revision_note) if manifest.revision_note else ""),
                ("dcat:distribution", [self._distribution_address(content, file) for file in files]),
            ],
        )
        if span:
            yield turtle.block(
                turtle.iri(period),
                [
                    ("a", "dcterms:PeriodOfTime"),
                    ("dcat:startDate", f'"{span["startDate"]}"^^xsd:date'),
                    ("dcat:endDate", f'"{span["endDate"]}"^^xsd:date'),
                ],
            )
        yield turtle.block(turtle.iri(page), [("a", "foaf:Document"), ("dcterms:title", self._say(contract.title))])
        yield turtle.block(
            f"<{self.ids.file(content, 'dictionary.html')}#distribution>",
            [
                ("a", "dcat:Distribution"),
                ("dcterms:title", turtle.text("Data dictionary", "en")),
                ("dcat:accessURL", turtle.iri(self.ids.file(content, "dictionary.html"))),
                ("dcterms:license", self.license),
            ],
        )
        for file in files:
            yield from self._distribution(content, file)

    def _distribution(self, content: Content, file: PublishedFile) -> Iterator[str]:
        address = self.ids.file(content, file.name)
        known = _FILE_TYPES.get(file.format or "")
        yield turtle.block(
            self._distribution_address(content, file),
            [
                ("a", "dcat:Distribution"),
                ("dcterms:title", self._say(file.title)),
                ("dcterms:identifier", turtle.text(f"{content.address}/{file.name}")),
                ("dcat:accessURL", turtle.iri(address)),
                ("dcat:downloadURL", turtle.iri(address)),
                ("dcat:mediaType", turtle.iri(_MEDIA + file.media_type)),
                ("dcterms:format", turtle.iri(f"{_EU}file-type/{known}") if known else ""),
                ("dcat:byteSize", f'"{file.bytes}"^^xsd:nonNegativeInteger'),
                ("dcterms:license", self.license),
                ("dcterms:issued", _moment(content.manifest.sealed_at)),
                ("dcat-us:describedBy", f"<{self.ids.file(content, 'dictionary.html')}#distribution>"),
                ("spdx:checksum", turtle.iri(f"{address}#checksum")),
            ],
        )
        yield turtle.block(
            turtle.iri(f"{address}#checksum"),
            [
                ("a", "spdx:Checksum"),
                ("spdx:algorithm", "spdx:checksumAlgorithm_sha256"),
                ("spdx:checksumValue", f'"{file.sha256}"^^xsd:hexBinary'),
            ],
        )

    def _distribution_address(self, content: Content, file: PublishedFile) -> str:
        return turtle.iri(f"{self.ids.file(content, file.name)}#distribution")

    def _language(self) -> str:
        known = _LANGUAGES.get(self.language)
        return turtle.iri(f"{_EU}language/{known}") if known else ""

    def _say(self, words: str) -> str:
        return turtle.text(words, self.language)


def _moment(text: str) -> str:
    return f'"{text}"^^xsd:dateTime'
