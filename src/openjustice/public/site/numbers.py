"""Writes numbers, sizes and moments for people, as the language that is spoken writes them."""

from __future__ import annotations

from datetime import date
from functools import cache

from babel import dates, numbers

from openjustice.public.publish.language import say, spoken


def number(value: float | None, *, decimals: int = 0) -> str:
    """Return a number with thousands separated and exactly so many decimals; nothing for a missing one."""
    return "" if value is None else f"{value:,.{decimals}f}".translate(_signs(spoken().tag))


def signed(value: float, *, decimals: int = 0) -> str:
    """Return a difference with its sign."""
    return ("+" if value > 0 else "") + number(value, decimals=decimals)


def size(count: int) -> str:
    """Return a file size in bytes, kB or MB (powers of ten)."""
    if count < 1000:
        return f"{count} B"
    return f"{number(count / 1000)} kB" if count < 1_000_000 else f"{number(count / 1_000_000, decimals=1)} MB"


def day(moment: str) -> str:
    """Return the day of an ISO moment in words: September 16, 2024, or 16 de septiembre de 2024."""
    return str(dates.format_date(date.fromisoformat(moment[:10]), "long", locale=spoken().locale))


def share(value: float | None) -> str:
    """Return a share (0 to 1) as a percentage; small ones keep a decimal, none rounds to 0 or 100 unless it is."""
    if value is None:
        return ""
    percent = value * 100
    decimals = 0 if percent in (0, 100) or 10 <= percent <= 90 else 1
    return f"{number(percent, decimals=decimals)} %"


def span(low: float, high: float, *, decimals: int = 0) -> str:
    """Return a range in words: 1.2 to 3.4."""
    return say("{low} to {high}", low=number(low, decimals=decimals), high=number(high, decimals=decimals))


@cache
def _signs(tag: str) -> dict[int, str]:
    """Return what stands for the comma, the point and the minus of a number written the English way."""
    locale = tag.replace("-", "_")
    return {
        ord(","): numbers.get_group_symbol(locale),
        ord("."): numbers.get_decimal_symbol(locale),
        ord("-"): "\u2212",
    }
