"""Ends sessions, says which roles somebody has, and sends those who see confidential things to set up a second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from openjustice.office.accounts import selectors
from openjustice.office.desk import moments
from openjustice.office.desk.middleware import OfficeRequest

Answer = Callable[[OfficeRequest], HttpResponse]
_OPEN_WITHOUT = ("/account/", "/language/", "/static/", "/accounts/invitation/")


class SessionsThatEnd:
    """Ends a session after its hours, whatever is done in it, or when it was idle; and notes the roles of the account."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: OfficeRequest) -> HttpResponse:
        """Answer, signed out where the session is over."""
        request.roles, request.memberships = frozenset(), []
        if request.user.is_authenticated and self._is_over(request):
            logout(request)
        if request.user.is_authenticated:
            request.memberships = selectors.held_memberships(request.user)
            request.roles = frozenset(item.role for item in request.memberships)
        return self.answer(request)

    def _is_over(self, request: OfficeRequest) -> bool:
        began = request.session.get("began_at")
        seen = request.session.get("seen_at", began)
        if began is None:
            return True
        idle = request.moment - datetime.fromisoformat(seen)
        if idle > timedelta(seconds=settings.OFFICE_SESSION_TOUCH_SECONDS):
            request.session["seen_at"] = moments.as_text(request.moment)  # saved, so the cookie lives on with it
        whole = request.moment - datetime.fromisoformat(began)
        return idle > timedelta(seconds=settings.SESSION_COOKIE_AGE) or whole > timedelta(
            hours=settings.OFFICE_SESSION_HOURS
        )


class SecondFactor:
    """Lets the roles that see confidential things in only with an authenticator app or a passkey."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: OfficeRequest) -> HttpResponse:
        """Answer, or send them to where a second factor is set up."""
        needs = request.roles & set(settings.OFFICE_SECOND_FACTOR_ROLES)
        if needs and not request.path.startswith(_OPEN_WITHOUT) and not is_mfa_enabled(request.user):
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.answer(request)
