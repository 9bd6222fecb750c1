"""Looks persons of an outside list up in a file: which records may be theirs, and how probable is the likeliest?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors, kernels
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Floats, Integers, pack
from openjustice.linkage.spans import OPEN_ABOVE, OPEN_BELOW, Spans, read_both

NOBODY = -1
# A column as it came, or coded already.
Column = Sequence[Any] | NDArray[Any] | Coded
_BLANK = np.array([[1, 0]], dtype=np.int64)


@dataclass(frozen=True)
class Side:
    """One of the two tables: codes of the fields that must be equal, and the spans of those that need only be near.

    A code of -1 is a blank. A span whose low end lies above its high end is one too.
    """

    codes: Integers
    low: Integers
    high: Integers

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)


@dataclass(frozen=True)
class Keys:
    """An outside list and a file, coded alike. `tolerance`: by span field, how far the intruder's value may be off."""

    persons: Side
    file: Side
    exact: tuple[str, ...]
    near: tuple[str, ...]
    tolerance: Integers


@dataclass(frozen=True)
class Found:
    """What the lookup found, person by person.

    `candidates`: how many records may be the person's. `row`: the likeliest record, the first of those that tie, or -1.
    `probability`: of that record. `tied`: how many are as likely. `truth`: the probability of the person's own record, 0
    where it is not among the candidates or was not told.
    """

    candidates: Integers
    row: Integers
    probability: Floats
    tied: Integers
    truth: Floats


def code_keys(
    persons: Mapping[str, Column],
    file: Mapping[str, Column],
    *,
    key: Sequence[str],
    tolerance: Mapping[str, int],
) -> Keys:
    """Code the key of an outside list and of a file, field by field.

    A field with a tolerance, and a field whose file gives bands or parts of dates, is read as spans of numbers or days;
    every other one must be equal. Raises ProtectionRefused where a tolerance is given for a field that holds neither.
    """
    exact: dict[str, tuple[Integers, Integers]] = {}
    near: dict[str, tuple[Integers, Integers]] = {}
    for name in key:
        ours, theirs = _coded(persons[name]), _coded(file[name])
        spans = read_both(ours.labels, theirs.labels) if ours.labels and theirs.labels else None
        # Plain numbers without a tolerance are compared as they are: that is faster and the same.
        is_plain = spans is None or all(bool((side.low == side.high).all()) for side in spans)
        if name not in tolerance and (is_plain or set(ours.labels) <= set(theirs.labels)):
            both = columns.align(ours, theirs)
            exact[name] = (both[0].codes, both[1].codes)
        elif spans is None and ours.labels and theirs.labels:
            raise _not_near(name)
        else:
            near[name] = _spans_by_row(ours.codes, theirs.codes, spans=spans, tolerance=tolerance.get(name, 0))
    return Keys(
        persons=_side(exact, near, at=0, rows=_rows(persons)),
        file=_side(exact, near, at=1, rows=_rows(file)),
        exact=tuple(exact),
        near=tuple(near),
        tolerance=np.array([tolerance.get(name, 0) for name in near], dtype=np.int64),
    )


def look_up(keys: Keys, *, error: float | None = None, is_in_file: float = 1.0, truth: Integers | None = None) -> Found:
    """Find for each person the records that may be theirs and the probability of the likeliest.

    `error` is the probability that a number or day with a tolerance is off, evenly within it; without it every value within
    the tolerance is as probable as the exact one. `is_in_file` is the
    probability, before looking, that the person has a record in the file. `truth` gives the row of each person's own
    record, so that its probability can be told. Claims: every record that agrees in all exact fields and lies within all
    tolerances is a candidate, a blank on either side standing for anything; the probabilities of a person's candidates add
    up to `is_in_file`. Assumes that the file is a random share of those who might be on the list, and that errors are
    independent. A closed form of the model of Fellegi and Sunter: a value that is shown weighs 1 over its frequency more
    than a blank.
    """
    persons, file = keys.persons, keys.file
    off = np.array([_off(int(slack), error) for slack in keys.tolerance], dtype=np.float64)
    own = truth if truth is not None else np.full(len(persons), NOBODY, dtype=np.int64)
    result = _Tally.empty(len(persons))
    for file_rows, file_shown in _by_pattern(file):
        for person_rows, person_shown in _by_pattern(persons):
            shown = file_shown & person_shown
            blank = _blank_weights(keys, person_rows, known=person_shown & ~file_shown, off=off)
            _look_in_part(keys, file_rows, person_rows, shown=shown, blank=blank, off=off, own=own, result=result)
    share = np.divide(result.best, result.total, out=np.zeros(len(persons)), where=result.total > 0)
    of_truth = np.divide(result.truth, result.total, out=np.zeros(len(persons)), where=result.total > 0)
    return Found(
        candidates=result.candidates,
        row=result.row,
        probability=is_in_file * share,
        tied=result.tied,
        truth=is_in_file * of_truth,
    )


