"""Counts months, years and days as people do: a local day is a local day, whatever the clock does that night."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month; the last of the month where it has no such day.

    >>> add_months(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of(moment: datetime, *, zone: str) -> date:
    """Return the local day of a moment; raises ValueError where the moment has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, *, zone: str) -> datetime:
    """Return the moment, in UTC, at which a local day begins.

    Surprise: where the clocks skip midnight that night, the day begins with the first moment there is.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def end_of_years(moment: datetime, *, years: int, zone: str) -> datetime:
    """Return when a term of whole years ends: as the day after its anniversary begins, so that nobody gets less than the years."""
    anniversary = add_months(day_of(moment, zone=zone), 12 * years)
    return start_of(anniversary + timedelta(days=1), zone=zone)


def days_before(moment: datetime, *, days: int, zone: str) -> datetime:
    """Return the beginning of the local day that lies this many days before the day of a moment."""
    return start_of(day_of(moment, zone=zone) - timedelta(days=days), zone=zone)
