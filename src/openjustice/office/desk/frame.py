"""What stands on every page: the desks that this person may use, the languages, and whether all of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from openjustice.office.desk.middleware import OfficeRequest


@dataclass(frozen=True)
class Desk:
    """One entry of the main menu: the name of its first address, its words, and the roles that see it (none: everyone)."""

    address: str
    words: str | Promise
    roles: frozenset[str] = frozenset()


_DESKS: list[Desk] = []


def open_desk(desk: Desk) -> None:
    """Put a desk into the menu, once; each desk does so when Django makes it ready."""
    if desk not in _DESKS:
        _DESKS.append(desk)


def desks_for(roles: frozenset[str]) -> list[Desk]:
    """Return the desks that somebody with these roles sees, in the order they were opened."""
    return [desk for desk in _DESKS if not desk.roles or desk.roles & roles]


def frame(request: OfficeRequest) -> dict[str, Any]:
    """Give every template the menu and the languages."""
    roles = frozenset(getattr(request, "roles", ()))
    is_known = getattr(request, "user", None) is not None and request.user.is_authenticated
    menu = [
        {"href": (href := reverse(desk.address)), "words": desk.words, "is_here": request.path.startswith(href)}
        for desk in (desks_for(roles) if is_known else [])
    ]
    return {
        "menu": menu,
        "languages": settings.LANGUAGES,
        "language": get_language(),
        "is_demo": settings.IS_DEMO,
        "moment": getattr(request, "moment", None),
    }
