"""Brings spellings of one word together: by a key that they share, then by the nearest neighbor among known texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process


def fingerprint(text: str) -> str:
    """Return the key of a text that ignores case, accents, marks and the order of its words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(sorted(set(re.findall(r"[a-z0-9]+", plain.lower()))))


def cluster(texts: Iterable[tuple[str, int]], *, neighbor_from: float) -> list[list[tuple[str, int]]]:
    """Return groups of texts that look like spellings of one, the most frequent first in each; others stand alone.

    Texts that share a key come first; then a rarer key joins the most frequent one that is near enough.
    """
    by_key: dict[str, list[tuple[str, int]]] = {}
    for text, count in texts:
        by_key.setdefault(fingerprint(text), []).append((text, count))
    order = sorted(by_key, key=lambda key: (-sum(count for _, count in by_key[key]), key))
    leaders: list[str] = []
    groups: dict[str, list[tuple[str, int]]] = {}
    for key in order:
        near = _nearest(key, leaders, neighbor_from) if _is_word(key) else None
        if near is None:
            leaders.append(key)
        groups.setdefault(near or key, []).extend(by_key[key])
    return [sorted(groups[key], key=lambda item: (-item[1], item[0])) for key in leaders]


def nearest_code(text: str, known: Mapping[str, str], *, neighbor_from: float) -> tuple[str, float] | None:
    """Return the code of the known text with the same key or near enough, with how near (0 to 1); null where none is.

    `known` maps keys to codes. Surprise: a short word must be the same, since its neighbors mean other things.
    """
    key = fingerprint(text)
    if key in known:
        return known[key], 1.0
    if not _is_word(key):
        return None
    found = process.extractOne(key, list(known), scorer=fuzz.token_sort_ratio, score_cutoff=neighbor_from)
    return (known[found[0]], found[1] / 100) if found else None


def _nearest(key: str, leaders: list[str], neighbor_from: float) -> str | None:
    found = process.extractOne(key, leaders, scorer=fuzz.ratio, score_cutoff=neighbor_from)
    return str(found[0]) if found else None


def _is_word(key: str) -> bool:
    return len(key) > 4 and not any(letter.isdigit() for letter in key)
