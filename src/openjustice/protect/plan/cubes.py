"""Protects cubes outside any home: small counts and their helpers hidden, over several cubes and earlier releases together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from scipy import sparse

from openjustice.contracts.attacker import Attacker
from openjustice.contracts.policy import SafetyInterval
from openjustice.contracts.priorities import Priorities
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.cells import Address, BoolArray, CellSystem, IntArray, describe
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.cubes import Cube, CubeSystem, Release
from openjustice.protect.methods.cell_suppression import fast, method
from openjustice.protect.methods.cell_suppression.parameters import Parameters
from openjustice.protect.methods.cell_suppression.task import make_task

_NAMED = 5
_BOUNDED = 2_000  # so many cells are held against a proven bound


@dataclass(frozen=True)
class ProtectedCubes:
    """Which cells of each cube are hidden, and which of these because they are small.

    `hidden` and `primary` have the shape of their cube; readers are given one mark for both. `figures` says what it cost.
    """

    cubes: tuple[Cube, ...]
    hidden: tuple[BoolArray, ...] = field(repr=False)
    primary: tuple[BoolArray, ...] = field(repr=False)
    figures: Mapping[str, Any]


def protect_cubes(
    given: Sequence[Cube],
    *,
    threshold: int,
    attacker: Attacker | None = None,
    earlier: Sequence[Release] = (),
    priorities: Priorities = Priorities(),  # noqa: B008  (frozen)
) -> ProtectedCubes:
    """Hide the counts from 1 to the threshold, and as little else as is found to be needed, in all cubes as one problem.

    Without an attacker, no hidden small count can be worked out exactly by adding and subtracting what any of the cubes
    or earlier releases show. With one, no reader who knows what the attacker knows can narrow it down below the attacker's
    width, each end of its range being shown by a whole table. Claims: every shown count is true; no small count is shown.
    Assumes: `earlier` has the true counts of its releases. Raises ProtectionRefused where hiding cannot help.
    Surprises: an attacker to whom zeros are not public has zeros hidden too; a count that is small and never to be hidden
    is hidden; and where earlier releases gave a count away already, nothing is refused on its account.
    """
    _refuse_attacker(attacker)
    system = cubes.join_cubes(given, earlier=earlier)
    zeros_hidden = attacker is not None and not attacker.zeros_public
    small = (system.values >= (0 if zeros_hidden else 1)) & (system.values <= threshold)
    price, free = _prices(system, priorities), system.in_draft & ~system.shown_before & ~small
    free &= ((system.values > 0) | zeros_hidden) & ~_never_hidden(system, priorities)
    bound: dict[str, Any] = {}
    if attacker is None:
        hidden, stuck, bound = _hide_exactly(system, small=small, free=free, price=price)
    else:
        hidden, stuck = _hide_widely(system, attacker, small=small, free=free, price=price, threshold=threshold)
    _refuse(system, stuck[~(system.shown_before | system.hidden_before)[stuck]])
    hidden &= system.in_draft
    return ProtectedCubes(
        cubes=tuple(given),
        hidden=tuple(hidden[place] for place in system.draft),
        primary=tuple((hidden & small)[place] for place in system.draft),
        figures=_figures(system, hidden=hidden, small=small, attacker=attacker, threshold=threshold) | bound,
    )


def _hide_exactly(
    system: CubeSystem, *, small: BoolArray, free: BoolArray, price: FloatArray
) -> tuple[BoolArray, IntArray, dict[str, Any]]:
    start, kept = _start(system, small)
    nothing = np.zeros(len(system), dtype=np.int64)
    problem = fast.Problem(system.equations, start, kept, free, small & start, price, nothing)
    done = fast.hide(problem, cycles=2 if len(system) < 30_000 else 1)
    if len(system) > _BOUNDED:
        return done.hidden, done.stuck, {"price": done.price(problem), "bound": None, "gap": None}
    bound = fast.find_bound(problem, stuck=done.stuck)
    if bound.best is not None:
        done = min(done, replace(done, hidden=bound.best), key=lambda one: one.price(problem))
    return done.hidden, done.stuck, _bound_figures(done.price(problem), bound.lowest)


def _bound_figures(price: float, lowest: float) -> dict[str, Any]:
    """Say what the helpers cost, what any safe choice costs at least, and by which share of that the first is above it."""
    gap = max(0.0, price - lowest) / lowest if lowest > 0 else None
    return {
        "price": price,
        "bound": round(lowest, 4),
        "gap": 0.0 if price == 0 else None if gap is None else round(gap, 4),
    }


def _hide_widely(
    system: CubeSystem, attacker: Attacker, *, small: BoolArray, free: BoolArray, price: FloatArray, threshold: int
) -> tuple[BoolArray, IntArray]:
    over = None if attacker.never_inside is None else attacker.never_inside[1]
    parameters = Parameters(
        minimum_frequency=threshold + 1,
        zeros="shown" if attacker.zeros_public else "hidden",
        hidden_at_least=attacker.hidden_at_least,
        safety_interval=SafetyInterval(minimum_width=attacker.minimum_width, must_contain_over=over),
    )
    task = make_task(_as_cells(system), parameters=parameters, hidden=small & system.in_draft)
    task.candidates[:], task.cost[:] = free, price
    stuck = method.fulfill(task)
    return task.unknown, stuck


def _start(system: CubeSystem, small: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Return what is unknown from the start, and which of it stays so: what earlier releases hid is only preferred."""
    kept = (system.in_draft & small & ~system.shown_before) | (~system.in_draft & ~system.shown_before)
    return kept | (system.in_draft & system.hidden_before), kept


