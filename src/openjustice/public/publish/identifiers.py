"""Gives everything that is published its stable address (URI), below the base that the jurisdiction declares.

An address of a thing ends in `/`, where a page and its Turtle twin stand; a part of a thing is a fragment of its address. Codes
are percent-encoded as RFC 6570 does it, so that a CSV on the Web template makes the same address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.jurisdiction import JurisdictionDeclaration
from openjustice.public.publish.content import Content

ROOT = "id"
TERMS = "terms"
_OWN_FOLDER = re.compile(r"[A-Za-z0-9_-]+")


def encoded(code: str) -> str:
    """Return a code as part of an address."""
    return quote(code, safe="")


@dataclass(frozen=True)
class Identifiers:
    """The addresses of one jurisdiction. `area_codelist` names the list whose codes are places and have pages of their own."""

    base: str
    area_codelist: str

    def thing(self, kind: str, name: str) -> str:
        """Return the address of a thing of a kind."""
        return f"{self.base}{place(kind, name)}"

    def terms(self, word: str = "") -> str:
        """Return the address of the words that every table shares, or of one of them."""
        return f"{self.base}{ROOT}/{TERMS}/" + (f"#{encoded(word)}" if word else "")

    def marker(self, code: str) -> str:
        """Return the address of a marker."""
        return self.terms(f"marker-{code}")

    def dataset(self, name: str, variable: str = "") -> str:
        """Return the address of a dataset, or of one of its variables."""
        return self.thing("dataset", name) + (f"#{encoded(variable)}" if variable else "")

    def indicator(self, name: str, part: str = "") -> str:
        """Return the address of an indicator, or of its number (`value`)."""
        return self.thing("indicator", name) + (f"#{encoded(part)}" if part else "")

    def codelist(self, name: str) -> str:
        """Return the address of a code list."""
        return self.thing("codelist", name)

    def code(self, codelist: str, code: str) -> str:
        """Return the address of a code. A code of the areas' list is a place and has an address of its own."""
        if codelist == self.area_codelist and has_own_folder(code):
            return self.thing("area", code)
        return f"{self.codelist(codelist)}#{encoded(code)}"

    def file(self, content: Content, name: str) -> str:
        """Return the address of a file of a release."""
        return f"{self.base}data/{content.dataset}/{content.manifest.vintage}/{name}"


def identifiers_of(jurisdiction: JurisdictionDeclaration) -> Identifiers:
    """Return the addresses of a jurisdiction, below the base that it declares."""
    return Identifiers(
        base=jurisdiction.base_address.rstrip("/") + "/", area_codelist=jurisdiction.area_codelist.partition("@")[0]
    )


def place(kind: str, name: str) -> str:
    """Return the path from the portal's root where the page of a thing stands."""
    return f"{ROOT}/{kind}/{encoded(name)}/"


def has_own_folder(code: str) -> bool:
    """Return whether a code can be a folder's name on every server; a special one (`_T`) is no thing."""
    return bool(_OWN_FOLDER.fullmatch(code)) and not code.startswith("_")


def codelist_of(content: Content, column: str) -> str:
    """Return the name of the code list of a column: the registry's own where the column keeps its codes, else one of its own.

    The declarations alone decide, never the rows, so that a code has the same address in every release.
    """
    variable = content.variables.get(column)
    declared = content.contract.fields.get(variable.of if variable and variable.of else column)
    shared: Codelist | None = content.codelists.get(((declared.codelist if declared else None) or "").partition("@")[0])
    labels = variable.labels if variable else (shared.labels() if shared else {})
    if shared is not None and labels and set(labels) <= set(shared.labels()):
        return shared.codelist
    return f"{content.dataset}.{column}"
