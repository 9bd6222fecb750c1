"""A clock that tests set: the office is told when it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_now = [START]


def read_clock() -> datetime:
    """Return the moment that was set."""
    return _now[0]


def set_clock(at: datetime) -> None:
    """Set the moment."""
    _now[0] = at


def pass_time(**given: float) -> datetime:
    """Let some time pass, and return the new moment."""
    _now[0] += timedelta(**given)
    return _now[0]
