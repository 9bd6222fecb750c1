"""What every answer has: the heads that keep a page to itself, files that pass, and problem documents."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import anyio
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp

from openjustice.ground import problems
from openjustice.ground.problems import Problem
from openjustice.public.service.limits import Limits

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",  # open data: any page may ask, nothing of the asker is sent or kept
    "Access-Control-Expose-Headers": "ETag, Link, Openjustice-Rows",
}
_READING = ("GET", "HEAD", "OPTIONS")


class PassingFile(FileResponse):
    """An answer that stands in a scratch file until it has been sent, or the asker has gone."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send the file, then remove it whatever happened."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await anyio.Path(self.path).unlink(missing_ok=True)


class Gate:
    """Turns away what no endpoint should see: other methods, and addresses that are too long."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a reading request on; answer everything else here."""
        response = self._turn_away(scope) if scope["type"] == "http" else None
        await (response or self.app)(scope, receive, send)

    def _turn_away(self, scope: Any) -> Response | None:
        if scope["method"] == "OPTIONS":
            headers = {**HEADERS, "Allow": ", ".join(_READING), "Access-Control-Allow-Methods": ", ".join(_READING)}
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        if scope["method"] not in _READING:
            status = HTTPStatus.METHOD_NOT_ALLOWED
            problem = Problem(status, "read-only", "This service is read-only.", headers={"Allow": ", ".join(_READING)})
            return as_response(problem, instance=scope["path"])
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self.limits.largest_address_bytes:
            detail = f"At most {self.limits.largest_address_bytes:,} bytes. Ask in parts, or take the whole file."
            problem = Problem(
                HTTPStatus.REQUEST_URI_TOO_LONG, "address-too-long", "The address is too long.", detail=detail
            )
            return as_response(problem, instance="/")
        return None


def busy(title: str, limits: Limits) -> Problem:
    """Return the problem of a question that found no turn, or took too long."""
    detail = "Come again later, ask for less, or take the whole file from the portal."
    headers = {"Retry-After": f"{limits.wait_seconds:.0f}"}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", title, detail=detail, headers=headers)


def as_response(problem: Problem, *, instance: str) -> Response:
    """Return the answer that carries a problem document."""
    body = json.dumps(problem.as_document(instance=instance), ensure_ascii=False).encode()
    headers = {**HEADERS, **problem.headers, "Cache-Control": "no-store"}
    return Response(body, status_code=problem.status.value, media_type=problems.MEDIA_TYPE, headers=headers)
