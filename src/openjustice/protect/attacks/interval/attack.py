"""Solves the published sums for each hidden small count, as a reader of the draft would, and judges what is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from openjustice.protect import cells
from openjustice.protect.attack import AttackResult
from openjustice.protect.attacks.interval.parameters import Parameters
from openjustice.protect.cells import Address, BoolArray, CellSystem, Certificate, IntArray, Intervals, Need


@dataclass(frozen=True)
class CellInterval:
    """What a reader can work out of one hidden count: values from `low` to `high` cannot be excluded.

    `lowest` and `highest` are the ends beyond which it cannot be; None where they were not needed.
    """

    address: Address
    low: int
    high: int
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class IntervalResult:
    """The verdict, the interval of each hidden small count, and the certificate that proves the safe ones.

    `leaks`: the addresses that are not safe. Confidential: the certificate and the intervals stay with the draft.
    """

    result: AttackResult
    intervals: tuple[CellInterval, ...] = field(repr=False)
    leaks: tuple[Address, ...]
    certificate: Certificate = field(repr=False)


def run(system: CellSystem, hidden: BoolArray, *, parameters: Parameters) -> IntervalResult:
    """Find what a reader of this draft alone can work out of its hidden counts.

    `hidden`: which cells of the draft are not shown. Whatever the solver answers, a cell counts as safe only where the
    certificate proves it, and that is checked without the solver. Surprise: a small count that is shown is a leak too.
    Source: Hundepool et al., Statistical Disclosure Control (2012), 4.4.
    """
    alone = system.draft_alone()
    unknown = alone.unknown(hidden)
    floor = alone.floor(unknown, hidden_at_least=parameters.hidden_at_least)
    sensitive = alone.sensitive(
        minimum_frequency=parameters.minimum_frequency, zeros_hidden=parameters.zeros == "hidden"
    )
    targets, shown = sensitive & unknown, np.flatnonzero(sensitive & ~unknown)
    need = Need(parameters.safety_interval.minimum_width, parameters.safety_interval.must_contain_over)
    found = cells.find_intervals(
        alone, unknown=unknown, floor=floor, targets=targets, need=need, exact=parameters.exact
    )
    unsafe = cells.check_certificate(
        alone,
        found.certificate,
        unknown=unknown,
        floor=floor,
        targets=targets,
        minimum_width=need.minimum_width,
        must_contain_over=need.must_contain_over,
    )
    groups = find_group_disclosures(alone, hidden)
    return IntervalResult(
        result=_judge(alone, found=found, shown=shown, unsafe=unsafe, groups=len(groups), hidden=hidden),
        intervals=_intervals(alone, found),
        leaks=tuple(alone.addresses[cell] for cell in [*shown, *unsafe]),
        certificate=found.certificate,
    )


def find_group_disclosures(system: CellSystem, hidden: BoolArray) -> tuple[Address, ...]:
    """Return the shown cells that hold a whole total: everybody in the total is known to be of that code.

    Measured and reported, not judged: a count of a whole group is often what the public should know.
    """
    shown = system.in_draft & ~hidden
    equations, found = system.equations, []
    for row in range(equations.shape[0]):
        cells_here = equations.indices[equations.indptr[row] : equations.indptr[row + 1]]
        counted = cells_here[system.values[cells_here] != 0]
        if len(cells_here) > 2 and len(counted) == 2 and shown[cells_here].all():
            weights = equations.data[equations.indptr[row] : equations.indptr[row + 1]]
            found.append(int(cells_here[(weights < 0) & (system.values[cells_here] != 0)][0]))
    return tuple(system.addresses[cell] for cell in sorted(set(found)))


def _judge(
    system: CellSystem, *, found: Intervals, shown: IntArray, unsafe: IntArray, groups: int, hidden: BoolArray
) -> AttackResult:
    count, leaks = len(found.targets), len(shown) + len(unsafe)
    says = f"None of {count} hidden small counts can be worked out more closely than the policy allows."
    if leaks:
        says = f"{len(unsafe)} of {count} hidden small counts can be worked out too closely, {len(shown)} are shown."
    return AttackResult(
        attack="interval",
        against="all tables of the draft",
        passed=not leaks,
        says=says,
        figures={
            "hidden_cells": int((system.in_draft & hidden).sum()),
            "hidden_small_counts": count,
            "small_counts_shown": len(shown),
            "too_closely_known": len(unsafe),
            "narrowest_interval": _narrowest(found),
            "witness_tables": len(found.certificate.tables),
            "whole_groups_shown": groups,
        },
        leaks=_in_words(system, shown=shown, unsafe=unsafe),
    )


def _in_words(system: CellSystem, *, shown: IntArray, unsafe: IntArray) -> tuple[str, ...]:
    small = [f"{cells.describe(system.addresses[cell])} is small and shown" for cell in shown]
    narrow = [f"{cells.describe(system.addresses[cell])} can be worked out from the cells beside it" for cell in unsafe]
    return (*small, *narrow)


def _narrowest(found: Intervals) -> int | None:
    return int((found.high - found.low).min()) if len(found.targets) else None


def _intervals(system: CellSystem, found: Intervals) -> tuple[CellInterval, ...]:
    rows: Sequence[tuple[int, int, int, float, float]] = list(
        zip(
            found.targets.tolist(),
            found.low.tolist(),
            found.high.tolist(),
            found.lowest.tolist(),
            found.highest.tolist(),
            strict=True,
        )
    )
    return tuple(
        CellInterval(
            address=system.addresses[cell],
            low=low,
            high=high,
            lowest=None if np.isnan(lowest) else round(lowest, 6),
            highest=None if np.isnan(highest) else round(highest, 6),
        )
        for cell, low, high, lowest, highest in rows
    )
