"""Reads what a value leaves open: a band of ages, a month or a year is a span of numbers or days."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from openjustice.linkage.columns import Integers

# The ends of a span that is open: beyond any age, year or day, and far from overflow.
OPEN_BELOW, OPEN_ABOVE = -(10**9), 10**9
_FIRST_DAY = date(1970, 1, 1).toordinal()
Span = tuple[int, int]


class Unit(StrEnum):
    """Says what a span counts."""

    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class Spans:
    """The lowest and highest value that each label leaves open, both included."""

    unit: Unit
    low: Integers
    high: Integers


def read_spans(labels: Sequence[str]) -> Spans | None:
    """Return the span of each label, or None where not all of them can be read as numbers, or all as days.

    Read are `34`, `20-29`, `20 to 29`, `70+`, `70 and over`, `<20`, `under 20` as numbers, and `2024-02-29`, `2024-02`,
    `2024-Q1` as days. Surprise: `2024` is a number; `as_days` makes a year of it.
    """
    for unit, reader in ((Unit.NUMBER, _number_span), (Unit.DAY, _day_span)):
        found = [reader(label.strip()) for label in labels]
        read = [span for span in found if span is not None]
        if labels and len(read) == len(found):
            ends = np.array(read, dtype=np.int64)
            return Spans(unit=unit, low=ends[:, 0], high=ends[:, 1])
    return None


def as_days(spans: Spans) -> Spans | None:
    """Return spans of years as spans of days; None where the numbers are no years."""
    if spans.unit is Unit.DAY:
        return spans
    is_closed_below, is_closed_above = spans.low > OPEN_BELOW, spans.high < OPEN_ABOVE
    years = np.concatenate([spans.low[is_closed_below], spans.high[is_closed_above]])
    if not len(years) or years.min() < 1000 or years.max() > 2999:
        return None
    low = [_days(year, 1, 1) if closed else OPEN_BELOW for year, closed in zip(spans.low, is_closed_below, strict=True)]
    high = [
        _days(year, 12, 31) if closed else OPEN_ABOVE for year, closed in zip(spans.high, is_closed_above, strict=True)
    ]
    return Spans(unit=Unit.DAY, low=np.array(low, dtype=np.int64), high=np.array(high, dtype=np.int64))


def read_both(left: Sequence[str], right: Sequence[str]) -> tuple[Spans, Spans] | None:
    """Return the spans of two lists of labels in one unit, or None where they cannot be set side by side."""
    ours, theirs = read_spans(left), read_spans(right)
    if ours is not None and theirs is not None and ours.unit is not theirs.unit:
        ours, theirs = as_days(ours), as_days(theirs)
    return (ours, theirs) if ours is not None and theirs is not None else None


def _number_span(label: str) -> Span | None:
    for pattern, ends in _NUMBERS:
        found = pattern.fullmatch(label)
        if found:
            low, high = ends(*(int(item) for item in found.groups()))
            return (low, high) if low <= high else None
    return None


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[..., Span]], ...] = (
    (re.compile(r"(-?\d{1,9})(?:\.0+)?"), lambda one: (one, one)),
    (re.compile(r"(\d{1,9}) ?(?:-|–|to) ?(\d{1,9})"), lambda low, high: (low, high)),
    (re.compile(r"(\d{1,9}) ?(?:\+|and (?:over|older|more))"), lambda low: (low, OPEN_ABOVE)),
    (re.compile(r"(?:<|under ) ?(\d{1,9})"), lambda above: (OPEN_BELOW, above - 1)),
)


def _day_span(label: str) -> Span | None:
    found = re.fullmatch(r"(\d{4})-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?)", label)
    if found is None:
        return None
    year, quarter, month, day = (int(item) if item else 0 for item in found.groups())
    try:
        if day:
            return (_days(year, month, day),) * 2
        first, last = (3 * quarter - 2, 3 * quarter) if quarter else (month, month)
        return _days(year, first, 1), _days(year + last // 12, last % 12 + 1, 1) - 1
    except ValueError:
        return None


def _days(year: int, month: int, day: int) -> int:
    return date(int(year), int(month), int(day)).toordinal() - _FIRST_DAY
