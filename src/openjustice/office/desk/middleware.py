"""Gives each request its moment, keeps pages out of shared caches, and shows a refusal as a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from openjustice.ground import errors
from openjustice.office.desk import moments

Answer = Callable[["OfficeRequest"], HttpResponse]
_STATUS = {
    "AccessRefused": 403,
    "SubmissionRefused": 422,
    "RegistryRefused": 422,
    "ProtectionRefused": 422,
    "SealRefused": 409,
    "HouseFault": 500,
}


class OfficeRequest(HttpRequest):
    """A request with the moment that it is answered at, and the roles of who asks."""

    moment: datetime
    roles: frozenset[str]
    memberships: list[Any]


class Moment:
    """Reads the clock once for each request: everything that one request does happens at one moment."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: OfficeRequest) -> HttpResponse:
        """Answer with the moment set."""
        request.moment = moments.moment()
        return self.answer(request)


class PrivatePages:
    """Keeps every page of the office out of caches, and its features few."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: OfficeRequest) -> HttpResponse:
        """Answer, and mark the answer as private."""
        response = self.answer(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class RefusalsAsPages:
    """Shows what a rulebook or a lower room refuses: every fault, the way out, whom to ask; never a traceback."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: OfficeRequest) -> HttpResponse:
        """Answer as it is."""
        return self.answer(request)

    def process_exception(self, request: OfficeRequest, problem: Exception) -> HttpResponse | None:
        """Make a page of a refusal; leave any other problem to the page of failures."""
        if not isinstance(problem, errors.Refusal):
            return None
        return render(request, "desk/refused.html", {"refusal": problem}, status=_STATUS.get(problem.family, 409))
