"""How alike two column names are: word by word, with abbreviations, rare words weighing more than common ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

_SAME_SPELLING = 84


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case: `OffRace`, `SUBJECT_RACE` and `Subject Race` have two each."""
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    apart = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", apart)
    found = re.findall(r"[a-z]+|[0-9]+|#", apart.lower())
    return tuple(word for word in found if word not in _EMPTY) or tuple(found)


_EMPTY = frozenset({"of", "the", "a", "an", "if", "or", "and", "to", "for", "in", "on", "by", "was", "is"})


def weigh_words(names: Iterable[str]) -> dict[str, float]:
    """Return how much each word tells: a word of many names little, a rare one much."""
    counted = Counter(word for name in names for word in set(words_of(name)))
    total = max(1, sum(counted.values()))
    return {word: math.log(1 + total / count) for word, count in counted.items()}


@dataclass(frozen=True)
class Reading:
    """How the words of names are read: what each weighs, and for which word another stands (`suspect` for `subject`)."""

    weights: Mapping[str, float]
    stands_for: Mapping[str, str]

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of a name; a word that nobody knows is parted where it ends in one that is known."""
        parted = (part for word in words_of(name) for part in self._parted(word))
        return tuple(dict.fromkeys(self.stands_for.get(word, word) for word in parted))

    def _parted(self, word: str) -> tuple[str, ...]:
        if word in self.weights or word in self.stands_for or word.isdigit():
            return (word,)
        for at in range(2, len(word) - 2):
            if word[at:] in self.weights and len(word[at:]) >= 3:
                return word[:at], word[at:]
        return (word,)

    def likeness(self, one: str, other: str) -> float:
        """Return how alike two names are, from 0 to 1: the weight of the words that each finds in the other."""
        return _likeness(self.words(one), self.words(other), self.weights)

    def told_by(self, name: str, sentence: str) -> float:
        """Return how much of a name's weight stands in a sentence."""
        return _covered(self.words(name), self.words(sentence), self.weights)


def _likeness(first: Sequence[str], second: Sequence[str], weights: Mapping[str, float]) -> float:
    if not first or not second:
        return 0.0
    return (_covered(first, second, weights) + _covered(second, first, weights)) / 2


def _covered(words: Sequence[str], others: Sequence[str], weights: Mapping[str, float]) -> float:
    default = max(weights.values(), default=1.0)
    total = sum(weights.get(word, default) for word in words)
    found = sum(
        weights.get(word, default) * max((_alike(word, each) for each in others), default=0.0) for word in words
    )
    return found / total if total else 0.0


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    if len(short) >= 2 and long.startswith(short):
        return 0.9 if len(short) >= 3 else 0.8
    if len(short) >= 3 and short[0] == long[0] and _is_within(short, long):
        return 0.8
    ratio = fuzz.ratio(one, other)
    return ratio / 100 if ratio >= _SAME_SPELLING else 0.0


def _is_within(short: str, long: str) -> bool:
    """Say whether the letters of a word stand in another in their order, as in `ofc` for `officer`."""
    letters = iter(long)
    return all(letter in letters for letter in short)
