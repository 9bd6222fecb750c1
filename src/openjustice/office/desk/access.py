"""Says who may open a page: people with one of its roles; and asks again who they are before what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from openjustice.office.desk.middleware import OfficeRequest

View = Callable[..., HttpResponse]


def roles_required(*roles: str) -> Callable[[View], View]:
    """Let only people with one of these roles in: others are refused, and those not signed in are asked to sign in."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.roles & set(roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]  # the matrix of pages is made from it
        return guarded

    return guard


def step_up(view: View) -> View:
    """Ask again who this is before a form is acted on, unless they said so within the last minutes."""
    guarded: View = reauthentication_required(view, allow_get=True)
    guarded.is_stepped_up = True  # type: ignore[attr-defined]  # the table of stepped-up pages is made from it
    return guarded
