"""Says what a public variable is called, what its codes mean and in which order they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.translations import sentence_case
from openjustice.public.publish.language import Said, noted, say

__all__ = ["TOTAL", "UNKNOWN", "Variable", "natural_key", "read_variables", "sentence_case"]

TOTAL, UNKNOWN = "_T", "_U"
_WITHOUT_LABEL = Said({TOTAL: (noted("All"),), UNKNOWN: (noted("Unknown"),)})
_UNDER = re.compile(r"under (\d+)\Z", re.IGNORECASE)


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
        if label := self.labels.get(code):
            return label
        if code in _WITHOUT_LABEL:
            return _WITHOUT_LABEL[code][0]
        under = _UNDER.match(code)
        return say("under {number}", number=under[1]) if under else code

    def sorted_codes(self, codes: Iterable[str]) -> list[str]:
        """Return the codes in the order of the list, then by natural order; totals last."""
        places = {code: place for place, code in enumerate(self.labels)}
        return sorted(
            set(codes),
            key=lambda code: (code == TOTAL, code == UNKNOWN, places.get(code, len(places)), natural_key(code)),
        )


def read_variables(
    given: Mapping[str, Mapping[str, Any]], *, codelist_of: Mapping[str, Codelist | None]
) -> dict[str, Variable]:
    """Return the variables that a release's metadata describes, by name; `codelist_of` gives the list of each field.

    Surprise: the order of codes comes from the code list, since an object's keys in a JSON file have none.
    """
    return {
        name: Variable(
            name=name,
            title=item["title"],
            says=item["says"],
            of=item.get("of", ""),
            unit=item.get("unit"),
            labels=_in_order(_in_words(item.get("labels") or {}), codelist_of.get(item.get("of", ""))),
        )
        for name, item in given.items()
    }


def _in_order(labels: Mapping[str, str], codelist: Codelist | None) -> dict[str, str]:
    """Return labels in the order in which the code list first names each code, or the group it belongs to."""
    named = [
        str(word) for item in (codelist.codes if codelist else ()) for word in (item.code, *item.attributes.values())
    ]
    places = {word: place for place, word in reversed(list(enumerate(named)))}
    ranked = sorted(labels, key=lambda code: (places.get(code, len(named)), natural_key(code)))
    return {code: labels[code] for code in ranked}


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sorting key that puts `9` before `10` and a number before a word."""
    parts = re.findall(r"\d+|\D+", text)
    if text.lower().startswith(("under ", "below ", "less than ")):
        parts = parts[1:]  # the band below 20 comes before the band from 20 on
        return ((0, int(parts[0]) - 1, ""),) if parts and parts[0].isdigit() else ((0, -1, ""),)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def _in_words(labels: Mapping[str, str]) -> dict[str, str]:
    # A group's value is its own label until someone writes a better one; its underscores are not for readers.
    return {code: sentence_case(label) if label == code and "_" in code else label for code, label in labels.items()}
