"""What a column looks like: its most frequent texts, how full it is, and the kind of its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from openjustice.confidential.collect.conform.files import FileRead
from openjustice.confidential.collect.ingest.layout import plain
from openjustice.ground.engine import quote

FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S+00", "%Y/%m/%d", "%m/%d/%y",
    "%m/%d/%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%d-%b-%Y", "%d.%m.%Y", "%d/%m/%Y",
)  # fmt: skip
HOURS = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H%M")
_MOSTLY = 0.85
# A clock without its colon, 0 to 2359; so many different ones are no ages, counts or years.
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])?[0-5]\d|\d")
_MANY_MOMENTS = 80
_NOTHING = frozenset({"null", "n/a", "na", "none", "-", ".", "*", "nan"})


class Kind(StrEnum):
    """What the values of a column are, mostly."""

    EMPTY = "empty"
    FLAG = "flag"
    INTEGER = "integer"
    NUMBER = "number"
    DAY = "day"
    HOUR = "hour"
    CODE = "code"
    TEXT = "text"


@dataclass(frozen=True)
class Column:
    """One column of a file: its name, its most frequent texts with their counts, and how many rows it fills."""

    name: str
    texts: tuple[tuple[str, int], ...]
    filled: int
    rows: int
    distinct: int
    kind: Kind
    files: frozenset[str] = frozenset()

    def share(self, test: Iterable[bool]) -> float:
        """Return the share of the sampled rows for which a test on each text holds."""
        total = sum(count for _, count in self.texts)
        return sum(count for (_, count), holds in zip(self.texts, test, strict=True) if holds) / total if total else 0.0


def read_columns(files: Sequence[FileRead], *, sampled: int, flag_words: Sequence[str]) -> list[Column]:
    """Return the columns of one or several files of one agency, those of one name together, in the files' order."""
    tallies: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    rows: dict[str, int] = {}
    within: dict[str, set[str]] = {}
    for file in files:
        count = file.table.row_count
        for name in file.names:
            key = plain(name)
            if not key or file.name in within.get(key, ()):
                continue
            within.setdefault(key, set()).add(file.name)
            names.setdefault(key, name)
            rows[key] = rows.get(key, 0) + count
            own = tallies.setdefault(key, {})
            for text, n in file.table.engine.ask(
                f"SELECT trim({quote(file.columns[key])}) AS t, count(*) FROM {quote(file.table.relation)} "
                f"WHERE trim({quote(file.columns[key])}) <> '' GROUP BY 1"
            ):
                own[str(text)] = own.get(str(text), 0) + int(n)
    return [
        replace(
            _column(names[key], tallies[key], rows[key], sampled=sampled, flag_words=flag_words),
            files=frozenset(within[key]),
        )
        for key in names
    ]


def find_format(column: Column, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the forms that read the sampled texts as moments, the one that reads most first."""
    read = {form: column.share(_reads(text, form) for text, _ in column.texts) for form in formats}
    return tuple(form for form in sorted(formats, key=lambda form: -read[form]) if read[form] > 0)


def _column(name: str, tally: dict[str, int], rows: int, *, sampled: int, flag_words: Sequence[str]) -> Column:
    known = {text: count for text, count in tally.items() if text.lower() not in _NOTHING}
    ordered = sorted(known.items(), key=lambda item: (-item[1], item[0]))[:sampled]
    made = Column(name, tuple(ordered), sum(known.values()), rows, len(known), Kind.TEXT)
    return Column(name, made.texts, made.filled, rows, made.distinct, _kind(made, flag_words))


def _kind(column: Column, flag_words: Sequence[str]) -> Kind:
    if not column.texts:
        return Kind.EMPTY
    texts = [text for text, _ in column.texts]
    if column.share(text.lower() in flag_words for text in texts) >= 0.99 and column.distinct <= 6:
        return Kind.FLAG
    if column.distinct >= _MANY_MOMENTS and column.share(bool(_CLOCK.fullmatch(text)) for text in texts) >= 0.98:
        return Kind.HOUR
    if column.share(bool(re.fullmatch(r"-?\d{1,9}(\.0*)?", text)) for text in texts) >= _MOSTLY:
        return Kind.INTEGER
    if column.share(bool(re.fullmatch(r"-?\d*\.?\d+", text)) for text in texts) >= _MOSTLY:
        return Kind.NUMBER
    if column.share(any(_reads(text, form) for form in FORMATS) for text in texts) >= _MOSTLY:
        return Kind.DAY
    if column.share(any(_reads(text, form) for form in HOURS) for text in texts) >= _MOSTLY:
        return Kind.HOUR
    return Kind.CODE if column.distinct <= max(60, column.filled // 50) else Kind.TEXT


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007  (asked only whether it can be read)
    except ValueError:
        return False
    return True
