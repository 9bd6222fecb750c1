"""Gives the moment of a request: the desks read no clock, they are told when it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string


def moment() -> datetime:
    """Return this moment in UTC, by the clock that the settings name: tests and rehearsals give their own."""
    given: datetime = import_string(settings.CLOCK)()
    return given


def read_clock() -> datetime:
    """Return this moment by the machine's clock, or OPENJUSTICE_NOW, so that a run can be repeated."""
    fixed = os.environ.get("OPENJUSTICE_NOW")
    return datetime.fromisoformat(fixed).astimezone(UTC) if fixed else timezone.now()


def as_text(at: datetime) -> str:
    """Write a moment in UTC, to the microsecond, always in the same form: moments in this form sort as they happened."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
