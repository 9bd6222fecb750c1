"""What a record file says of the counts of tables: so many records show all of a cell's codes, and so many more may have them.

The bounds enter the system of cells as further sums, so that whoever hides counts, or attacks them, reckons with the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from openjustice.contracts.policy import Recoding
from openjustice.ground.engine import Table
from openjustice.measure.statements import UNKNOWN
from openjustice.protect import risk
from openjustice.protect.cells import Address, BoolArray, CellSystem, IntArray
from openjustice.protect.risk import BLANK, Combinations

_ROWS = "/rows"


@dataclass(frozen=True)
class RecordFile:
    """A protected record file as its readers have it, and what it was made of.

    `recoded` are the same records before protection in all variables of the tier, made by `recodings`; `dataset` is what
    they are records of.
    """

    release: Table
    recoded: Table
    recodings: Mapping[str, Recoding]
    dataset: str


@dataclass(frozen=True)
class Bounds:
    """What the record file says of some cells: at least `low` and at most `high`, by the cell's place in the system."""

    cells: IntArray
    low: IntArray
    high: IntArray


@dataclass(frozen=True)
class LeftOut:
    """What a reader of tables and file finds of the records that the file lacks, by shown cell: at least, at most, in truth."""

    cells: IntArray
    low: IntArray
    high: IntArray
    truth: IntArray


def find_left_out(file: RecordFile, *, system: CellSystem, shown: BoolArray) -> LeftOut:
    """Return how closely the records that were kept out of the file can be counted in each shown cell that has any.

    The reader takes the file's records away from the count: as many as may belong to the cell at most, and as many as
    certainly do at least.
    """
    reader = Reader.of(file)
    return find_left_out_by(reader, system=system, shown=shown, dataset=file.dataset, variables=_variables(file))


def find_left_out_by(
    reader: Reader, *, system: CellSystem, shown: BoolArray, dataset: str, variables: Sequence[str]
) -> LeftOut:
    """Return the same by a reader who has the file at hand already."""
    found = []
    for cell in _cells_of(dataset, variables, system=system, where=shown):
        value = int(system.values[cell])
        (low, high), inside = reader.in_file(system.addresses[cell])
        if value > inside:
            found.append((cell, max(value - high, 0), value - low, value - inside))
    columns = [np.array([item[at] for item in found], dtype=np.int64) for at in range(4)]
    return LeftOut(*columns)


def find_bounds(file: RecordFile, *, system: CellSystem, mask: BoolArray) -> Bounds:
    """Return what the record file says of each of these cells that counts its records.

    Assumes the worst: the reader knows how many of the records that were kept out of the file belong to each cell.
    """
    reader = Reader.of(file)
    cells = _cells_of(file.dataset, _variables(file), system=system, where=mask)
    found = [reader.bounds(system.addresses[cell], int(system.values[cell])) for cell in cells]
    low, high = ([pair[side] for pair in found] for side in (0, 1))
    as_integers = [np.array(item, dtype=np.int64) for item in (cells, low, high)]
    return Bounds(*as_integers)


def join(system: CellSystem, bounds: Bounds, *, is_earlier: bool) -> CellSystem:
    """Return the system with a sum for each bound.

    `is_earlier`: the file counts as published before the draft, so that nobody may hide what it says; otherwise it is part
    of the draft, for a reader who has only that.

    A lower bound is written as: the cell, and a fixed count that is shown, make another shown count and an unknown rest. The
    fixed count only lifts the shown ones out of the range of small counts, of which they are none.
    """
    count, number = len(system), len(bounds.cells)
    if not number:
        return system
    lift = 2 * int(system.values.max(initial=0)) + 1_000
    values = system.values[bounds.cells]
    # New cells: the fixed count, then for each bound the two shown counts and the two rests.
    added = np.concatenate(
        [[lift], bounds.low + lift, bounds.high + lift, values - bounds.low, bounds.high - values]
    ).astype(np.int64)
    places = [count + 1 + part * number + np.arange(number) for part in range(4)]
    rows = np.arange(number)
    lower = _equations(
        number, [(rows, bounds.cells, 1), (rows, places[0], -1), (rows, places[2], -1)], count, len(added)
    )
    upper = _equations(
        number, [(rows, bounds.cells, 1), (rows, places[1], -1), (rows, places[3], 1)], count, len(added)
    )
    old = sparse.csr_array(
        (system.equations.data, system.equations.indices, system.equations.indptr),
        shape=(system.equations.shape[0], count + len(added)),
    )
    seen = np.arange(len(added)) <= 2 * number
    nothing, ties = np.zeros(len(added), dtype=np.bool_), np.ones(2 * number, dtype=np.bool_)
    return replace(
        system,
        addresses=(*system.addresses, *(_address(place) for place in range(len(added)))),
        values=np.concatenate([system.values, added]),
        equations=sparse.csr_array(sparse.vstack([old, lower, upper])),
        in_draft=np.concatenate([system.in_draft, nothing if is_earlier else seen]),
        shown_before=np.concatenate([system.shown_before, seen if is_earlier else nothing]),
        hidden_before=np.concatenate([system.hidden_before, nothing]),
        draft_rows=np.concatenate([system.draft_rows, ties & (not is_earlier)]),
        earlier_rows=np.concatenate([system.earlier_rows, ties & is_earlier]),
    )