@dataclass(frozen=True)
class _Tally:
    candidates: Integers
    row: Integers
    tied: Integers
    best: Floats
    total: Floats
    truth: Floats

    @classmethod
    def empty(cls, people: int) -> _Tally:
        return cls(
            candidates=np.zeros(people, dtype=np.int64),
            row=np.full(people, NOBODY, dtype=np.int64),
            tied=np.zeros(people, dtype=np.int64),
            best=np.zeros(people),
            total=np.zeros(people),
            truth=np.zeros(people),
        )


def _look_in_part(
    keys: Keys,
    file_rows: Integers,
    person_rows: Integers,
    *,
    shown: NDArray[np.bool_],
    blank: Floats,
    off: Floats,
    own: Integers,
    result: _Tally,
) -> None:
    """Look up the persons of one pattern of blanks among the records of another."""
    exact = [place for place in range(len(keys.exact)) if shown[place]]
    near = np.array([place for place in range(len(keys.near)) if shown[len(keys.exact) + place]], dtype=np.int64)
    # The span that parts the file most stands first: the records of a block are sought by it.
    near = near[np.argsort([-_spread(keys.file.low[:, place]) for place in near], kind="stable")]
    ours, theirs = _block_keys(keys, exact, file_rows, person_rows)
    low, high = keys.file.low[file_rows][:, near], keys.file.high[file_rows][:, near]
    order = order_of(theirs, low[:, 0]) if len(near) else np.argsort(theirs, kind="stable")
    sorted_ = theirs[order]
    starts = np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1]))
    blocks = sorted_[starts]
    place = np.minimum(np.searchsorted(blocks, ours), max(len(blocks) - 1, 0))
    has_block = blocks[place] == ours
    ends = np.append(starts[1:], len(order))
    wide = int((high[:, 0] - low[:, 0]).max(initial=0)) if len(near) else 0
    scan(
        np.where(has_block, starts[place], 0),
        np.where(has_block, ends[place], 0),
        file_rows[order],
        low[order],
        high[order],
        person_rows,
        keys.persons.low[person_rows][:, near],
        keys.persons.high[person_rows][:, near],
        keys.tolerance[near],
        wide,
        off[near],
        blank,
        own,
        result.candidates,
        result.row,
        result.tied,
        result.best,
        result.total,
        result.truth,
    )


def _off(slack: int, error: float | None) -> float:
    """Return how probable it is that a value with so much slack is off."""
    if not slack:
        return 0.0
    return 2 * slack / (2 * slack + 1) if error is None else error


def order_of(blocks: Integers, ends: Integers) -> Integers:
    """Order the records by block and within it by the low end of their span."""
    least, most = int(ends.min()), int(ends.max())
    width = most - least + 1
    if int(blocks.max()) < 2**62 // width:
        return np.argsort(blocks * width + (ends - least), kind="stable")
    return np.lexsort((ends, blocks))


def _spread(ends: Integers) -> int:
    """Return how far apart the ends of a span field lie: a cheap measure of how well it parts the file."""
    return int(ends.max(initial=0)) - int(ends.min(initial=0))


@kernels.compiled
def scan(  # noqa: C901 (a kernel: one loop, told in one piece)
    first: Integers,
    last: Integers,
    rows: Integers,
    low: Integers,
    high: Integers,
    people: Integers,
    from_: Integers,
    to: Integers,
    tolerance: Integers,
    wide: int,
    off: Floats,
    blank: Floats,
    own: Integers,
    candidates: Integers,
    row: Integers,
    tied: Integers,
    best: Floats,
    total: Floats,
    truth: Floats,
) -> None:
    """Weigh for each person the records of their block whose spans overlap theirs, widened by the tolerance."""
    fields = low.shape[1]
    for place in range(len(people)):
        person = people[place]
        start, end = first[place], last[place]
        if fields > 0 and end > start:
            # The records of a block stand in the order of their first span's low end.
            least = from_[place, 0] - tolerance[0] - wide
            a, b = start, end
            while a < b:
                middle = (a + b) // 2
                if low[middle, 0] < least:
                    a = middle + 1
                else:
                    b = middle
            start = a
        for at in range(start, end):
            if fields > 0 and low[at, 0] > to[place, 0] + tolerance[0]:
                break
            weight = blank[place]
            for field in range(fields):
                slack = tolerance[field]
                bottom, top = from_[place, field], to[place, field]
                left, right = max(low[at, field], bottom - slack), min(high[at, field], top + slack)
                if left > right:
                    weight = 0.0
                inside = max(min(right, top) - max(left, bottom) + 1, 0)
                outside = right - left + 1 - inside
                mass = inside * (1.0 - off[field]) / (top - bottom + 1)
                if outside > 0:
                    mass += outside * off[field] / (2.0 * slack)
                weight *= mass / (high[at, field] - low[at, field] + 1)
            if weight <= 0.0:
                continue
            candidates[person] += 1
            total[person] += weight
            if rows[at] == own[person]:
                truth[person] = weight
            if weight > best[person] * (1 + 1e-9):
                best[person], row[person], tied[person] = weight, rows[at], 1
            elif weight >= best[person] * (1 - 1e-9):
                tied[person] += 1
                row[person] = min(row[person], rows[at])


