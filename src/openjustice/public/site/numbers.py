"""Writes numbers, sizes and moments for people."""

from __future__ import annotations

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def number(value: float | None, *, decimals: int = 0) -> str:
    """Return a number with thousands separated and exactly so many decimals; nothing for a missing one."""
    return "" if value is None else f"{value:,.{decimals}f}".replace("-", "\u2212")


def signed(value: float, *, decimals: int = 0) -> str:
    """Return a difference with its sign."""
    return ("+" if value > 0 else "") + number(value, decimals=decimals)


def size(count: int) -> str:
    """Return a file size in bytes, kB or MB (powers of ten)."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def day(moment: str) -> str:
    """Return the day of an ISO moment in words: 16 September 2024."""
    found = date.fromisoformat(moment[:10])
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def share(value: float | None) -> str:
    """Return a share (0 to 1) as a percentage; small ones keep a decimal, none rounds to 0 or 100 unless it is."""
    if value is None:
        return ""
    percent = value * 100
    decimals = 0 if percent in (0, 100) or 10 <= percent <= 90 else 1
    return f"{percent:.{decimals}f} %"
