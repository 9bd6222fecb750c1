"""Describes the intake as an OpenAPI 3.1 document."""

from __future__ import annotations

from typing import Any

from openjustice.confidential.collect.intake.limits import ReceivingLimits
from openjustice.ground.problems import MEDIA_TYPE

_TEXT = {"type": "string"}
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}


def make_document(limits: ReceivingLimits, *, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of the intake under these limits."""
    number = {
        "name": "number",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    }
    offset = {
        "name": "Upload-Offset", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 0},
        "description": "How many bytes are here already.",
    }  # fmt: skip
    jurisdiction, dataset = (
        {"name": name, "in": "path", "required": True, "schema": _TEXT} for name in ("jurisdiction", "dataset")
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OpenJustice intake", "version": version,
            "description": (
                "Announce a file, add its bytes, get a signed receipt when it is whole, and ask what its check found. Every step "
                "may be repeated: the same file is kept once. After a cut, ask how many bytes are here and go on from there."
            ),
        },
        "security": [{"token": []}],
        "paths": {
            "/v1/submissions": {"post": {
                "summary": "Announce a file", "requestBody": {"required": True, "content": {"application/json": {"schema": _announced(limits)}}},
                "responses": {
                    "201": _answer("The upload is open."), "200": _answer("It was announced before; this is where it stands."),
                    "422": {"description": "It is not taken; every fault is named.", **_PROBLEM}, **_refusals(),
                },
            }},
            "/v1/submissions/{number}": {"get": {
                "summary": "Where it stands, its receipt, and what the check found", "parameters": [number],
                "responses": {"200": _answer("The submission."), **_refusals()},
            }},
            "/v1/submissions/{number}/content": {
                "head": {"summary": "How many bytes are here", "parameters": [number], "responses": {"200": {"description": "See Upload-Offset."}, **_refusals()}},
                "patch": {
                    "summary": "Add bytes at the end", "parameters": [number, offset],
                    "requestBody": {"required": True, "content": {"application/octet-stream": {}}},
                    "responses": {
                        "204": {"description": "They are here; more are wanting."}, "202": _answer("The file is whole: its receipt."),
                        "409": {"description": "They are not the next ones; Upload-Offset says where to go on.", **_PROBLEM}, **_refusals(),
                    },
                },
            },
            "/v1/schemas/{jurisdiction}/{dataset}": {"get": {
                "summary": "A dataset's records as a JSON Schema", "parameters": [jurisdiction, dataset], "security": [],
                "responses": {"200": _answer("The schema."), **_refusals()},
            }},
            "/v1/key": {"get": {"summary": "The key that receipts are verified with", "security": [], "responses": {"200": _answer("The key.")}}},
        },
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }  # fmt: skip


def _announced(limits: ReceivingLimits) -> dict[str, Any]:
    properties = {
        "dataset": {**_TEXT, "description": "The dataset: `jurisdiction/name`."},
        "period": {**_TEXT, "description": "What the file is about: 2018, 2018-03, 2018-Q1, or 2005/2018."},
        "file_name": {**_TEXT, "description": "Its ending tells its form."},
        "bytes": {"type": "integer", "minimum": 1, "maximum": limits.largest_upload_bytes},
        "sha256": {**_TEXT, "pattern": "^[0-9a-f]{64}$"},
    }
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _answer(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": {"type": "object"}}}}


def _refusals() -> dict[str, Any]:
    words = {
        "400": "Something in the request is wrong; each thing is named.", "401": "A token is needed.",
        "404": "There is no such thing of yours.", "503": "More files wait than may: come again after Retry-After.",
    }  # fmt: skip
    return {status: {"description": says, **_PROBLEM} for status, says in words.items()}