def _blank_weights(keys: Keys, person_rows: Integers, *, known: NDArray[np.bool_], off: Floats) -> Floats:
    """Return for each person how often their value occurs, in the fields that they know and the records leave blank."""
    weights = np.ones(len(person_rows))
    for place in np.flatnonzero(known).tolist():
        if place < len(keys.exact):
            codes = keys.file.codes[:, place]
            counts = np.bincount(
                codes[codes != MISSING], minlength=int(keys.persons.codes[:, place].max(initial=0)) + 1
            )
            weights *= counts[keys.persons.codes[person_rows, place]] / max(int(counts.sum()), 1)
        else:
            weights *= _near_frequency(keys, person_rows, field=place - len(keys.exact), off=off)
    # A value that the file shows nowhere is rare, not impossible: a blank may hide it.
    return np.maximum(weights, 0.5 / max(len(keys.file), 1))


def _near_frequency(keys: Keys, person_rows: Integers, *, field: int, off: Floats) -> Floats:
    """Return the mean weight of a person's span over all records that show the field."""
    low, high = keys.file.low[:, field], keys.file.high[:, field]
    spans, counts = np.unique(np.column_stack([low, high])[low <= high], axis=0, return_counts=True)
    bottom, top = keys.persons.low[person_rows, field], keys.persons.high[person_rows, field]
    slack = int(keys.tolerance[field])
    total = np.zeros(len(person_rows))
    for (left, right), count in zip(spans.tolist(), counts.tolist(), strict=True):
        inside = np.clip(np.minimum(right, top) - np.maximum(left, bottom) + 1, 0, None)
        reach = np.clip(np.minimum(right, top + slack) - np.maximum(left, bottom - slack) + 1, 0, None)
        mass = inside * (1 - off[field]) / (top - bottom + 1)
        mass = mass + ((reach - inside) * off[field] / (2 * slack) if slack else 0)
        total += count * mass / (right - left + 1)
    return np.asarray(total / max(int(counts.sum()), 1))


def _block_keys(
    keys: Keys, exact: Sequence[int], file_rows: Integers, person_rows: Integers
) -> tuple[Integers, Integers]:
    if not exact:
        return np.zeros(len(person_rows), dtype=np.int64), np.zeros(len(file_rows), dtype=np.int64)
    both = pack([np.concatenate([keys.persons.codes[person_rows, at], keys.file.codes[file_rows, at]]) for at in exact])
    return both[: len(person_rows)], both[len(person_rows) :]


def _by_pattern(side: Side) -> list[tuple[Integers, NDArray[np.bool_]]]:
    """Part the rows by which of their fields are shown."""
    shown = np.column_stack([side.codes != MISSING, side.low <= side.high])
    if not len(shown):
        return []
    if bool(shown.all()):
        return [(np.arange(len(shown)), shown[0])]
    packed = shown @ (2 ** np.arange(shown.shape[1], dtype=np.int64))
    return [(rows, shown[rows[0]]) for rows in (np.flatnonzero(packed == item) for item in np.unique(packed))]


def _spans_by_row(
    ours: Integers, theirs: Integers, *, spans: tuple[Spans, Spans] | None, tolerance: int
) -> tuple[Integers, Integers]:
    """Return the span of each row on both sides; a blank's low end lies above its high end.

    An open end reaches as far as anything that either side knows, so that it misses nobody and is no wider than need be.
    """
    if spans is None:
        return tuple(np.tile(_BLANK, (len(codes), 1)) for codes in (ours, theirs))  # type: ignore[return-value]
    known = np.concatenate([end for side in spans for end in (side.low, side.high)])
    known = known[(known > OPEN_BELOW) & (known < OPEN_ABOVE)]
    least, most = int(known.min()) - tolerance, int(known.max()) + tolerance
    made = []
    for codes, side in zip((ours, theirs), spans, strict=True):
        ends = np.column_stack([np.maximum(side.low, least), np.minimum(side.high, most)])
        made.append(np.append(ends, _BLANK, axis=0)[codes])
    return made[0], made[1]


def _side(
    exact: Mapping[str, tuple[Integers, Integers]], near: Mapping[str, tuple[Integers, Integers]], *, at: int, rows: int
) -> Side:
    nothing = np.zeros((rows, 0), dtype=np.int64)
    return Side(
        codes=np.column_stack([item[at] for item in exact.values()]) if exact else nothing,
        low=np.column_stack([item[at][:, 0] for item in near.values()]) if near else nothing,
        high=np.column_stack([item[at][:, 1] for item in near.values()]) if near else nothing,
    )


def _rows(table: Mapping[str, Column]) -> int:
    return next((len(item.codes) if isinstance(item, Coded) else len(item) for item in table.values()), 0)


def _coded(column: Column) -> Coded:
    return column if isinstance(column, Coded) else columns.encode(column)


def _not_near(name: str) -> errors.Refusal:
    return errors.ProtectionRefused.because(
        "tolerance_unfit",
        f"'{name}' has a tolerance, but its values are neither numbers nor days.",
        way_out="Remove the tolerance, or write numbers as 34, 20-29 or 70+ and days as 2024-02-29, 2024-02 or 2024.",
    )
