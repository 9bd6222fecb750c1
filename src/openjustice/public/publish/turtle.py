"""Writes RDF as Turtle: names, literals and blocks of statements, in the order given, so that equal input is equal bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-code": "http://purl.org/linked-data/sdmx/2009/code#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

# What a local name may hold as it is; "." and "~" are escaped, the rest has been percent-encoded before.
_LOCAL = re.compile(r"(?:[A-Za-z0-9_:.~-]|%[0-9A-Fa-f]{2})+")
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def iri(address: str) -> str:
    """Return an address in angle brackets; what may not stand there is percent-encoded."""
    return f"<{_NOT_IN_ADDRESS.sub(lambda found: f'%{ord(found[0]):02X}', address)}>"


def name(prefix: str, local: str) -> str | None:
    """Return a prefixed name, or None where the local part cannot be written as one."""
    if not _LOCAL.fullmatch(local) or local.startswith("-"):
        return None
    return f"{prefix}:{local.replace('.', chr(92) + '.').replace('~', chr(92) + '~')}"


def text(words: str, language: str = "") -> str:
    """Return a string literal, with its language where it has one."""
    return f'"{words.translate(_ESCAPES)}"' + (f"@{language}" if language else "")


def number(value: float) -> str:
    """Return a double that reads back as exactly this number; NaN where it is none."""
    if math.isfinite(value):
        written = repr(float(value))
        return written if "e" in written else f"{written}e0"
    return '"NaN"^^xsd:double' if math.isnan(value) else f'"{"-" * (value < 0)}INF"^^xsd:double'


def literal(value: Any) -> str:
    """Return a value of a table as a typed literal."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return number(value)
        case date():
            return f'"{value.isoformat()}"^^xsd:date'
        case _:
            return text(str(value))


def head(prefixes: Mapping[str, str]) -> str:
    """Return the lines that declare the prefixes."""
    return "".join(f"@prefix {short}: {iri(address)} .\n" for short, address in prefixes.items())


def block(subject: str, statements: Iterable[tuple[str, str | Iterable[str]]]) -> str:
    """Return all statements about one thing; a statement without an object is left out."""
    lines = []
    for verb, objects in statements:
        listed = [objects] if isinstance(objects, str) else list(objects)
        if any(listed):
            lines.append(f"  {verb} {', '.join(item for item in listed if item)}")
    return f"{subject}\n" + " ;\n".join(lines) + " .\n"
