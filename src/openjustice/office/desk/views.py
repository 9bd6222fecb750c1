"""Pages that belong to no desk: the choice of a language, and what is shown where something is refused or fails."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from openjustice.office.desk.middleware import OfficeRequest


@require_POST
def choose_language(request: OfficeRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=365 * 86_400, secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return response


def refuse(request: OfficeRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """Say that this person may not see this."""
    return render(request, "desk/problem.html", {"kind": "refused"}, status=403)


def not_found(request: OfficeRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  (Django's shape)
    """Say that there is nothing here, without repeating what was asked for."""
    return render(request, "desk/problem.html", {"kind": "not_found"}, status=404)


def failed(request: OfficeRequest) -> HttpResponse:
    """Say that the program failed; nothing of the failure is shown."""
    return render(request, "desk/problem.html", {"kind": "failed"}, status=500)
