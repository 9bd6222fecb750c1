"""Subtracts record files of the same people from each other, and follows each record from one into the other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Integers
from openjustice.protect.attack import AttackResult, find_source, number_rows, run_example
from openjustice.protect.attacks.record_differencing.beside import Beside, Rows, find_counterparts, lay_beside
from openjustice.protect.attacks.record_differencing.parameters import Parameters

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Findings:
    """What one pair of files gives away, and the rows of the first file that it is about.

    `differences`: combinations of values whose number changed by fewer records than may stand out. `narrowed`: distinct
    rows with fewer counterparts than that, and fewer than in their own file. `restored`: blanks that all counterparts
    fill with one value. `composed`: pairs of classes whose sensitive values have one in common.
    """

    differences: int
    narrowed: int
    restored: int
    composed: int
    rows: Marks

    @property
    def total(self) -> int:
        """Return how many findings there are."""
        return self.differences + self.narrowed + self.restored + self.composed


def run(
    release: Table,
    *,
    known: Table,  # noqa: ARG001 (the shape of every attack on records)
    key: Sequence[str],
    sensitive: Sequence[str],
    maximum_rate: float,  # noqa: ARG001 (see above)
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],
) -> AttackResult:
    """Lay each named file beside the release, and count what the two tell together that neither tells alone.

    Claims: finds every set of up to `order` variables, and all together, in which the number of records with some values
    surely changed by fewer than `minimum`, blanks read both ways; every record with fewer counterparts than that; every
    blank that the other file fills; every two classes that leave one sensitive value. Source: Ganta, Kasiviswanathan,
    Smith (2008), Composition Attacks and Auxiliary Information in Data Privacy.
    """
    ours = columns.read_columns(release, release.column_names)
    at_risk: Marks = np.zeros(release.row_count, dtype=np.bool_)
    total = Findings(0, 0, 0, 0, rows=at_risk)
    failing = []
    for name in parameters.files:
        file = find_source(sources, name, against=against)
        found = compare(
            ours, columns.read_columns(file, file.column_names), key=key, sensitive=sensitive, parameters=parameters
        )
        failing += [name] if found.total else []
        at_risk = np.asarray(at_risk | found.rows)
        total = Findings(
            differences=total.differences + found.differences,
            narrowed=total.narrowed + found.narrowed,
            restored=total.restored + found.restored,
            composed=total.composed + found.composed,
            rows=at_risk,
        )
    passed = total.total <= parameters.maximum_findings
    return AttackResult(
        attack="record_differencing",
        against=against,
        passed=passed,
        says=_sentence(total, files=parameters.files),
        figures={
            "files": len(parameters.files), "differences": total.differences, "narrowed": total.narrowed,
            "restored": total.restored, "composed": total.composed,
        },
        leaks=() if passed else tuple(f"The release and '{name}' tell more together than each alone." for name in failing),
        at_risk=number_rows(at_risk),
    )  # fmt: skip


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def compare(
    first: Mapping[str, Coded],
    second: Mapping[str, Coded],
    *,
    key: Sequence[str],
    sensitive: Sequence[str],
    parameters: Parameters,
) -> Findings:
    """Return what two files of the same records tell together."""
    beside = lay_beside(first, second)
    if not beside.names:
        return Findings(0, 0, 0, 0, rows=np.zeros(_rows(first), dtype=np.bool_))
    changed, differences = _find_differences(beside, minimum=parameters.minimum, order=parameters.order)
    narrowed: Marks = np.zeros(len(beside.first.counts), dtype=np.bool_)
    restored: Marks = narrowed
    composed_rows: Marks = np.zeros(_rows(first), dtype=np.bool_)
    composed = 0
    blanks = 0
    if parameters.same_people:
        narrowed, filled = _follow(beside, minimum=parameters.minimum)
        restored, blanks = np.asarray(filled.any(axis=1)), int(filled.sum())
        for name in sensitive:
            if name in beside.names:
                known_by = [item for item in key if item in beside.names and item != name]
                found, rows = _compose(first, second, key=known_by, name=name)
                composed, composed_rows = composed + found, np.asarray(composed_rows | rows)
    return Findings(
        differences=differences,
        narrowed=int(narrowed.sum()),
        restored=blanks,
        composed=composed,
        rows=(changed | narrowed | restored)[beside.first.which] | composed_rows,
    )


def _find_differences(beside: Beside, *, minimum: int, order: int) -> tuple[Marks, int]:
    """Find the combinations of values whose number of records surely changed, and by fewer than may stand out."""
    usable = np.flatnonzero(beside.alike).tolist()
    sets = [part for size in range(min(order, len(usable)) + 1) for part in itertools.combinations(usable, size)]
    if len(usable) > order:
        sets.append(tuple(usable))
    marked, number = np.zeros(len(beside.first.counts), dtype=np.bool_), 0
    for part in sets:
        rows, changes = _small_changes(beside.first, beside.second, part, minimum=minimum)
        marked |= rows
        number += changes
    return marked, number


def _small_changes(first: Rows, second: Rows, part: Sequence[int], *, minimum: int) -> tuple[Marks, int]:
    ours, theirs = first.codes[:, part], second.codes[:, part]
    shown = [~(codes == MISSING).any(axis=1) for codes in (ours, theirs)]
    cells = np.unique(np.concatenate([ours[shown[0]], theirs[shown[1]]]), axis=0)
    most_before, least_before = _bounds(cells, ours, first.counts, shown[0])
    most_after, least_after = _bounds(cells, theirs, second.counts, shown[1])
    highest, lowest = most_after - least_before, least_after - most_before
    small = ((lowest > 0) & (highest < minimum)) | ((highest < 0) & (lowest > -minimum))
    if not small.any():
        return np.zeros(len(ours), dtype=np.bool_), 0
    places = _places(cells[small], ours)
    return (places >= 0) & shown[0], int(small.sum())


def _bounds(cells: Integers, codes: Integers, counts: Integers, shown: Marks) -> tuple[Integers, Integers]:
    """Return the largest and smallest number of records that each combination of values may have."""
    places = _places(cells, codes[shown])
    known = places >= 0
    least = np.bincount(places[known], weights=counts[shown][known], minlength=len(cells)).astype(np.int64)
    most = least.copy()
    for row in np.flatnonzero(~shown):
        blank = codes[row] == MISSING
        may_be = (cells[:, ~blank] == codes[row, ~blank]).all(axis=1)
        most[may_be] += counts[row]
    return most, least


def _places(cells: Integers, codes: Integers) -> Integers:
    """Return which of the combinations each row shows, or -1."""
    if not cells.shape[1]:
        return np.zeros(len(codes), dtype=np.int64) - (0 if len(cells) else 1)
    both = columns.pack(list((np.concatenate([cells, codes]) + 1).T))
    order = np.argsort(both[: len(cells)], kind="stable")
    keys = both[: len(cells)][order]
    if not len(keys):
        return np.full(len(codes), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, both[len(cells) :]), len(keys) - 1)
    return np.where(keys[at] == both[len(cells) :], order[at], -1)


def _follow(beside: Beside, *, minimum: int) -> tuple[Marks, Marks]:
    """Return which distinct rows have few counterparts in the other file, and which of their blanks it fills."""
    records, only = _counterparts(beside.first, beside.second)
    own, _ = _counterparts(beside.first, beside.first)
    narrowed = (records > 0) & (records < np.minimum(own, minimum))
    filled = (beside.first.codes == MISSING) & (only >= 0)
    return narrowed, filled


def _counterparts(rows: Rows, others: Rows) -> tuple[Integers, Integers]:
    records = np.zeros(len(rows.counts), dtype=np.int64)
    only = np.zeros(rows.codes.shape, dtype=np.int64)
    find_counterparts(rows.low, rows.high, others.low, others.high, others.codes, others.counts, records, only)
    return records, only


def _compose(
    first: Mapping[str, Coded], second: Mapping[str, Coded], *, key: Sequence[str], name: str
) -> tuple[int, Marks]:
    """Find classes of the two files that a person may stand in both of, and whose sensitive values have one in common."""
    beside = lay_beside({item: first[item] for item in key}, {item: second[item] for item in key})
    ours, theirs = columns.align(first[name], second[name])
    rows = np.zeros(len(ours.codes), dtype=np.bool_)
    if not key:
        return 0, rows
    sets = [
        _values_by_class(side.which, coded)
        for side, coded in zip((beside.first, beside.second), (ours, theirs), strict=True)
    ]
    found = 0
    for place in range(len(beside.first.counts)):
        may_be = (
            (beside.first.low[place] <= beside.second.high) & (beside.second.low <= beside.first.high[place])
        ).all(axis=1)
        mine, blank = sets[0][0][place], sets[0][1][place]
        if blank or mine.sum() < 2:
            continue
        beside_it = may_be & ~sets[1][1] & (sets[1][0].sum(axis=1) > 1)
        single = (sets[1][0][beside_it] & mine).sum(axis=1) == 1
        if single.any():
            found += int(single.sum())
            rows |= beside.first.which == place
    return found, rows


def _values_by_class(which: Integers, coded: Coded) -> tuple[Marks, Marks]:
    """Return by class the sensitive values that it shows, and whether it has a blank, which may hide any."""
    classes = int(which.max(initial=-1)) + 1
    shown, blank = np.zeros((classes, len(coded.labels)), dtype=np.bool_), np.zeros(classes, dtype=np.bool_)
    known = coded.codes != MISSING
    shown[which[known], coded.codes[known]] = True
    blank[which[~known]] = True
    return shown, blank


def _rows(file: Mapping[str, Coded]) -> int:
    return next((len(item.codes) for item in file.values()), 0)


def _sentence(found: Findings, *, files: Sequence[str]) -> str:
    return (
        f"Beside {', '.join(repr(name) for name in files)}: {found.differences} counts changed by too few records,"
        f" {found.narrowed} kinds of records have too few counterparts, {found.restored} blanks are filled, and"
        f" {found.composed} pairs of classes leave one value."
    )
