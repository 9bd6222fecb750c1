"""Makes the portal's catalog: DCAT-US 3 for catalogs of catalogs, and an Atom feed of releases for readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openjustice.ground.terms import Period
from openjustice.public.publish import citation
from openjustice.public.publish.content import Content
from openjustice.public.publish.identifiers import identifiers_of
from openjustice.public.publish.published import PublishedFile, PublishedRelease

ATOM = "http://www.w3.org/2005/Atom"
_FREQUENCY = {"month": "MONTHLY", "quarter": "QUARTERLY", "half_year": "BIANNUAL", "year": "ANNUAL", "event": "CONT"}
_FREQUENCIES = "http://publications.europa.eu/resource/authority/frequency/"


def data_address(content: Content) -> str:
    """Return the public address of the folder that holds a release's files."""
    return f"{content.jurisdiction.base_address.rstrip('/')}/data/{content.dataset}/{content.manifest.vintage}/"


def dcat_us(releases: Sequence[PublishedRelease]) -> dict[str, Any]:
    """Return a DCAT-US 3 catalog with the newest release of each dataset. Takes all releases, oldest first, at least one."""
    newest = {item.content.dataset: item for item in releases}
    any_content = releases[-1].content
    jurisdiction = any_content.jurisdiction
    return {
        "@context": "https://raw.githubusercontent.com/DOI-DO/dcat-us/refs/heads/main/context/dcat-us-3.0.jsonld",
        "@type": "dcat:Catalog",
        "@id": f"{jurisdiction.base_address.rstrip('/')}/data.json",
        "title": f"{jurisdiction.title}: open justice data",
        "description": jurisdiction.says,
        "publisher": _publisher(any_content),
        "homepage": {"@type": "foaf:Document", "title": jurisdiction.title, "identifier": [jurisdiction.base_address]},
        "modified": max(item.content.manifest.sealed_at for item in releases),
        "dataset": [_dataset(newest[name]) for name in sorted(newest)],
    }


def corrections_feed(contents: Sequence[Content]) -> str:
    """Return an Atom feed of the releases that took the place of an earlier one; empty where none did. Takes at least one."""
    return atom_feed(
        contents, title="corrections", name="corrections.xml", only=lambda item: item.manifest.supersedes is not None
    )


def atom_feed(
    contents: Sequence[Content],
    *,
    title: str = "releases",
    name: str = "feed.xml",
    only: Callable[[Content], bool] = lambda _: True,
) -> str:
    """Return an Atom feed (RFC 4287) of releases, the newest first: all, or those alone that are asked for. Takes at least one."""
    newest_first = sorted(contents, key=lambda item: (item.manifest.sealed_at, item.address), reverse=True)
    jurisdiction = newest_first[0].jurisdiction
    home = jurisdiction.base_address.rstrip("/") + "/"
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": jurisdiction.language})
    _text(feed, "title", f"{jurisdiction.title}: {title}")
    _text(feed, "id", home if name == "feed.xml" else home + name)
    _text(feed, "updated", newest_first[0].manifest.sealed_at)
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": home + name})
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{home}index.html"})
    _text(SubElement(feed, "author"), "name", jurisdiction.publisher.name)
    for content in filter(only, newest_first):
        feed.append(_entry(content))
    indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode") + "\n"


def _entry(content: Content) -> Element:
    entry = Element("entry")
    manifest = content.manifest
    _text(entry, "title", f"{content.contract.title}, vintage {manifest.vintage}")
    _text(entry, "id", data_address(content))
    _text(entry, "updated", manifest.sealed_at)
    _text(entry, "published", manifest.sealed_at)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": citation.landing_page(content)})
    _text(entry, "summary", manifest.revision_note or content.contract.says)
    return entry


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _dataset(release: PublishedRelease) -> dict[str, Any]:
    content = release.content
    manifest, contract, publisher = content.manifest, content.contract, content.jurisdiction.publisher
    made: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "@id": identifiers_of(content.jurisdiction).dataset(content.dataset),
        "identifier": [f"{manifest.jurisdiction}/{manifest.dataset}"],
        "title": contract.title,
        "description": contract.says,
        "publisher": _publisher(content),
        "contactPoint": [
            {"@type": "vcard:Kind", "fn": publisher.contact_name, "hasEmail": f"mailto:{publisher.contact_email}"}
        ],
        "landingPage": {
            "@type": "foaf:Document",
            "title": contract.title,
            "identifier": [citation.landing_page(content)],
        },
        "version": manifest.vintage,
        "issued": manifest.sealed_at,
        "modified": manifest.sealed_at,
        "spatial": [{"@type": "dcterms:Location", "prefLabel": content.jurisdiction.title}],
        "distribution": [_distribution(release, file) for file in release.files if file.product],
    }
    if manifest.revision_note:
        made["versionNotes"] = manifest.revision_note
    if how_often := frequency(content):
        made["accrualPeriodicity"] = how_often
    if covered := span(content):
        made["temporal"] = [covered]
    return made


def _distribution(release: PublishedRelease, file: PublishedFile) -> dict[str, Any]:
    content = release.content
    address = data_address(content)
    return {
        "@type": "dcat:Distribution",
        "title": f"{file.title} ({(file.format or '').upper()})",
        "identifier": [f"{content.address}/{file.product}.{file.format}"],
        "downloadURL": address + file.name,
        "mediaType": f"https://www.iana.org/assignments/media-types/{file.media_type}",
        "byteSize": str(file.bytes),
        "checksum": {
            "@type": "spdx:Checksum",
            "algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
            "checksumValue": file.sha256,
        },
        "describedBy": {
            "@type": "dcat:Distribution",
            "title": "Data dictionary",
            "downloadURL": f"{address}dictionary.html",
            "mediaType": "https://www.iana.org/assignments/media-types/text/html",
        },
        "license": content.jurisdiction.license.url,
        "issued": content.manifest.sealed_at,
    }


def _publisher(content: Content) -> dict[str, Any]:
    name = content.jurisdiction.publisher.name
    return {"@type": "org:Organization", "name": name, "prefLabel": name}


def frequency(content: Content) -> str:
    """Return the address of how often a dataset is reported; nothing where it has no rhythm."""
    known = _FREQUENCY.get(content.contract.period.grain)
    return _FREQUENCIES + known if known else ""


def span(content: Content) -> dict[str, str] | None:
    """Return the first and last period that any table of the release has, as a period of time."""
    periods = {item.indicator.period_variable for item in content.indicators.values()} - {None}
    codes = {
        str(row[name]) for frame in content.frames for name in frame.variables if name in periods for row in frame.rows
    }
    spans = [Period.parse(code) for code in sorted(codes) if code[:4].isdigit() and _is_period(code)]
    if not spans:
        return None
    first, last = min(item.starts_on for item in spans), max(item.ends_before for item in spans)
    return {"@type": "dcterms:PeriodOfTime", "startDate": first.isoformat(), "endDate": last.isoformat()}


def _is_period(text: str) -> bool:
    try:
        return bool(Period.parse(text))
    except ValueError:
        return False
