"""Describes the service as an OpenAPI 3.1 document, made from what it holds and the limits in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.ground.problems import MEDIA_TYPE
from openjustice.public.publish.content import Column
from openjustice.public.service.holdings import Held, HeldRelease
from openjustice.public.service.limits import Limits
from openjustice.public.service.question import COUNT, FORMATS, MEASURES, is_number
from openjustice.public.service.sparql import FORMS
from openjustice.public.service.sparql_worker import CSV, JSON, TURTLE

_PROBLEMS = {
    "400": "The question cannot be answered as it stands; every parameter that is wrong is named.",
    "404": "There is nothing at this address.",
    "414": "The address is longer than it may be.",
    "503": "Too many questions at once, or the question takes longer than it may.",
}


def make_document(releases: list[HeldRelease], *, limits: Limits, version: str) -> dict[str, Any]:
    """Return the OpenAPI document for these releases: one path for each table, its columns as parameters."""
    paths: dict[str, Any] = {
        "/v1/datasets": _path("List the datasets", "Every dataset, its newest release and all of them."),
        "/v1/sparql": _sparql(),
        "/v1/problems": _path("List the problems", "What the service may say when it does not answer."),
    }
    for release in releases:
        address = f"/v1/releases/{release.manifest.address}"
        paths[address] = _path(f"{release.manifest.title}, {release.manifest.vintage}", "What is in this release.")
        for held in release.products.values():
            paths[f"{address}/{held.id}"] = _path(held.title, "Its columns and codes.")
            paths[f"{address}/{held.id}/records"] = _records(held, limits)
            paths[f"{address}/{held.id}/aggregate"] = _aggregate(held, limits)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OpenJustice query service",
            "version": version,
            "summary": "Sealed releases of open criminal-justice data, read-only.",
            "description": (
                "An address with a release's version never changes its answer. CSV and Parquet answers are whole; JSON comes in "
                "pages, and each page says how many rows there are. Numbers that are hidden, wanting or not applicable "
                "are empty, and the column beside them says why."
            ),
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _problem_schema()}},
    }


def _path(summary: str, says: str) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {"description": says, "content": {"application/json": {"schema": {"type": "object"}}}},
        "304": {"description": "What you have is still right."},
    }
    return {"get": {"summary": summary, "responses": {**answers, **_problems()}}}


def _sparql() -> dict[str, Any]:
    parameters = [
        {**_parameter("query", {"type": "string"}, "A SPARQL 1.1 query over the newest releases: SELECT, ASK, CONSTRUCT or DESCRIBE."), "required": True},
        _parameter("format", {"type": "string", "enum": list(FORMS)}, "The form of the answer; or say it in Accept."),
    ]  # fmt: skip
    content: dict[str, Any] = {media.partition(";")[0]: {"schema": {}} for media in (JSON, CSV, TURTLE)}
    answers: dict[str, Any] = {
        "200": {"description": "The answer, whole.", "content": content}, "304": {"description": "What you have is still right."},
    }  # fmt: skip
    return {
        "get": {"summary": "Ask the linked data", "parameters": parameters, "responses": {**answers, **_problems()}}
    }


def _records(held: Held, limits: Limits) -> dict[str, Any]:
    names = [item.name for item in held.columns]
    page = f"Rows of a JSON page ({limits.page_rows} where nothing is said); of CSV and Parquet as many as you say, or all."
    parameters = [
        _list("select", names, "Columns wanted, separated by commas."),
        _list(
            "sort",
            [*names, *(f"-{name}" for name in names)],
            "Columns to sort by; a minus sign before one turns it around.",
        ),
        _parameter("limit", {"type": "integer", "minimum": 1, "maximum": limits.largest_page_rows}, page),
        _parameter(
            "offset", {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}, "Rows to leave out at the beginning."
        ),
        _form(),
        *_filters(held),
    ]
    return _question(f"{held.title}: rows", parameters)


def _aggregate(held: Held, limits: Limits) -> dict[str, Any]:  # noqa: ARG001 (the shape of its sibling)
    names = list(held.variables) if held.is_table else [item.name for item in held.columns]
    parameters = [_list("group", names, "Columns to group by, separated by commas."), _form()]
    if not held.is_table:
        numbers = [item.name for item in held.columns if is_number(item)]
        measures = [COUNT, *(f"{measure}:{name}" for measure in MEASURES for name in numbers)]
        parameters.append(_list("measure", measures, "What is measured of each group, separated by commas."))
    return _question(
        f"{held.title}: groups", [*parameters, *_filters(held, only=held.variables if held.is_table else None)]
    )


def _question(summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    content = {
        media.partition(";")[0]: {"schema": {"type": "object"} if form == "json" else {"type": "string"}}
        for form, media in FORMATS.items()
    }
    answers: dict[str, Any] = {
        "200": {"description": "The answer.", "content": content}, "304": {"description": "What you have is still right."},
    }  # fmt: skip
    return {"get": {"summary": summary, "parameters": parameters, "responses": {**answers, **_problems()}}}


def _filters(held: Held, *, only: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    columns = [item for item in held.columns if only is None or item.name in only]
    return [parameter for column in columns for parameter in _filters_of(column, held.codes)]


def _filters_of(column: Column, codes: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    schema = _schema_of(column)
    one_of = (
        {**schema, "enum": list(codes[column.name])}
        if column.name in codes and schema == {"type": "string"}
        else schema
    )
    many = {"type": "array", "items": one_of}
    return [
        _parameter(column.name, many, f"{column.title}: any of these values."),
        _parameter(f"{column.name}.not", many, f"{column.title}: none of these values."),
        _parameter(f"{column.name}.min", schema, f"{column.title}: at least."),
        _parameter(f"{column.name}.max", schema, f"{column.title}: at most."),
        _parameter(
            f"{column.name}.empty", {"type": "string", "enum": ["true", "false"]}, f"{column.title}: empty or not."
        ),
    ]


def _schema_of(column: Column) -> dict[str, Any]:
    if is_number(column):
        whole = "INT" in column.type
        return {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1} if whole else {"type": "number"}
    if column.type == "DATE":
        return {"type": "string", "format": "date"}
    return {"type": "string", "enum": ["true", "false"]} if column.type == "BOOLEAN" else {"type": "string"}


def _parameter(name: str, schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": says, "schema": schema}


def _list(name: str, values: list[str], says: str) -> dict[str, Any]:
    schema = {"type": "array", "items": {"type": "string", "enum": values}, "uniqueItems": True}
    return {**_parameter(name, schema, says), "style": "form", "explode": False}


def _form() -> dict[str, Any]:
    return _parameter(
        "format", {"type": "string", "enum": list(FORMATS)}, "The form of the answer; or say it in Accept."
    )


def _problems() -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": says, "content": content} for status, says in _PROBLEMS.items()}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    fault = {
        "type": "object", "required": ["parameter", "detail"],
        "properties": {"parameter": text, "detail": text, "way_out": text},
    }  # fmt: skip
    return {
        "type": "object", "required": ["type", "title", "status", "instance"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "instance": text,
            "errors": {"type": "array", "items": fault},
        },
    }  # fmt: skip
