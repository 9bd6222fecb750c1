"""The words of the house: planes, roles, tiers, markers, periods, vintages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Plane(StrEnum):
    """Says how far a table may travel: confidential stays inside, protected is a draft, public is sealed."""

    CONFIDENTIAL = "confidential"
    PROTECTED = "protected"
    PUBLIC = "public"

    @property
    def strictness(self) -> int:
        """Rank this plane: 2 for confidential, 1 for protected, 0 for public."""
        return {Plane.CONFIDENTIAL: 2, Plane.PROTECTED: 1, Plane.PUBLIC: 0}[self]


def strictest(*planes: Plane) -> Plane:
    """Return the strictest of the given planes; of none, public (a statement with no input knows nothing)."""
    return max(planes, key=lambda plane: plane.strictness, default=Plane.PUBLIC)


class Role(StrEnum):
    """Says what a field can do to a person. There is no default: a field without a role does not load."""

    DIRECT_IDENTIFIER = "direct_identifier"
    QUASI_IDENTIFIER = "quasi_identifier"
    SENSITIVE = "sensitive"
    NON_SENSITIVE = "non_sensitive"


class Tier(StrEnum):
    """Says who may see a product."""

    PUBLIC = "public"
    RESEARCHER = "researcher"
    INTERNAL = "internal"


class Marker(StrEnum):
    """Says why a cell is empty or what is special about it; a marker is its own column, never text in a number."""

    CONFIDENTIAL = "c"
    NOT_AVAILABLE = "x"
    NOT_APPLICABLE = "z"
    LOW = "low"
    PROVISIONAL = "p"
    REVISED = "r"
    BREAK_IN_SERIES = "b"


class Severity(StrEnum):
    """Says what a failed check does: a hard one returns the file, a soft one becomes a query."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, order=True)
class Vintage:
    """A dated state of the data: the day it was sealed for and its place among that day's vintages, `2026-03-02.1`."""

    on: date
    number: int = 1

    def __str__(self) -> str:
        return f"{self.on.isoformat()}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> Vintage:
        """Read a vintage from its written form; raises ValueError where it is not one."""
        day, _, number = text.partition(".")
        return cls(date.fromisoformat(day), int(number or 1))


@dataclass(frozen=True)
class Period:
    """A span of time with an exclusive upper bound, written `2018`, `2018-03`, `2018-Q1`, `2018-H1` or `2005/2018` (both in)."""

    text: str
    starts_on: date
    ends_before: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period from its written form; raises ValueError where it is not one."""
        if match := re.fullmatch(r"(\d{4})", text):
            year = int(match[1])
            return cls(text, date(year, 1, 1), date(year + 1, 1, 1))
        if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
            start = date(int(match[1]), int(match[2]), 1)
            return cls(text, start, (start + timedelta(days=32)).replace(day=1))
        if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            start = date(int(match[1]), 3 * int(match[2]) - 2, 1)
            return cls(text, start, (start + timedelta(days=94)).replace(day=1))
        if match := re.fullmatch(r"(\d{4})-H([12])", text):
            year, second = int(match[1]), match[2] == "2"
            return cls(text, date(year, 7 if second else 1, 1), date(year + second, 1 if second else 7, 1))
        if (match := re.fullmatch(r"(\d{4})/(\d{4})", text)) and int(match[1]) <= int(match[2]):
            return cls(text, date(int(match[1]), 1, 1), date(int(match[2]) + 1, 1, 1))
        raise ValueError("a period is written 2018, 2018-03, 2018-Q1, 2018-H1 or 2005/2018")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Approval:
    """One checker's yes to one exact draft: who, in which role, when, and the digest they looked at."""

    checker: str
    role: str
    at: str
    digest: str


@dataclass(frozen=True)
class License:
    """The terms a release is published under."""

    title: str
    url: str
    text: str = ""
