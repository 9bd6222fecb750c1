"""Hides a mark in an extract, so that a leaked copy names its license, without changing any number in it.

The mark is the order of the records: each copy has a key, and its records stand in the order of their keyed hashes. A set of
records has no order, so every count, mean, model and cross-table of two copies is the same. Whoever holds the keys sees in any
part of a copy that kept its order whether its records ascend by that key: by the right one all do, by another one half of them.
Claims: a copy names its key from as few as forty different records. Assumes: the columns are whole and the order was kept;
whoever sorts the file removes the mark.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Row = tuple[str, ...]
# A copy is named where chance alone would order its records so well less than once in a million times.
ENOUGH = 1e-6


@dataclass(frozen=True)
class Found:
    """How well a file fits the key of one copy: pairs of neighbors that ascend, of how many, and how likely that is by chance."""

    copy: str
    ascending: int
    pairs: int
    chance: float

    @property
    def is_named(self) -> bool:
        """Say whether the file is a part of this copy beyond reasonable doubt."""
        return self.chance < ENOUGH


def order(rows: Iterable[Row], *, key: bytes) -> list[Row]:
    """Return the records in the order that marks them with a key; records that are alike stand together."""
    return sorted(rows, key=lambda row: (_hash(row, key), row))


def find(rows: Sequence[Row], *, keys: Mapping[str, bytes]) -> list[Found]:
    """Return how well a file fits each copy's key, the best first. The file may be a part of a copy."""
    return sorted((_fit(rows, name, key) for name, key in keys.items()), key=lambda item: (item.chance, item.copy))


def _fit(rows: Sequence[Row], name: str, key: bytes) -> Found:
    hashes = [_hash(row, key) for row in rows]
    pairs = [(one, other) for one, other in pairwise(hashes) if one != other]
    ascending = sum(one < other for one, other in pairs)
    return Found(copy=name, ascending=ascending, pairs=len(pairs), chance=_chance(ascending, len(pairs)))


def _chance(ascending: int, pairs: int) -> float:
    """Return how likely a random order has at least as many ascents.

    The ascents of a random order have mean m/2 and variance (m + 2)/12 for m neighbors; the normal tail is taken of them.
    """
    if not pairs:
        return 1.0
    deviation = (ascending - 0.5 - pairs / 2) / math.sqrt((pairs + 2) / 12)
    return 0.5 * math.erfc(deviation / math.sqrt(2))


def _hash(row: Row, key: bytes) -> bytes:
    # Each value with its length, so that no two different records are one text.
    text = "".join(f"{len(value)}:{value}" for value in row)
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
