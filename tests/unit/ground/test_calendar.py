"""Months, years and days as people count them: leap days, nights when the clock changes, days far from Greenwich."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import calendar

ZONES = ("America/Los_Angeles", "Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "UTC")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2099-02-28", 12, "2100-02-28"),
    ],
)
def test_months_are_added_as_people_do(day: str, months: int, expected: str):
    assert calendar.add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        # Approved at nine in the evening of 29 February in California, when it is 1 March in Greenwich.
        ("2024-03-01T05:00:00+00:00", "America/Los_Angeles", "2025-03-01T08:00:00+00:00"),
        # The day ends an hour earlier by Greenwich in summer.
        ("2026-07-04T12:00:00+00:00", "America/Los_Angeles", "2027-07-05T07:00:00+00:00"),
        ("2026-01-31T23:30:00+00:00", "Pacific/Kiritimati", "2027-02-01T10:00:00+00:00"),
        ("2023-02-28T12:00:00+00:00", "UTC", "2024-02-29T00:00:00+00:00"),
        # The anniversary is the day on which the clock goes forward in California.
        ("2025-03-14T12:00:00+00:00", "America/Los_Angeles", "2026-03-15T07:00:00+00:00"),
    ],
)
def test_a_term_ends_as_the_day_after_its_anniversary_begins(start: str, zone: str, expected: str):
    ends = calendar.end_of_years(datetime.fromisoformat(start), years=1, zone=zone)
    assert ends == datetime.fromisoformat(expected)


@given(
    start=st.integers(0, 90 * 365 * 24 * 60).map(
        lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    zone=st.sampled_from(ZONES),
    years=st.integers(1, 5),
)
def test_a_term_is_never_shorter_than_its_years_nor_two_days_longer(start: datetime, zone: str, years: int):
    ends = calendar.end_of_years(start, years=years, zone=zone)
    local = ends.astimezone(ZoneInfo(zone))
    began = calendar.day_of(start, zone=zone)
    assert (local.hour, local.minute) == (0, 0)
    assert calendar.add_months(began, 12 * years) == local.date() - timedelta(days=1)
    assert timedelta(days=365 * years) <= ends - start <= timedelta(days=366 * years + 1, hours=2)
    assert calendar.days_before(ends, days=90, zone=zone).astimezone(ZoneInfo(zone)).date() == local.date() - timedelta(
        days=90
    )


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError):
        calendar.day_of(datetime(2026, 1, 1), zone="UTC")  # noqa: DTZ001  (that is what is refused)