def _prices(system: CubeSystem, priorities: Priorities) -> FloatArray:
    """Price each cell by its count, times the weights of its codes, less where it was hidden before."""
    price = priorities.per_cell + system.values.astype(np.float64)
    for name, weights in priorities.weights.items():
        column = _column(system, name)
        factors = np.array([_weight(weights, code) for code in _codes(system, column)])
        price *= factors[system.nodes[:, column]]
    price[system.hidden_before] *= priorities.hidden_before
    return price


def _weight(weights: Mapping[str, float], codes: Sequence[str]) -> float:
    return next((weights[code] for code in codes if code in weights), weights.get("*", 1.0))


def _never_hidden(system: CubeSystem, priorities: Priorities) -> BoolArray:
    never = np.zeros(len(system), dtype=np.bool_)
    for named in priorities.never_hidden:
        here = np.ones(len(system), dtype=np.bool_)
        for name, code in named.items():
            column = _column(system, name)
            places = [place for place, codes in enumerate(_codes(system, column)) if code in codes]
            here &= np.isin(system.nodes[:, column], places)
        never |= here
    return never


def _column(system: CubeSystem, name: str) -> int:
    if name not in system.names:
        raise errors.RegistryRefused.because(
            "unknown_dimension", f"The priorities name the dimension '{name}', which no table has.",
            way_out=f"The tables have: {', '.join(system.names)}.",
        )  # fmt: skip
    return system.names.index(name)


def _codes(system: CubeSystem, column: int) -> list[tuple[str, ...]]:
    """Return the codes by which each node of a dimension is known in any cube."""
    return [codes or ("",) for codes in system.codes[column]]


def _as_cells(system: CubeSystem) -> CellSystem:
    """Return the system in the form that ranges are looked for in; addresses are made only when one is asked for."""
    rows = np.ones(system.equations.shape[0], dtype=np.bool_)
    return CellSystem(
        addresses=cast("tuple[Address, ...]", _Addresses(system)),
        values=system.values,
        equations=sparse.csr_array(system.equations.astype(np.int64)),
        in_draft=system.in_draft,
        shown_before=system.shown_before,
        hidden_before=system.hidden_before & ~system.in_draft,
        draft_rows=rows,
        earlier_rows=rows,
        positions={},
        releases={},
    )


class _Addresses(Sequence[Address]):
    """The address of each cell, made when it is asked for."""

    def __init__(self, system: CubeSystem) -> None:
        self.system = system

    def __len__(self) -> int:
        return len(self.system)

    def __iter__(self) -> Iterator[Address]:
        return (self[cell] for cell in range(len(self)))

    def __getitem__(self, cell: Any) -> Any:
        nodes = self.system.nodes[cell]
        return tuple(
            (name, _codes(self.system, column)[int(node)][0])
            for column, (name, node) in enumerate(zip(self.system.names, nodes, strict=True))
            if node
        )


def _refuse_attacker(attacker: Attacker | None) -> None:
    """Refuse an attacker against whom nothing is done here, lest a table seem safe from him."""
    if attacker is not None and (attacker.contributor_subtracts or attacker.marks_distinguish):
        raise errors.ProtectionRefused.because(
            "attacker_not_met",
            "Tables are not protected against this attacker: one who takes himself away, or to whom marks differ.",
            way_out="Declare him without `contributor_subtracts` and `marks_distinguish`, and audit with them afterwards.",
        )


def _refuse(system: CubeSystem, stuck: IntArray) -> None:
    if not len(stuck):
        return
    addresses = _Addresses(system)
    named = "; ".join(describe(addresses[int(cell)]) for cell in np.sort(stuck)[:_NAMED])
    more = f", and {len(stuck) - _NAMED} more" if len(stuck) > _NAMED else ""
    raise errors.ProtectionRefused.because(
        "cannot_protect",
        f"{len(stuck)} small counts can be worked out whatever else is hidden: {named}{more}.",
        why="Their totals are public already or may not be hidden, or everything beside them is zero and shown.",
        way_out="Use coarser groups, let a total be hidden, or hide zeros too.",
    )


def _figures(
    system: CubeSystem, *, hidden: BoolArray, small: BoolArray, attacker: Attacker | None, threshold: int
) -> dict[str, Any]:
    primary, secondary = hidden & small, hidden & ~small
    inner = int(system.values[system.in_draft].sum())
    gone = int(system.values[hidden].sum())
    return {
        "threshold": threshold,
        "attacker": None if attacker is None else attacker.model_dump(mode="json"),
        "safe_against": "exact disclosure" if attacker is None else "narrow ranges",
        "cells": int(system.in_draft.sum()),
        "small_counts_hidden": int(primary.sum()),
        "others_hidden": int(secondary.sum()),
        "sum_of_others_hidden": int(system.values[secondary].sum()),
        "share_of_cells_shown": round(1 - float(hidden.sum()) / max(1, int(system.in_draft.sum())), 4),
        "share_of_counts_shown": round(1 - gone / max(1, inner), 4),
        "says": _say(int(primary.sum()), int(secondary.sum()), attacker=attacker),
    }


def _say(primary: int, secondary: int, *, attacker: Attacker | None) -> str:
    hidden = f"{primary:,} small counts and {secondary:,} others are hidden."
    if attacker is None:
        return f"{hidden} No hidden small count can be worked out exactly from what is shown."
    return f"{hidden} No hidden small count can be narrowed down to fewer than {attacker.minimum_width + 1} counts."
