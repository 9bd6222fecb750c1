"""The addresses of the intake. They hold no rule: what may be sent is the contract's, what was found is the check's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

import openjustice
from openjustice.confidential.collect.intake import receipts, tokens
from openjustice.confidential.collect.intake.limits import ReceivingLimits
from openjustice.confidential.collect.intake.spool import OPEN, Announced, Full, OtherPlace, Spool, Upload
from openjustice.confidential.collect.intake.worker import House
from openjustice.contracts import export
from openjustice.ground import errors, problems
from openjustice.ground.problems import Fault, Problem
from openjustice.office.intake import document

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_OFFSET = "Upload-Offset"
_ANNOUNCED = {"dataset": str, "period": str, "file_name": str, "bytes": int, "sha256": str}


class Intake:
    """The endpoints over one spool. An upload is written to by one request at a time; the disk is written on threads."""

    def __init__(
        self, spool: Spool, house: House, *, key: Ed25519PrivateKey, limits: ReceivingLimits, now: Callable[[], str]
    ) -> None:
        self.spool, self.house, self.key, self.limits, self.now = spool, house, key, limits, now
        self._turns: dict[str, asyncio.Lock] = {}

    # -- for everybody -----------------------------------------------------------------------------------------------

    async def openapi(self, _: Request) -> Response:
        """Describe the addresses."""
        return _json(document.make_document(self.limits, version=openjustice.__version__))

    async def public_key(self, _: Request) -> Response:
        """Give the key that receipts are verified with."""
        return _json(
            {"key": receipts.public_text(self.key), "algorithm": "Ed25519", "over": "canonical JSON, see the guide"}
        )

    async def schema(self, request: Request) -> Response:
        """Give a dataset's records as a JSON Schema, made from its contract."""
        given = request.path_params
        dataset, jurisdiction = self.house.find(f"{given['jurisdiction']}/{given['dataset']}")
        return _json(export.json_schema(dataset, jurisdiction=jurisdiction))

    # -- for the holder of a token -----------------------------------------------------------------------------------

    async def announce(self, request: Request) -> Response:
        """Open an upload, or say where the one there is stands."""
        reporter = self._reporter(request)
        announced = await self._announced(request, reporter)
        at = self.now()
        await asyncio.to_thread(self.house.check, announced, at=at)
        async with self._turn(announced.number):
            is_new = self.spool.find(announced.number) is None
            upload = await asyncio.to_thread(self.spool.announce, announced, at=at)
        headers = {"Location": _address(upload), _OFFSET: str(upload.offset)}
        return _json(_tell(upload), HTTPStatus.CREATED if is_new else HTTPStatus.OK, headers)

    async def status(self, request: Request) -> Response:
        """Say where an upload stands, with its receipt, and what the check found."""
        return _json(_tell(self._mine(request)))

    async def offset(self, request: Request) -> Response:
        """Say how many bytes of an upload are here."""
        upload = self._mine(request)
        return Response(headers={**_HEADERS, _OFFSET: str(upload.offset), "Content-Length": "0"})

    async def append(self, request: Request) -> Response:
        """Add bytes at the end of an upload; when it is whole, it is queued and receipted."""
        upload = self._mine(request)
        offset = _whole(request.headers.get(_OFFSET, ""))
        async with self._turn(upload.number):
            if upload.state == OPEN:
                try:
                    async for block in request.stream():
                        if block:
                            offset = await asyncio.to_thread(self.spool.append, upload.number, block, offset=offset)
                except ClientDisconnect:
                    return Response(status_code=HTTPStatus.NO_CONTENT)  # nobody reads it; what came is kept
                if offset < upload.announced.bytes:
                    return Response(status_code=HTTPStatus.NO_CONTENT, headers={**_HEADERS, _OFFSET: str(offset)})
            upload = await asyncio.to_thread(self.spool.finish, upload.number, at=self.now())
        return _json(_tell(upload), HTTPStatus.ACCEPTED, {_OFFSET: str(upload.offset)})

    # -- inside ------------------------------------------------------------------------------------------------------

    def _turn(self, number: str) -> asyncio.Lock:
        return self._turns.setdefault(number, asyncio.Lock())

    def _reporter(self, request: Request) -> str:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        reporter = tokens.find_reporter(self.house.home, given) if scheme.lower() == "bearer" and given else None
        if reporter is None:
            headers = {"WWW-Authenticate": "Bearer"}
            raise Problem(
                HTTPStatus.UNAUTHORIZED, "no-token", "A token is needed.",
                detail="Send it as `Authorization: Bearer TOKEN`; the administrator of the home makes one.", headers=headers,
            )  # fmt: skip
        return reporter

    def _mine(self, request: Request) -> Upload:
        reporter = self._reporter(request)
        upload = self.spool.find(request.path_params["number"])
        if upload is None or upload.announced.reporter != reporter:  # another's is not there
            raise problems.not_here("There is no such submission of yours.", "POST /v1/submissions announces one.")
        return upload

    async def _announced(self, request: Request, reporter: str) -> Announced:
        body = b""
        async for block in request.stream():
            body += block
            if len(body) > self.limits.largest_request_bytes:
                detail = f"At most {self.limits.largest_request_bytes:,} bytes announce a file."
                raise Problem(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-long", "The announcement is too long.", detail=detail
                )
        try:
            given = json.loads(body)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict):
            raise problems.bad_question([Fault("body", "It is no JSON object.", f"Give {', '.join(_ANNOUNCED)}.")])
        faults = [
            Fault(name, "It is missing or of another kind.", "Give a whole number." if kind is int else "Give a text.")
            for name, kind in _ANNOUNCED.items()
            if not isinstance(given.get(name), kind) or isinstance(given.get(name), bool)
        ]
        faults += [Fault(name, "There is no such key.", "Leave it out.") for name in given if name not in _ANNOUNCED]
        if faults:
            raise problems.bad_question(faults)
        return Announced(**given, reporter=reporter)


