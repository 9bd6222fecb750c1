"""Sets a draft beside all earlier releases and solves the sums of both together, as a reader who kept them would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openjustice.protect import cells
from openjustice.protect.attack import AttackResult
from openjustice.protect.attacks.differencing.parameters import Parameters
from openjustice.protect.audit.derivation import Derivations
from openjustice.protect.cells import Address, BoolArray, CellSystem, IntArray, Intervals, Need

_NAMED = 8
_NEAR = 1e-6


@dataclass(frozen=True)
class Leak:
    """A small count that the draft gives away, in itself or in an earlier release, with its derivation in words."""

    address: Address
    derivation: str


@dataclass(frozen=True)
class DifferencingResult:
    """The verdict and each leak. `known_before`: small counts that the earlier releases alone had given away already."""

    result: AttackResult
    leaks: tuple[Leak, ...]
    known_before: tuple[Address, ...]


def run(system: CellSystem, hidden: BoolArray, *, parameters: Parameters) -> DifferencingResult:
    """Find the small counts that a draft and all earlier releases give away together, and not the earlier ones alone.

    `system` holds the draft and every earlier release; `hidden`: which cells of the draft are not shown. A cell whose
    true count changed between two releases is two cells, and the change a third, a small count like any other: one record
    that was added is one person. Surprises: a leak may lie in an earlier release, where the new
    draft closes its sum; what was known before the draft is named and does not count against it.
    """
    unknown = system.unknown(hidden)
    need = Need(parameters.safety_interval.minimum_width, parameters.safety_interval.must_contain_over)
    sensitive = system.sensitive(
        minimum_frequency=parameters.minimum_frequency, zeros_hidden=parameters.zeros == "hidden"
    )
    at_stake = sensitive & (system.has_earlier & unknown)
    floor = system.floor(unknown, hidden_at_least=parameters.hidden_at_least)
    unsafe = _unsafe(system, unknown=unknown, floor=floor, targets=at_stake, need=need)
    new = _new(system, unknown=unknown, parameters=parameters, unsafe=unsafe, need=need)
    shown_again = np.flatnonzero(sensitive & system.shown_before)
    known = [*shown_again, *unsafe[~new]]
    in_words = _Words(system, shown_now=system.in_draft & ~hidden)
    leaks = tuple(
        Leak(system.addresses[cell], in_words.derive(int(cell), unknown=unknown, floor=floor)) for cell in unsafe[new]
    )
    return DifferencingResult(
        result=_judge(system, at_stake=int(at_stake.sum()), leaks=leaks, known=len(known)),
        leaks=leaks,
        known_before=tuple(system.addresses[cell] for cell in sorted(known)),
    )


def _unsafe(system: CellSystem, *, unknown: BoolArray, floor: IntArray, targets: BoolArray, need: Need) -> IntArray:
    found = cells.find_intervals(system, unknown=unknown, floor=floor, targets=targets, need=need)
    return cells.check_certificate(
        system,
        found.certificate,
        unknown=unknown,
        floor=floor,
        targets=targets,
        minimum_width=need.minimum_width,
        must_contain_over=need.must_contain_over,
    )


def _new(system: CellSystem, *, unknown: BoolArray, parameters: Parameters, unsafe: IntArray, need: Need) -> BoolArray:
    """Say which unsafe cells are known more closely than from the earlier releases alone."""
    if not len(unsafe):
        return np.zeros(0, dtype=np.bool_)
    targets = np.zeros(len(system), dtype=np.bool_)
    targets[unsafe] = True
    now = _ends(system, unknown=unknown, parameters=parameters, targets=targets, need=need)
    alone = system.earlier_alone()
    before = _ends(alone, unknown=~alone.shown_before, parameters=parameters, targets=targets, need=need)
    closer = ~(now.highest >= before.highest - _NEAR) | ~(now.lowest <= before.lowest + _NEAR)
    return closer | ~(system.hidden_before | system.shown_before)[unsafe]


def _ends(
    system: CellSystem, *, unknown: BoolArray, parameters: Parameters, targets: BoolArray, need: Need
) -> Intervals:
    floor = system.floor(unknown, hidden_at_least=parameters.hidden_at_least)
    return cells.find_intervals(system, unknown=unknown, floor=floor, targets=targets, need=need, exact=True)


class _Words:
    """Says in words how a cell follows from others; a cell that only an earlier release shows is named with it."""

    def __init__(self, system: CellSystem, *, shown_now: BoolArray) -> None:
        self.system, self.shown_now = system, shown_now

    def derive(self, cell: int, *, unknown: BoolArray, floor: IntArray) -> str:
        """Say which shown cells, added and taken away, give a cell or its upper bound."""
        factors = self._factors(cell, unknown=unknown, floor=floor)
        counted = {here: factor for here, factor in factors.items() if self.system.values[here]}
        plus = [self._term(here, factor) for here, factor in sorted(counted.items()) if factor > 0]
        minus = [self._term(here, -factor) for here, factor in sorted(counted.items()) if factor < 0]
        first = " plus ".join(_short(plus)) or "zero"
        return " minus ".join([f"{self._name(cell)} follows from {first}", *_short(minus)])

    def _factors(self, cell: int, *, unknown: BoolArray, floor: IntArray) -> Mapping[int, float]:
        """Return the shortest sum that gives the cell exactly; where there is none, the one that bounds it."""
        found = Derivations(self.system.equations, unknown).derive(cell)
        if found is None:
            return cells.explain(self.system, unknown=unknown, floor=floor, cell=cell)
        return {here: float(factor) for here, factor in found.terms.items()}

    def _name(self, cell: int) -> str:
        is_earlier = not self.shown_now[cell] and (self.system.shown_before[cell] or not self.system.in_draft[cell])
        release = self.system.releases.get(cell) if is_earlier else None
        return cells.describe(self.system.addresses[cell], release=release)

    def _term(self, cell: int, factor: float) -> str:
        return ("" if abs(factor - 1) < _NEAR else f"{factor:g} times ") + self._name(cell)


def _short(words: list[str]) -> list[str]:
    return words if len(words) <= _NAMED else [*words[:_NAMED], f"{len(words) - _NAMED} more"]


def _judge(system: CellSystem, *, at_stake: int, leaks: tuple[Leak, ...], known: int) -> AttackResult:
    releases = len(set(system.releases.values()))
    says = f"The draft and {releases} earlier releases together give away none of {at_stake} hidden small counts."
    if not system.has_earlier:
        says = "There is no earlier release to set the draft against."
    if leaks:
        says = f"The draft and {releases} earlier releases together give away {len(leaks)} of {at_stake} hidden small counts."
    return AttackResult(
        attack="differencing",
        against="all earlier releases",
        passed=not leaks,
        says=says,
        figures={
            "earlier_releases": releases,
            "hidden_small_counts": at_stake,
            "given_away": len(leaks),
            "known_before": known,
        },
        leaks=tuple(leak.derivation for leak in leaks),
    )
