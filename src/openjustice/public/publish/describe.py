"""Describes a release's CSV files to programs: a Frictionless data package and CSV on the Web metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.public.publish import citation
from openjustice.public.publish.content import MARKERS, Column, Content, Dataframe
from openjustice.public.publish.identifiers import Identifiers, codelist_of, identifiers_of

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
    head = {"dc:title": content.contract.title, "dc:description": content.contract.says}
    return _csvw_head(content) | head | {"tables": [_csvw_table(content, frame) for frame in content.frames]}


def csvw_of(content: Content, frame: Dataframe) -> dict[str, Any]:
    """Return CSV on the Web metadata (W3C, 2015) for one CSV file of the release."""
    return _csvw_head(content) | _csvw_table(content, frame)


def _csvw_head(content: Content) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": content.jurisdiction.language.partition("-")[0]}],
        "dc:license": {"@id": content.jurisdiction.license.url},
        "dc:publisher": {"schema:name": content.jurisdiction.publisher.name},
        "dc:issued": {"@value": content.manifest.sealed_at, "@type": "http://www.w3.org/2001/XMLSchema#dateTime"},
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


def _csvw_table(content: Content, frame: Dataframe) -> dict[str, Any]:
    ids = identifiers_of(content.jurisdiction)
    schema: dict[str, Any] = {"columns": [_csvw_column(content, frame, column, ids) for column in frame.columns]}
    if _has_key(frame):
        schema["primaryKey"] = list(frame.variables)
    return {"url": f"{frame.id}.csv", "dc:title": frame.title, "dc:description": frame.says, "tableSchema": schema}


def _csvw_column(content: Content, frame: Dataframe, column: Column, ids: Identifiers) -> dict[str, Any]:
    is_key = frame.kind is ProductKind.TABLE and column.name in frame.variables
    made: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.title,
        "dc:description": column.says,
        "datatype": _CSVW.get(column.type, "string"),
        "null": [""],
        "propertyUrl": _property(content, frame, column, ids),
    }
    if is_key:
        made["required"] = True
    if column.name.endswith("_marker"):
        made["valueUrl"] = f"{ids.terms()}#marker-{{{column.name}}}"
    elif column.labels and (codelist := codelist_of(content, column.name)) != ids.area_codelist:
        # A place has an address of its own, and a total of places has not: no template makes both.
        made["valueUrl"] = f"{ids.codelist(codelist)}#{{{column.name}}}"
    return made


def _property(content: Content, frame: Dataframe, column: Column, ids: Identifiers) -> str:
    if frame.kind is not ProductKind.TABLE or column.name in frame.variables:
        return ids.dataset(content.dataset, column.name)
    if frame.indicator and column.name == "value":
        return ids.indicator(frame.indicator, "value")
    return ids.terms(column.name)


def _has_key(frame: Dataframe) -> bool:
    return frame.kind is ProductKind.TABLE and bool(frame.variables)
