"""The web application of the query service: addresses, heads, entity tags, limits, and a problem document for everything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

import openjustice
from openjustice.ground import errors, problems
from openjustice.ground.engine import OutOfTime
from openjustice.ground.problems import Problem
from openjustice.public.service import answer, openapi, question, sparql
from openjustice.public.service.answer import Statement
from openjustice.public.service.holdings import Held, HeldRelease, Holdings
from openjustice.public.service.limits import Limits
from openjustice.public.service.linked import LinkedData
from openjustice.public.service.question import FORMATS
from openjustice.public.service.replies import HEADERS, Gate, PassingFile, as_response, busy

_YEAR = 31_536_000
_RELEASE = "/v1/releases/{jurisdiction}/{dataset}/{vintage}"


class Service:
    """The endpoints over one set of holdings. Each question runs on a thread; the rest answers at once."""

    def __init__(self, holdings: Holdings, *, linked: LinkedData, limits: Limits) -> None:
        self.holdings, self.linked, self.limits = holdings, linked, limits
        self._turns = anyio.CapacityLimiter(limits.at_once)
        self._made = 0

    # -- what is known -----------------------------------------------------------------------------------------------

    async def index(self, request: Request) -> Response:
        """Say what this is and where to go on."""
        content = {
            "says": "Sealed releases of open criminal-justice data, read-only. An address with a version never changes its answer.",
            "datasets": "/v1/datasets", "sparql": "/v1/sparql", "openapi": "/openapi.json", "limits": self.limits.model_dump(mode="json"),
        }  # fmt: skip
        return self._changing(request, content)

    async def openapi(self, request: Request) -> Response:
        """Describe every address of the newest releases."""
        newest = [address for name in self._datasets() if (address := self.holdings.latest(name))]
        releases = [await self._release_at(address) for address in newest]
        return self._changing(
            request, openapi.make_document(releases, limits=self.limits, version=openjustice.__version__)
        )

    async def problems(self, request: Request) -> Response:
        """Say what a problem document holds."""
        return self._changing(
            request, {"media_type": problems.MEDIA_TYPE, "says": "RFC 9457; `errors` names each parameter."}
        )

    async def datasets(self, request: Request) -> Response:
        """List the datasets with their releases."""
        listed = [
            {
                "dataset": name, "latest": f"/v1/releases/{self.holdings.latest(name)}",
                "releases": [f"/v1/releases/{item}" for item in self.holdings.addresses if item.rpartition("/")[0] == name],
            }
            for name in self._datasets()
        ]  # fmt: skip
        return self._changing(request, {"datasets": listed})

    async def latest(self, request: Request) -> Response:
        """Send on to the newest release, with the question as it is."""
        name = f"{request.path_params['jurisdiction']}/{request.path_params['dataset']}"
        address = self.holdings.latest(name)
        if address is None:
            raise problems.not_here("There is no such dataset.", "/v1/datasets lists them.")
        rest = request.path_params.get("rest", "")
        place = (
            f"/v1/releases/{address}{f'/{rest}' if rest else ''}{f'?{request.url.query}' if request.url.query else ''}"
        )
        kept = {**HEADERS, "Cache-Control": f"public, max-age={self.limits.catalog_seconds}"}
        return RedirectResponse(place, status_code=HTTPStatus.TEMPORARY_REDIRECT, headers=kept)

    async def release(self, request: Request) -> Response:
        """Say what is in a release."""
        self._no_parameters(request)
        found = await self._release(request)
        here = f"/v1/releases/{found.manifest.address}"
        listed = [
            {
                "id": item.id,
                "kind": item.kind.value,
                "title": item.title,
                "rows": item.row_count,
                "at": f"{here}/{item.id}",
            }
            for item in found.products.values()
        ]
        return self._lasting(request, {**found.facts, "products": listed}, found.manifest.digest)

    async def product(self, request: Request) -> Response:
        """Say what the columns of a table are, and what its codes mean."""
        self._no_parameters(request)
        release, held = await self._product(request)
        content = {
            "release": release.manifest.address, "id": held.id, "kind": held.kind.value, "title": held.title, "says": held.says,
            "rows": held.row_count, "sha256": held.sha256, **({"number": held.facts} if held.facts else {}),
            "columns": [_describe_column(held, item.name) for item in held.columns],
            "markers": release.facts["markers"],
            "records": f"{request.url.path}/records", "aggregate": f"{request.url.path}/aggregate",
        }  # fmt: skip
        return self._lasting(request, content, held.sha256)

    # -- questions ---------------------------------------------------------------------------------------------------

    async def records(self, request: Request) -> Response:
        """Answer with rows of a table."""
        release, held = await self._product(request)
        pairs = self._pairs(request)
        asked = question.read_records_question(
            held, pairs, limits=self.limits, accept=request.headers.get("accept", "")
        )
        tag = self._tag(release, held, "records", asked.form, question.canonical(pairs))
        if same := self._same(request, tag):
            return same
        if asked.form != "json":
            statement = answer.make_records_statement(held, asked)
            return await self._file(release, held, statement, form=asked.form, tag=tag, name=f"{held.id}.{asked.form}")
        serving = self.holdings.serving(release.manifest.address)
        rows, total = await self._in_turn(lambda: answer.read_page(serving, held, asked, seconds=self.limits.seconds))
        page: dict[str, Any] = {
            "total": total,
            "offset": asked.offset,
            "rows": len(rows),
            "complete": len(rows) == total,
        }
        following = asked.offset + len(rows)
        links = {}
        if rows and following < total:
            kept = [(key, value) for key, value in pairs if key != "offset"]
            page["next"] = f"{request.url.path}?{urlencode([*kept, ('offset', str(following))])}"
            links["Link"] = f'<{page["next"]}>; rel="next"'
        content = {**self._envelope(release, held), "page": page, "rows": _as_objects(asked.select, rows)}
        return self._json(content, {**self._kept(tag), **links, "Openjustice-Rows": str(total)})

    async def aggregate(self, request: Request) -> Response:
        """Answer with groups of a table."""
        release, held = await self._product(request)
        pairs = self._pairs(request)
        asked = question.read_aggregate_question(
            held, pairs, limits=self.limits, accept=request.headers.get("accept", "")
        )
        tag = self._tag(release, held, "aggregate", asked.form, question.canonical(pairs))
        if same := self._same(request, tag):
            return same
        statement = answer.make_aggregate_statement(held, asked)
        if asked.form != "json":
            return await self._file(
                release, held, statement, form=asked.form, tag=tag, name=f"{held.id}_groups.{asked.form}"
            )
        rows = await self._run(release, statement)
        says = (
            "Sums of published counts. A sum with a hidden part is hidden; a variable that is not named counts as a whole."
            if held.is_table
            else "Measures of published records, which may have been changed to protect people: see the disclosure report."
        )
        content = {**self._envelope(release, held), "says": says, "rows": _as_objects(statement.columns, rows)}
        return self._json(content, {**self._kept(tag), "Openjustice-Rows": str(len(rows))})

    async def sparql(self, request: Request) -> Response:
        """Answer a SPARQL query over the linked data of the newest releases."""
        pairs = self._pairs(request)
        asked = sparql.read_query(pairs, accept=request.headers.get("accept", ""))
        whole = "\n".join((openjustice.__version__, self.linked.state, asked.form or "", asked.text))
        tag = f'"{hashlib.sha256(whole.encode()).hexdigest()[:32]}"'
        kept = {"ETag": tag, "Cache-Control": f"public, max-age={self.limits.catalog_seconds}", "Vary": "Accept"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**HEADERS, **kept})
        reply = await self._in_turn(lambda: self.linked.ask(asked.text, form=asked.form))
        told = sparql.check_reply(reply, limits=self.limits)
        return Response(told.body, media_type=told.media, headers={**HEADERS, **kept})

    # -- inside ------------------------------------------------------------------------------------------------------

    def _datasets(self) -> list[str]:
        return sorted({item.rpartition("/")[0] for item in self.holdings.addresses})

    async def _release_at(self, address: str) -> HeldRelease:
        found = await to_thread.run_sync(self.holdings.release, address)
        if found is None:
            raise problems.not_here("There is no such release.", "/v1/datasets lists them.")
        return found

    async def _release(self, request: Request) -> HeldRelease:
        given = request.path_params
        return await self._release_at(f"{given['jurisdiction']}/{given['dataset']}/{given['vintage']}")

    async def _product(self, request: Request) -> tuple[HeldRelease, Held]:
        release = await self._release(request)
        held = release.products.get(request.path_params["product"])
        if held is None:
            known = ", ".join(release.products) or "none"
            raise problems.not_here("This release has no such table.", f"It has: {known}.")
        return release, held

    def _pairs(self, request: Request) -> list[tuple[str, str]]:
        try:
            return parse_qsl(
                request.url.query, keep_blank_values=True, errors="strict", max_num_fields=self.limits.largest_values
            )
        except ValueError:
            fault = problems.Fault(
                "query", "The question's text cannot be read.", "Write it as UTF-8, with fewer parameters."
            )
            raise problems.bad_question([fault]) from None

    def _no_parameters(self, request: Request) -> None:
        wrong = [
            problems.Fault(key, "This address takes no parameter.", "Leave it out.") for key, _ in self._pairs(request)
        ]
        if wrong:
            raise problems.bad_question(wrong)

    async def _run(self, release: HeldRelease, statement: Statement) -> list[tuple[Any, ...]]:
        serving = self.holdings.serving(release.manifest.address)
        rows: list[tuple[Any, ...]] = await self._in_turn(
            lambda: serving.ask(statement.text, statement.values, seconds=self.limits.seconds)
        )
        return rows

    async def _file(
        self, release: HeldRelease, held: Held, statement: Statement, *, form: str, tag: str, name: str
    ) -> Response:
        serving = self.holdings.serving(release.manifest.address)
        self._made += 1
        path = serving.scratch / f"answer-{self._made}.{form}"
        await self._in_turn(
            lambda: serving.write(statement.text, statement.values, path, form=form, seconds=self.limits.seconds)
        )
        headers = {
            **HEADERS, **self._kept(tag), "Content-Disposition": f'attachment; filename="{name}"',
            "Link": f'</v1/releases/{release.manifest.address}/{held.id}>; rel="describedby"',
        }  # fmt: skip
        return PassingFile(path, media_type=FORMATS[form], headers=headers)

    async def _in_turn(self, work: Callable[[], Any]) -> Any:
        try:
            with anyio.fail_after(self.limits.wait_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise busy("Too many questions are being answered.", self.limits) from None
        try:
            return await to_thread.run_sync(work)
        except OutOfTime:
            raise busy(f"The question took longer than {self.limits.seconds:g} seconds.", self.limits) from None
        finally:
            self._turns.release()

    def _envelope(self, release: HeldRelease, held: Held) -> dict[str, Any]:
        facts = release.facts
        return {
            "release": facts["release"], "table": held.id, "title": held.title, "citation": facts["citation"],
            "license": facts["license"], "invented": facts["invented"],
            "describedby": f"/v1/releases/{facts['release']}/{held.id}",
            **({"unit": held.facts["unit"], "per": held.facts["per"]} if held.facts else {}),
        }  # fmt: skip

    def _tag(self, release: HeldRelease, held: Held, *parts: str) -> str:
        whole = "\n".join((openjustice.__version__, release.manifest.digest, held.sha256, *parts))
        return f'"{hashlib.sha256(whole.encode()).hexdigest()[:32]}"'

    def _same(self, request: Request, tag: str) -> Response | None:
        given = request.headers.get("if-none-match", "")
        if tag in [item.strip().removeprefix("W/") for item in given.split(",")]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**HEADERS, **self._kept(tag)})
        return None

    def _kept(self, tag: str) -> dict[str, str]:
        return {"ETag": tag, "Cache-Control": f"public, max-age={_YEAR}, immutable", "Vary": "Accept"}

    def _lasting(self, request: Request, content: dict[str, Any], digest: str) -> Response:
        tag = f'"{hashlib.sha256(f"{openjustice.__version__} {request.url.path} {digest}".encode()).hexdigest()[:32]}"'
        return self._same(request, tag) or self._json(content, self._kept(tag))

    def _changing(self, request: Request, content: dict[str, Any]) -> Response:
        self._no_parameters(request)
        tag = f'"{hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]}"'
        kept = {"ETag": tag, "Cache-Control": f"public, max-age={self.limits.catalog_seconds}"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**HEADERS, **kept})
        return self._json(content, kept)

    def _json(self, content: dict[str, Any], headers: dict[str, str]) -> Response:
        body = json.dumps(
            content, ensure_ascii=False, separators=(",", ":"), default=_as_text, allow_nan=False
        ).encode()
        return Response(body, media_type="application/json", headers={**HEADERS, **headers})


def make_app(holdings: Holdings, *, linked: LinkedData, limits: Limits) -> Starlette:
    """Return the web application over these holdings: ASGI, read-only, without cookies, logs or state."""
    service = Service(holdings, linked=linked, limits=limits)
    routes = [
        Route("/", service.index),
        Route("/openapi.json", service.openapi),
        Route("/v1/problems", service.problems),
        Route("/v1/datasets", service.datasets),
        Route("/v1/sparql", service.sparql),
        Route("/v1/datasets/{jurisdiction}/{dataset}/latest", service.latest),
        Route("/v1/datasets/{jurisdiction}/{dataset}/latest/{rest:path}", service.latest),
        Route(_RELEASE, service.release),
        Route(f"{_RELEASE}/{{product}}", service.product),
        Route(f"{_RELEASE}/{{product}}/records", service.records),
        Route(f"{_RELEASE}/{{product}}/aggregate", service.aggregate),
    ]
    handlers: dict[Any, Any] = {
        Problem: _answer_problem, HTTPException: _answer_http, errors.Refusal: _answer_refusal, Exception: _answer_fault,
    }  # fmt: skip
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.add_middleware(Gate, limits=limits)
    return app


async def _answer_problem(request: Request, problem: Any) -> Response:
    return as_response(problem, instance=request.url.path)


async def _answer_http(request: Request, exception: Any) -> Response:
    status = HTTPStatus(exception.status_code)
    problem = Problem(
        status, "not-here", "There is nothing at this address.", detail="/openapi.json names every address."
    )
    return as_response(problem, instance=request.url.path)


async def _answer_refusal(request: Request, refusal: Any) -> Response:
    fault = refusal.faults[0]
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "withdrawn", fault.what, detail="Tell the publisher.")
    return as_response(problem, instance=request.url.path)


async def _answer_fault(request: Request, exception: Any) -> Response:  # noqa: ARG001 (what it says may hold a value)
    problem = Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "our-fault", "The service failed.", detail="It is our fault, not yours."
    )
    return as_response(problem, instance=request.url.path)


def _describe_column(held: Held, name: str) -> dict[str, Any]:
    column = held.by_name[name]
    content: dict[str, Any] = {"name": name, "type": column.type, "title": column.title, "says": column.says}
    if name in held.codes:
        words = {"_T": "All", "_U": "Unknown", **column.labels}
        content["codes"] = {code: words.get(code, code) for code in held.codes[name]}
    if name in held.overlapping:
        content["overlapping"] = True
    return content


def _as_objects(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value)  # a decimal number of the engine