def _variables(file: RecordFile) -> list[str]:
    return [name for name in file.recodings if name in file.recoded.column_names]


def _cells_of(dataset: str, variables: Sequence[str], *, system: CellSystem, where: BoolArray) -> list[int]:
    """Return the cells that count the dataset's records, in variables of the tier."""
    population, names = dataset + _ROWS, {"", *variables}
    return [
        cell
        for cell in np.flatnonzero(where).tolist()
        if dict(system.addresses[cell]).get("") == population
        and names.issuperset(name for name, _ in system.addresses[cell])
    ]


class Reader:
    """Reads bounds of cells off the record file, as somebody who knows how its variables were made."""

    def __init__(self, truth: Combinations, shown: Combinations, *, recodings: Mapping[str, Recoding]) -> None:
        self.truth, self.shown, self.recodings = truth, shown, recodings
        self._known: dict[tuple[str, str], tuple[BoolArray, BoolArray, BoolArray]] = {}

    @classmethod
    def of(cls, file: RecordFile) -> Reader:
        """Read the file, and the records behind it in all variables of the tier."""
        truth = risk.read_combinations(file.recoded, variables=_variables(file))
        shown = risk.read_combinations(file.release, variables=file.release.column_names)
        return cls(truth, shown, recodings=file.recodings)

    def bounds(self, address: Address, value: int) -> tuple[int, int]:
        """Return the least and the most that a cell can count; its true value lies between."""
        (low, high), inside = self.in_file(address)
        kept_out = value - inside
        return low + kept_out, high + kept_out

    def in_file(self, address: Address) -> tuple[tuple[int, int], int]:
        """Return how many of the file's records belong to a cell: at least and at most, and in truth."""
        certain = np.ones(len(self.shown.codes), dtype=np.bool_)
        possible = certain.copy()
        member = np.ones(len(self.truth.codes), dtype=np.bool_)
        for name, code in address:
            if name:
                has, all_of, some_of = self._told(name, code)
                member &= has
                certain, possible = certain & all_of, possible & some_of
        low, high = int(self.shown.counts[certain].sum()), int(self.shown.counts[possible].sum())
        return (low, high), int(self.truth.counts[member].sum())

    def certain(self, address: Address) -> BoolArray:
        """Return which combinations of the file certainly belong to a cell."""
        parts = [self._told(name, code)[1] for name, code in address if name]
        return np.asarray(np.logical_and.reduce([np.ones(len(self.shown.codes), dtype=np.bool_), *parts]))

    def _told(self, name: str, code: str) -> tuple[BoolArray, BoolArray, BoolArray]:
        if (name, code) not in self._known:
            has = self._has(name, code)
            self._known[name, code] = (has, *self._shows(name, has))
        return self._known[name, code]

    def _has(self, name: str, code: str) -> BoolArray:
        place = self.truth.variables.index(name)
        labels = self.truth.labels[place]
        if code == UNKNOWN:
            return np.asarray(self.truth.codes[:, place] == BLANK)
        wanted = labels.index(code) + 1 if code in labels else -1
        return np.asarray(self.truth.codes[:, place] == wanted)

    def _shows(self, name: str, has: BoolArray) -> tuple[BoolArray, BoolArray]:
        """Return which combinations of the file certainly, and which possibly, have a code, by what they show of its field."""
        certain = np.zeros(len(self.shown.codes), dtype=np.bool_)
        possible = np.ones(len(self.shown.codes), dtype=np.bool_)
        field = self.recodings[name].of
        for place, variable in enumerate(self.shown.variables):
            if self.recodings[variable].of == field:
                at = self.truth.variables.index(variable)
                inside, outside = (_labels(self.truth, at, rows) for rows in (has, ~has))
                labels = np.array(["", *self.shown.labels[place]])
                codes = self.shown.codes[:, place]
                certain |= (codes != BLANK) & np.isin(labels[codes], [item for item in inside if item not in outside])
                possible &= (codes == BLANK) | np.isin(labels[codes], inside)
        return certain, possible


def _labels(combinations: Combinations, place: int, rows: BoolArray) -> list[str]:
    found = np.unique(combinations.codes[rows, place])
    return [combinations.labels[place][code - 1] for code in found.tolist() if code != BLANK]


def _equations(
    number: int, entries: Sequence[tuple[IntArray, IntArray, int]], count: int, added: int
) -> sparse.csr_array:
    """Write one equation for each bound: its entries, and the fixed count with the weight of the cell."""
    rows = np.concatenate([*(rows for rows, _, _ in entries), np.arange(number)])
    columns = np.concatenate([*(columns for _, columns, _ in entries), np.full(number, count)])
    weights = np.concatenate([*(np.full(number, weight) for _, _, weight in entries), np.ones(number, dtype=np.int64)])
    return sparse.csr_array((weights, (rows, columns)), shape=(number, count + added))


def _address(place: int) -> Address:
    return (("", "record file"), ("bound", str(place)))
