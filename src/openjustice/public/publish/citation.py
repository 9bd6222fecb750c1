"""Says how a release is cited, and under which license it stands."""

from __future__ import annotations

import json

from openjustice.public.publish.content import Content
from openjustice.public.publish.language import say


def landing_page(content: Content) -> str:
    """Return the public address of the dataset's page."""
    return f"{content.jurisdiction.base_address.rstrip('/')}/datasets/{content.dataset}/index.html"


def as_text(content: Content) -> str:
    """Return the citation as one sentence for a list of references."""
    manifest, publisher = content.manifest, content.jurisdiction.publisher.name
    invented = f" {say('Invented data: nothing in it is real.')}" if content.jurisdiction.invented else ""
    cited = say(
        "{publisher} ({year}). {title}, {place}, vintage {vintage} [data set]. {address}. Manifest SHA-256 {digest}.",
        publisher=publisher,
        year=manifest.sealed_at[:4],
        title=content.contract.title,
        place=content.jurisdiction.title,
        vintage=manifest.vintage,
        address=landing_page(content),
        digest=manifest.digest[:16],
    )
    return cited + invented


def as_cff(content: Content) -> str:
    """Return the citation in the Citation File Format, version 1.2."""
    manifest, terms = content.manifest, content.jurisdiction.license
    lines = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": f"{content.contract.title}, {content.jurisdiction.title}",
        "abstract": content.contract.says,
        "version": manifest.vintage,
        "date-released": manifest.sealed_at[:10],
        "url": landing_page(content),
        "license-url": terms.url,
    }
    # JSON strings are YAML strings, so quoting is never a question.
    body = "".join(f"{name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in lines.items())
    publisher = json.dumps(content.jurisdiction.publisher.name, ensure_ascii=False)
    identifier = json.dumps(f"sha256:{manifest.digest}")
    return (
        f"{body}authors:\n  - name: {publisher}\nidentifiers:\n  - type: other\n    value: {identifier}\n"
        "    description: SHA-256 of the release's manifest\n"
    )


def license_text(content: Content) -> str:
    """Return the license's name and where its words stand, with what no license can allow."""
    terms = content.jurisdiction.license
    return (
        f"{content.contract.title}, {content.jurisdiction.title}, vintage {content.manifest.vintage}\n"
        f"Published by {content.jurisdiction.publisher.name}\n\n"
        f"License: {terms.title}\n{terms.url}\n\n"
        "Whatever the license allows: do not try to find out who a person in these data is. If you believe that you have\n"
        f"recognized someone, tell no one but the publisher: {content.jurisdiction.publisher.contact_email}\n"
    )
