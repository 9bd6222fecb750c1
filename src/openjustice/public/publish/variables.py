"""Says what a public variable is called, what its codes mean and in which order they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

TOTAL = "_T"


@dataclass(frozen=True)
class Variable:
    """One variable of the public products: its words, the field it was made from, and its codes in order."""

    name: str
    title: str
    says: str
    of: str = ""
    unit: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, code: str) -> str:
        """Return the words for a code; a code without words stands for itself."""
        return "All" if code == TOTAL else self.labels.get(code, code)

    def sorted_codes(self, codes: Iterable[str]) -> list[str]:
        """Return the codes in the order of the list, then by natural order; totals last."""
        places = {code: place for place, code in enumerate(self.labels)}
        return sorted(set(codes), key=lambda code: (code == TOTAL, places.get(code, len(places)), natural_key(code)))


def read_variables(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Variable]:
    """Return the variables that a release's metadata describes, by name."""
    return {
        name: Variable(
            name=name,
            title=item["title"],
            says=item["says"],
            of=item.get("of", ""),
            unit=item.get("unit"),
            labels=_in_words(item.get("labels") or {}),
        )
        for name, item in given.items()
    }


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sorting key that puts `9` before `10` and a number before a word."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def sentence_case(name: str) -> str:
    """Return a name as words: underscores become spaces, the first letter is a capital."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _in_words(labels: Mapping[str, str]) -> dict[str, str]:
    # A group's value is its own label until someone writes a better one; its underscores are not for readers.
    return {code: sentence_case(label) if label == code and "_" in code else label for code, label in labels.items()}