def make_app(
    spool: Spool, house: House, *, key: Ed25519PrivateKey, limits: ReceivingLimits, now: Callable[[], str]
) -> Starlette:
    """Return the web application of the intake: ASGI, no cookies, no log of what is sent."""
    desk = Intake(spool, house, key=key, limits=limits, now=now)
    one = "/v1/submissions/{number}"
    routes = [
        Route("/openapi.json", desk.openapi),
        Route("/v1/key", desk.public_key),
        Route("/v1/schemas/{jurisdiction}/{dataset}", desk.schema),
        Route("/v1/submissions", desk.announce, methods=["POST"]),
        Route(one, desk.status),
        Route(f"{one}/content", desk.offset, methods=["HEAD"]),
        Route(f"{one}/content", desk.append, methods=["PATCH"]),
    ]

    def full(request: Request, _: Exception) -> Response:
        headers = {"Retry-After": str(limits.retry_seconds)}
        detail = "Nothing is lost: announce the file again later."
        problem = Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "full", "More files wait than may.", detail=detail, headers=headers
        )
        return _answer(request, problem)

    handlers: dict[Any, Any] = {
        Problem: _answer, HTTPException: _answer_http, errors.Refusal: _answer_refusal, Full: full,
        OtherPlace: _answer_other_place, Exception: _answer_fault,
    }  # fmt: skip
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return app


def open_spool(home: Path, *, limits: ReceivingLimits, key: Ed25519PrivateKey) -> Spool:
    """Return the spool of a home."""
    return Spool(home / "confidential" / "intake", limits=limits, key=key)


def _tell(upload: Upload) -> dict[str, Any]:
    return {
        "submission": upload.number, "state": upload.state, "bytes_here": upload.offset, "bytes": upload.announced.bytes,
        "receipt": upload.receipt, "result": upload.result, "at": _address(upload),
    }  # fmt: skip


def _address(upload: Upload) -> str:
    return f"/v1/submissions/{upload.number}"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        fault = Fault(_OFFSET, "It is missing or no whole number.", "Say how many bytes are here already; HEAD tells.")
        raise problems.bad_question([fault])
    return int(text)


def _json(content: Any, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status_code=status, media_type="application/json", headers={**_HEADERS, **(headers or {})})


def _answer(request: Request, problem: Any) -> Response:
    body = json.dumps(problem.as_document(instance=request.url.path), ensure_ascii=False).encode()
    headers = {**_HEADERS, **problem.headers}
    return Response(body, status_code=problem.status.value, media_type=problems.MEDIA_TYPE, headers=headers)


def _answer_http(request: Request, exception: Any) -> Response:
    title = "There is nothing to do at this address in this way."
    return _answer(request, Problem(HTTPStatus(exception.status_code), "not-here", title, detail="See /openapi.json."))


def _answer_other_place(request: Request, exception: Any) -> Response:
    detail = f"{exception.offset} bytes are here: go on from there."
    headers = {_OFFSET: str(exception.offset)}
    return _answer(
        request,
        Problem(HTTPStatus.CONFLICT, "other-place", "The bytes are not the next ones.", detail=detail, headers=headers),
    )


def _answer_refusal(request: Request, refusal: Any) -> Response:
    """Answer with the faults of a refusal of ours; they hold no value of a record."""
    if isinstance(refusal, errors.HouseFault):
        return _answer_fault(request, refusal)
    faults = tuple(Fault(item.place.field or item.code, item.what, item.way_out) for item in refusal.faults)
    return _answer(
        request, Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "refused", "The file is not taken.", faults=faults)
    )


def _answer_fault(request: Request, _: Any) -> Response:
    problem = Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "our-fault",
        "The intake failed.",
        detail="Ask where the upload stands, and go on.",
    )
    return _answer(request, problem)
