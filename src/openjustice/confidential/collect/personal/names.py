"""Finds names by lists and titles."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def read_names(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return the given and the family names of a list, in small letters."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first, last = ({row["name"].casefold() for row in rows if row[kind]} for kind in ("first", "last"))
    return frozenset(first), frozenset(last)


def find_names(
    text: str, *, first: frozenset[str], last: frozenset[str], titles: frozenset[str], not_names: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Yield where a name stands: a given name before a family name, or a word in capitals after a title."""
    words = list(_WORD.finditer(text))
    for one, two in pairwise(words):
        between = text[one.end() : two.start()]
        if not two[0][0].isupper() or len(between) > 2 or two[0].casefold() in not_names or len(two[0]) < 2:
            continue
        is_named = (
            one[0][0].isupper()
            and one[0].casefold() in first - not_names
            and two[0].casefold() in last
            and between == " "
        )
        is_titled = one[0].casefold() in titles and between in (" ", ". ", ".") and not two[0].isupper()
        if is_named or is_titled:
            yield one.start(), two.end()
