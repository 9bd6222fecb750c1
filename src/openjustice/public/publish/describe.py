"""Describes a release's CSV files to programs: a Frictionless data package and CSV on the Web metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.public.publish import citation
from openjustice.public.publish.content import MARKERS, Column, Content, Dataframe

_FRICTIONLESS = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date"}
_CSVW = {"BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "date"}


def data_package(content: Content, *, folder: Path) -> dict[str, Any]:
    """Return the Frictionless data package (version 2) of the CSV files in the folder, with sizes and digests."""
    terms = content.jurisdiction.license
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"{content.manifest.jurisdiction}-{content.dataset}".replace("_", "-"),
        "id": citation.landing_page(content),
        "title": content.contract.title,
        "description": content.contract.says,
        "version": content.manifest.vintage,
        "created": content.manifest.sealed_at,
        "homepage": citation.landing_page(content),
        "keywords": list(content.contract.keywords or (content.dataset,)),
        "licenses": [{"title": terms.title, "path": terms.url}],
        "contributors": [{"title": content.jurisdiction.publisher.name, "roles": ["publisher"]}],
        "markers": {code: says for code, (_, says) in MARKERS.items()},
        "resources": [_resource(frame, folder / f"{frame.id}.csv") for frame in content.frames],
    }


def csvw(content: Content) -> dict[str, Any]:
    """Return CSV on the Web metadata (W3C, 2015) for all CSV files of the release."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": content.jurisdiction.language.partition("-")[0]}],
        "dc:title": content.contract.title,
        "dc:description": content.contract.says,
        "dc:license": {"@id": content.jurisdiction.license.url},
        "dc:publisher": {"schema:name": {"@value": content.jurisdiction.publisher.name}},
        "dc:issued": {"@value": content.manifest.sealed_at, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
        "tables": [_csvw_table(frame) for frame in content.frames],
    }


def _resource(frame: Dataframe, path: Path) -> dict[str, Any]:
    return {
        "name": frame.id.replace("__", "-").replace("_", "-"),
        "path": path.name,
        "title": frame.title,
        "description": frame.says,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_digest(path)}",
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(column) for column in frame.columns],
            "missingValues": [""],
            **({"primaryKey": list(frame.variables)} if _has_key(frame) else {}),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS.get(column.type, "string"),
        "title": column.title,
        "description": column.says,
    }
    if column.labels:
        made["categories"] = [{"value": code, "label": label} for code, label in column.labels.items()]
    return made


def _csvw_table(frame: Dataframe) -> dict[str, Any]:
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in frame.columns]}
    if _has_key(frame):
        schema["primaryKey"] = list(frame.variables)
    return {"url": f"{frame.id}.csv", "dc:title": frame.title, "dc:description": frame.says, "tableSchema": schema}


def _csvw_column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.title,
        "dc:description": column.says,
        "datatype": _CSVW.get(column.type, "string"),
        "null": [""],
    }


def _has_key(frame: Dataframe) -> bool:
    return frame.kind is ProductKind.TABLE and bool(frame.variables)
