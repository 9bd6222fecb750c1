"""What an intruder can work out: the smallest and largest value of each unknown cell that agrees with what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from openjustice.protect.cells.certificate import Certificate
from openjustice.protect.cells.program import Part, Program, as_whole, find_parts
from openjustice.protect.cells.system import BoolArray, CellSystem, FloatArray, IntArray

_PATIENCE = 4  # so many tables in vain, and the rest is looked for one by one
_WORTH = 20  # a table that closes less than this part of the open cells was in vain
_GAP = 0.1  # of many cells at once, most is enough
_NEAR = 1e-7


@dataclass(frozen=True)
class Need:
    """The safety interval: how wide the feasibility interval must be, and which value it must reach over."""

    minimum_width: int
    must_contain_over: int | None = None

    def is_met(self, low: IntArray, high: IntArray) -> BoolArray:
        """Say for which intervals it holds."""
        over = high > self.must_contain_over if self.must_contain_over is not None else high >= low
        return np.asarray((high - low >= self.minimum_width) & over)


@dataclass(frozen=True)
class Intervals:
    """What can be inferred of each target cell.

    `low`, `high`: reached by tables of whole numbers that agree with everything shown, so the intruder cannot exclude
    them. `lowest`, `highest`: no such table goes beyond (known where they were asked for or where a cell is not safe).
    """

    targets: IntArray
    low: IntArray
    high: IntArray
    lowest: FloatArray
    highest: FloatArray
    certificate: Certificate = field(repr=False)

    def unsafe(self, need: Need) -> IntArray:
        """Return the targets whose interval was not shown to be safe."""
        return self.targets[~need.is_met(self.low, self.high)]


def find_intervals(
    system: CellSystem,
    *,
    unknown: BoolArray,
    floor: IntArray,
    targets: BoolArray,
    need: Need,
    exact: bool = False,
    one_by_one: bool = True,
) -> Intervals:
    """Find the feasibility interval of each target, as far as needed to show it safe; to its ends where `exact`.

    Without `one_by_one` only tables that widen many intervals at once are looked for: quick, and leaves some cells open.

    Each end that is claimed is shown by a whole table, kept in the certificate. Surprise: a cell counts as unsafe when no
    whole table was found within the solver's limit of nodes, even where fractions would do. Source: Hundepool et al.,
    Statistical Disclosure Control (2012), 4.4.
    """
    search = _Search(system, targets=targets, need=need, exact=exact)
    for part in find_parts(system, unknown=unknown, floor=floor):
        if targets[part.cells].any():
            search.run(part, one_by_one=one_by_one)
    return search.result()


def explain(system: CellSystem, *, unknown: BoolArray, floor: IntArray, cell: int) -> Mapping[int, float]:
    """Return the shown cells, each with its factor, whose combination bounds an unknown cell from above.

    The factors are the dual solution: an intruder adds these cells with these factors and has the bound, once the floors
    of the other unknown cells are allowed for.
    """
    part = next(part for part in find_parts(system, unknown=unknown, floor=floor) if cell in part.cells)
    program = Program(part)
    if program.solve(np.where(part.cells == cell, 1.0, 0.0)) is None:
        return {}
    factors = np.zeros(system.equations.shape[0])
    factors[part.rows] = program.multipliers()
    combined = -(system.equations.T @ factors)
    combined[unknown] = 0
    return {int(shown): round(float(combined[shown]), 6) for shown in np.flatnonzero(np.abs(combined) > _NEAR)}


class _Search:
    """Widens the intervals of all targets, one part after the other."""

    def __init__(self, system: CellSystem, *, targets: BoolArray, need: Need, exact: bool) -> None:
        self.system, self.targets, self.need, self.exact = system, targets, need, exact
        self.low, self.high = system.values.copy(), system.values.copy()
        self.lowest, self.highest = np.full(len(system), np.nan), np.full(len(system), np.nan)
        self.witnesses: list[dict[int, int]] = []

    def run(self, part: Part, *, one_by_one: bool) -> None:
        """Widen the intervals of one part: many at once first, then one by one."""
        program = Program(part)
        # The truth is no witness: the intervals start empty and are made by other tables alone.
        inside = part.cells[self.targets[part.cells]]
        self.low[inside], self.high[inside] = np.iinfo(np.int64).max, np.iinfo(np.int64).min
        found: list[IntArray] = []
        self._widen_many(program, inside, found)
        for cell in inside if one_by_one else ():
            if self.exact or self._open(np.array([cell])).any():
                self._widen(program, int(cell), found)
        self._keep(part, found)

    def result(self) -> Intervals:
        """Return what was found."""
        cells = np.flatnonzero(self.targets)
        return Intervals(
            targets=cells,
            low=self.low[cells],
            high=self.high[cells],
            lowest=self.lowest[cells],
            highest=self.highest[cells],
            certificate=Certificate.make(self.witnesses),
        )

    def _open(self, cells: IntArray) -> BoolArray:
        seen = self.high[cells] >= self.low[cells]
        return ~(seen & self.need.is_met(np.where(seen, self.low[cells], 0), np.where(seen, self.high[cells], 0)))

    def _widen_many(self, program: Program, inside: IntArray, found: list[IntArray]) -> None:
        """Push all open cells up, all down, then some up and others down, until that opens no interval any more."""
        program.narrow(*self._goals(program.part))
        number = idle = 0
        while idle < _PATIENCE and (before := int(self._open(inside).sum())):
            is_open = np.isin(program.part.cells, inside[self._open(inside)])
            objective = np.where(is_open, _signs(len(is_open), number), 0.0)
            if not self._try(program, objective, found)[1]:
                self._note(program.part, program.whole(objective, gap=_GAP), found)
            number += 1
            closed = before - int(self._open(inside).sum())
            idle = 0 if closed >= max(1, before // _WORTH) else idle + 1
        program.narrow(program.part.floor, program.part.ceiling)

    def _goals(self, part: Part) -> tuple[IntArray, IntArray]:
        """Return bounds that keep each target within its safety interval, lest one takes all the room of the others."""
        inside, truth = self.targets[part.cells], self.system.values[part.cells]
        over = truth if self.need.must_contain_over is None else np.maximum(truth, self.need.must_contain_over + 1)
        high = np.maximum(over, part.floor + self.need.minimum_width)
        low = np.minimum(truth, np.maximum(part.floor, high - self.need.minimum_width))
        return np.where(inside, low, part.floor), np.where(inside, high, part.ceiling)

    def _try(self, program: Program, objective: FloatArray, found: list[IntArray]) -> tuple[FloatArray | None, bool]:
        """Solve in fractions, and say whether the solution happens to be whole."""
        solution = program.solve(objective)
        whole = None if solution is None else as_whole(solution, program.part)
        self._note(program.part, whole, found)
        return solution, whole is not None

    def _widen(self, program: Program, cell: int, found: list[IntArray]) -> None:
        here = program.part.cells == cell
        for sign, ends in ((1.0, self.highest), (-1.0, self.lowest)):
            solution, is_whole = self._try(program, sign * here, found)
            if solution is not None:
                ends[cell] = float(solution[here][0])
                if not is_whole and self._open(np.array([cell])).any():
                    self._note(program.part, program.whole(sign * here), found)

    def _note(self, part: Part, whole: IntArray | None, found: list[IntArray]) -> None:
        if whole is None:
            return
        inside = self.targets[part.cells]
        cells, values = part.cells[inside], whole[inside]
        if (values > self.high[cells]).any() or (values < self.low[cells]).any():
            found.append(whole)
        self.high[cells] = np.maximum(self.high[cells], values)
        self.low[cells] = np.minimum(self.low[cells], values)

    def _keep(self, part: Part, found: list[IntArray]) -> None:
        inside = self.targets[part.cells]
        empty = self.high[part.cells[inside]] < self.low[part.cells[inside]]
        cells = part.cells[inside][empty]
        self.low[cells] = self.high[cells] = self.system.values[cells]
        for place, whole in enumerate(found):
            if place == len(self.witnesses):
                self.witnesses.append({})
            self.witnesses[place].update(zip(part.cells.tolist(), whole.tolist(), strict=True))


def _signs(count: int, number: int) -> FloatArray:
    """Give a sign for each column: all up, all down, then mixtures that are the same every time."""
    if number < 2:
        return np.full(count, 1.0 - 2.0 * number)
    places = np.arange(count, dtype=np.uint64) * np.uint64(2_654_435_761)
    bits = (places >> np.uint64(number % 24 + 3)) & np.uint64(1)
    return np.where(bits == 1, 1.0, -1.0)
