"""Writes a published product as CSV (RFC 4180: comma, quotes where needed, carriage return and line feed; UTF-8)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from openjustice.public.publish.content import Dataframe

# A spreadsheet runs a cell that begins with one of these; an apostrophe in front makes it text.
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(frame: Dataframe, path: Path) -> None:
    """Write the rows with a header line. Surprise: a text that would run as a formula gets an apostrophe in front."""
    names = [column.name for column in frame.columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([as_cell(row[name]) for name in names] for row in frame.rows)


def as_cell(value: Any) -> str:
    """Return a value as CSV text: empty for a missing one, whole numbers without a decimal point, no formula."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value).removesuffix(".0")  # the shortest text that reads back as exactly this number
        case str() if value.startswith(_RUNS_AS_FORMULA):
            return f"'{value}"
        case _:
            return str(value)
