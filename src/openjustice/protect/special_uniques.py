"""Finds special uniques: records that few of their values single out, how much each variable has to do with it, and scores.

A *minimal sample unique* of a record is a set of variables whose values only this record has, while every smaller part of the
set is shared with another record. The fewer variables it needs, the riskier: a record is the more *special* the smaller and the
more numerous its minimal uniques are (SUDA).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.ground.kernels import compiled
from openjustice.protect import coded
from openjustice.protect.coded.distinct import bits_of, pack

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]
Rows = NDArray[np.uint32]
_WORD = 64
_SAMPLE_SHARE = 0.01
_SORTING = 4


@dataclass(frozen=True)
class SpecialUniques:
    """The minimal sample uniques of a file. Arrays have one entry for each record that is unique at all, in `rows`.

    `counts[record, size - 1]` is the number of minimal uniques of a size, `parts[record, variable]` the score of those
    that the variable is in. `pairs` is the number of records that share all their values with one other record only.
    """

    variables: tuple[str, ...]
    records: int
    rows: Integers
    counts: NDArray[np.int32]
    parts: Floats
    pairs: int

    @cached_property
    def scores(self) -> Floats:
        """Return the SUDA score of each record: the sum over its minimal uniques of (variables - size)!. 0 is no unique."""
        scores = np.zeros(self.records)
        scores[self.rows] = self.counts @ weights_by_size(len(self.variables))
        return scores

    @cached_property
    def contributions(self) -> Floats:
        """Return for each record the share of its score that each variable is part of (a minimal unique has several parts)."""
        shares = np.zeros((self.records, len(self.variables)))
        own = self.scores[self.rows]
        shares[self.rows] = np.divide(self.parts, own[:, None], out=np.zeros_like(self.parts), where=own[:, None] > 0)
        return shares

    @property
    def variable_shares(self) -> Mapping[str, float]:
        """Return the share of all scores together that each variable is part of."""
        total = float(self.scores.sum())
        return {
            name: float(self.parts[:, place].sum()) / total if total else 0.0
            for place, name in enumerate(self.variables)
        }

    def dis_scores(self, *, sample_share: float = _SAMPLE_SHARE) -> Floats:
        """Return the DIS-SUDA score of each record: how likely a match to it is right, between 0 and 1.

        `sample_share` is the share of the population that is in the file. Over all uniques the mean likelihood follows
        the DIS measure of Skinner and Elliot (2002); the scores say how it is spread among them.
        """
        dis, unique = self.correct_match(sample_share=sample_share), len(self.rows)
        power = 1.0 + (8.0 - len(self.variables)) / 20.0
        raised = np.power(self.scores, power, where=self.scores > 0, out=np.zeros(self.records))
        if not raised.any() or dis == 0:
            return np.zeros(self.records)
        shares = np.divide(1.0, raised, where=raised > 0, out=np.zeros(self.records))
        spread = (unique / dis - unique) / shares.sum()
        likely: Floats = np.where(raised > 0, 1.0 / (1.0 + spread * shares), 0.0)
        return likely

    def correct_match(self, *, sample_share: float = _SAMPLE_SHARE) -> float:
        """Return how likely a match to a unique record is right: DIS, from the uniques and the pairs of the file."""
        unique = len(self.rows) * sample_share
        return unique / (unique + self.pairs * (1.0 - sample_share)) if unique else 0.0


def weights_by_size(variables: int) -> Floats:
    """Return what a minimal unique of 1, 2, ... variables adds to a score: (variables - size)!."""
    return np.array([float(factorial(variables - size)) for size in range(1, variables + 1)])


def find_special_uniques(
    columns: Sequence[NDArray[Any]],
    *,
    sizes: Sequence[int],
    variables: Sequence[str],
    missing: Mapping[str, int] | None = None,
) -> SpecialUniques:
    """Find all minimal sample uniques of all records, of every size.

    `sizes` is the number of codes of each column; `missing` names the code of a variable that stands for a missing value:
    it sets a record apart from others but is part of no minimal unique. Claims: the same as trying all sets of variables
    for all records. Runs in time that doubles with each variable, and raises ProtectionRefused where the columns are wider
    than one 64-bit key. Sources: Manning, Haglin, Keane (2008), SUDA2; Elliot et al. (2002) for the scores.
    """
    walk = _Walk.start(columns, sizes=sizes, missing=[(missing or {}).get(name, -1) for name in variables])
    walk.run()
    return SpecialUniques(
        variables=tuple(variables), records=len(columns[0]), rows=walk.rows, counts=walk.counts, parts=walk.parts,
        pairs=walk.pairs,
    )  # fmt: skip


@dataclass(frozen=True)
class _Level:
    """What is known of the sets of one size: the distinct keys of each, sorted, and the records that are unique in it."""

    keys: dict[int, Keys]
    unique: dict[int, Rows]


@dataclass(frozen=True)
class _Walk:
    """The walk from the set of all variables down to single ones. A set is a number with a bit for each variable.

    A key holds the values of its set at their own places in the word, then the number of the unique record that has
    them, then a bit that says whether more than one record has them. So a smaller set's keys are the larger one's with a
    value cleared, and only as many as differ there.
    """

    fields: tuple[np.uint64, ...]
    room: int
    absent: tuple[NDArray[np.bool_], ...]
    top: Keys
    rows: Integers
    counts: NDArray[np.int32]
    parts: Floats
    pairs: int

    @classmethod
    def start(cls, columns: Sequence[NDArray[Any]], *, sizes: Sequence[int], missing: Sequence[int]) -> _Walk:
        """Reduce the records to their distinct tuples and pack these into keys."""
        found = coded.find_distinct(columns, sizes=sizes, name_classes=True)
        alone = found.counts == 1
        owner = np.zeros(len(found), dtype=np.int64)
        owner[found.class_of] = np.arange(len(found.class_of))
        rows = owner[alone]
        bits, room = [bits_of(size) for size in sizes], bits_of(max(len(rows), 1)) + 1
        _check_width(sum(bits) + room)
        number = np.where(alone, np.cumsum(alone) - 1, 0).astype(np.uint64)
        keys = pack(found.codes, bits)
        top = np.sort((keys << np.uint64(room)) | (number << np.uint64(1)) | (~alone).astype(np.uint64))
        places = np.cumsum([0, *bits[::-1]])[:-1][::-1] + room
        fields = tuple(np.uint64(((1 << width) - 1) << int(place)) for width, place in zip(bits, places, strict=True))
        absent = tuple(
            codes[alone] == code if code >= 0 else np.zeros(0, dtype=bool)
            for codes, code in zip(found.codes, missing, strict=True)
        )
        width = len(columns)
        return cls(
            fields=fields, room=room, absent=absent, top=top, rows=rows,
            counts=np.zeros((len(rows), width), dtype=np.int32), parts=np.zeros((len(rows), width)),
            pairs=2 * int((found.counts == 2).sum()),
        )  # fmt: skip

    def run(self) -> None:
        """Go down size by size, and credit the minimal uniques of each size once the next smaller one is known."""
        width = len(self.fields)
        whole = (1 << width) - 1
        level = _Level(keys={whole: self.top}, unique={whole: self._present(whole, self.top)})
        stamps = np.zeros(len(self.rows), dtype=np.uint32)
        stamp = 0
        for size in range(width, 0, -1):
            below = self._smaller(level, size - 1)
            for chosen, unique in level.unique.items():
                stamp += 1
                members = np.array([place for place in range(width) if chosen >> place & 1], dtype=np.int64)
                for place in members:
                    _mark(below.unique.get(chosen & ~(1 << int(place)), unique[:0]), stamps, stamp)
                weight = float(factorial(width - size))
                _credit(unique, stamps, stamp, members, weight, self.counts, self.parts)
            level = below

    def _smaller(self, level: _Level, size: int) -> _Level:
        made = _Level(keys={}, unique={})
        width = len(self.fields)
        for places in combinations(range(width), size) if size else ():
            chosen = sum(1 << place for place in places)
            larger = {place: chosen | 1 << place for place in range(width) if not chosen >> place & 1}
            if all(parent in level.keys for parent in larger.values()):  # else no record is unique in the smaller set
                dropped = min(larger, key=lambda place: self._effort(len(level.keys[larger[place]]), place, places))
                keys = self._fold(level.keys[larger[dropped]], places, is_sorted=dropped > places[-1])
                unique = self._present(chosen, keys)
                if ((keys & np.uint64(1)) == 0).any():
                    made.keys[chosen], made.unique[chosen] = keys, unique
        return made

    @staticmethod
    def _effort(length: int, dropped: int, places: tuple[int, ...]) -> int:
        # Without its last variable a list of keys stays sorted, and sorting takes most of the time.
        return length if dropped > places[-1] else _SORTING * length

    def _fold(self, larger: Keys, places: tuple[int, ...], *, is_sorted: bool) -> Keys:
        kept = np.uint64((1 << self.room) - 1)
        for place in places:
            kept |= self.fields[place]
        keys = larger & kept
        if not is_sorted:
            keys.sort()
        return keys[: _merge(keys, self.room)].copy()

    def _present(self, chosen: int, keys: Keys) -> Rows:
        """Return the unique records of a set of variables, without those that lack a value in it."""
        alone = keys[(keys & np.uint64(1)) == 0]
        unique: Rows = ((alone & np.uint64((1 << self.room) - 1)) >> np.uint64(1)).astype(np.uint32)
        for place, absent in enumerate(self.absent):
            if chosen >> place & 1 and len(absent):
                unique = np.compress(~absent[unique], unique)
        return unique


@compiled
def _merge(keys: Keys, room: int) -> int:
    """Keep one key of each run that differs in its last bits alone, marked as shared; return how many are left."""
    kept, shift = 0, np.uint64(room)
    at = 0
    while at < len(keys):
        key = keys[at]
        end = at + 1
        while end < len(keys) and keys[end] >> shift == key >> shift:
            end += 1
        keys[kept] = key if end == at + 1 else ((key >> shift) << shift) | np.uint64(1)
        kept += 1
        at = end
    return kept


@compiled
def _mark(unique: Rows, stamps: Rows, stamp: int) -> None:
    for i in range(len(unique)):
        stamps[unique[i]] = stamp


@compiled
def _credit(
    unique: Rows, stamps: Rows, stamp: int, members: Integers, weight: float, counts: NDArray[np.int32], parts: Floats
) -> None:  # fmt: skip
    """Count one more minimal unique for each record that is unique here and in no smaller part."""
    for i in range(len(unique)):
        record = unique[i]
        if stamps[record] != stamp:
            counts[record, len(members) - 1] += 1
            for j in range(len(members)):
                parts[record, members[j]] += weight


def _check_width(bits: int) -> None:
    if bits > _WORD:
        raise errors.ProtectionRefused.because(
            "too_many_combinations",
            f"These variables and records need keys of {bits} bits, and a key has {_WORD}.",
            way_out="Look for special uniques in fewer variables, or in coarser ones.",
        )
