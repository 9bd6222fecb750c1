"""Writes a contract as the standards know it: Frictionless Table Schema and CSV on the Web."""

from __future__ import annotations

from typing import Any

from openjustice.contracts.dataset import Contract, FieldDeclaration, FieldType
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground.terms import Role

_CSVW_TYPES = {
    FieldType.STRING: "string",
    FieldType.CODE: "string",
    FieldType.INTEGER: "integer",
    FieldType.NUMBER: "double",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
}


def table_schema(dataset: Dataset, *, jurisdiction: Jurisdiction) -> dict[str, Any]:
    """Return the field part of a contract as a Frictionless Table Schema (v2 profile), with `role` as an extra property.

    Surprise: a code list becomes an `enum` with its labels under `categories`; what may be missing is listed once for all.
    """
    contract = dataset.contract
    fields = [_schema_field(name, field, jurisdiction) for name, field in contract.fields.items()]
    missing = {"": None} | {text: None for field in contract.fields.values() for text in field.missing}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": contract.dataset,
        "title": contract.title,
        "description": contract.says,
        "fields": fields,
        "primaryKey": list(contract.key),
        "missingValues": list(missing),
    }


def csvw_metadata(dataset: Dataset, *, jurisdiction: Jurisdiction, address: str) -> dict[str, Any]:
    """Return a contract as CSV on the Web metadata (W3C, 2015) for a file at the given address."""
    contract = dataset.contract
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": jurisdiction.declaration.language.partition("-")[0]}],
        "url": address,
        "dc:title": contract.title,
        "dc:description": contract.says,
        "dc:license": {"@id": jurisdiction.declaration.license.url},
        "dc:publisher": {"schema:name": jurisdiction.declaration.publisher.name},
        "tableSchema": {
            "columns": [_csvw_column(name, field) for name, field in contract.fields.items()],
            "primaryKey": list(contract.key),
            "aboutUrl": "#" + "-".join(f"{{{name}}}" for name in contract.key),
        },
    }


def public_view(contract: Contract) -> tuple[str, ...]:
    """Return the fields that may ever appear outside: everything but direct identifiers."""
    return contract.fields_with(Role.QUASI_IDENTIFIER, Role.SENSITIVE, Role.NON_SENSITIVE)


def _schema_field(name: str, field: FieldDeclaration, jurisdiction: Jurisdiction) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "type": "string" if field.type is FieldType.CODE else field.type.value}
    made |= {"title": field.title or name.replace("_", " "), "description": field.says, "role": field.role.value}
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.codelist:
        codes = jurisdiction.codelist(field.codelist).codes
        constraints["enum"] = [item.code for item in codes]
        made["categories"] = [{"value": item.code, "label": item.label} for item in codes]
    if field.pattern and field.type in (FieldType.STRING, FieldType.CODE):  # a pattern of the text; a number has none
        constraints["pattern"] = field.pattern
    for bound, value in zip(("minimum", "maximum"), field.range or (), strict=False):
        if value is not None:
            constraints[bound] = int(value) if field.type is FieldType.INTEGER else value
    return made | ({"constraints": constraints} if constraints else {})


def _csvw_column(name: str, field: FieldDeclaration) -> dict[str, Any]:
    datatype: dict[str, Any] = {"base": _CSVW_TYPES[field.type]}
    if field.pattern and field.type in (FieldType.STRING, FieldType.CODE):
        datatype["format"] = field.pattern
    for bound, value in zip(("minimum", "maximum"), field.range or (), strict=False):
        if value is not None:
            datatype[bound] = int(value) if field.type is FieldType.INTEGER else value
    return {
        "name": name,
        "titles": field.title or name.replace("_", " "),
        "dc:description": field.says,
        "datatype": datatype,
        "required": field.required,
        "null": ["", *field.missing],
    }


def json_schema(dataset: Dataset, *, jurisdiction: Jurisdiction) -> dict[str, Any]:
    """Return the records of a contract as a JSON Schema (2020-12): one object for each line of a JSON Lines file.

    Surprise: it says what one record may be; rules over several fields or records are in the dataset's checks.
    """
    contract = dataset.contract
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": contract.title,
        "description": contract.says,
        "type": "object",
        "properties": {name: _json_property(field, jurisdiction) for name, field in contract.fields.items()},
        "required": [name for name, field in contract.fields.items() if field.required],
        "additionalProperties": False,
    }


def _json_property(field: FieldDeclaration, jurisdiction: Jurisdiction) -> dict[str, Any]:
    kinds = {FieldType.INTEGER: "integer", FieldType.NUMBER: "number", FieldType.BOOLEAN: "boolean"}
    made: dict[str, Any] = {"type": kinds.get(field.type, "string"), "description": field.says}
    if field.type is FieldType.DATE and not field.format:
        made["format"] = "date"
    if field.pattern and made["type"] == "string":
        made["pattern"] = field.pattern
    for bound, value in zip(("minimum", "maximum"), field.range or (), strict=False):
        if value is not None:
            made[bound] = int(value) if field.type is FieldType.INTEGER else value
    if field.codelist and not field.several:
        made["enum"] = [item.code for item in jurisdiction.codelist(field.codelist).codes]
    empty = [*field.missing, *([] if field.required else [""])]
    if not field.required or empty:
        made = {"anyOf": [made, {"enum": [*empty, None]}], "description": field.says}
    return made
