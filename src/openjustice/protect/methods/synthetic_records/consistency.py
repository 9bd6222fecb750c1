"""Makes noisy counts agree: none below zero, one total, and each variable counted alike in every set that it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.synthetic_records.measuring import Marginal, Measurement

Floats = NDArray[np.float64]
_ROUNDS, _FIT = 3, 50
_NEAR = 1e-9
# So much of a table is spread evenly along its margins, so that no row of it is empty that must not be.
_SPREAD = 1e-6


@dataclass(frozen=True)
class Consistent:
    """Counts that agree: `total` records; `single`, by variable; `tables`, one for each measured set, in its order."""

    total: float
    single: Mapping[str, Floats] = field(repr=False)
    tables: tuple[Floats, ...] = field(repr=False)


def make_consistent(measured: Measurement) -> Consistent:
    """Return the counts nearest to the noisy ones, more or less, that agree with each other and are not below zero.

    Claims: it looks at noisy counts alone, so it costs no privacy. Source: weighted averages and an even correction, as in
    Qardaji, Yang, Li (2014), PriView, SIGMOD; then the nearest point of a simplex, and iterative proportional fitting.
    """
    sums = np.array([own.counts.sum() for own in measured.marginals], dtype=np.float64)
    total = max(1.0, float(_average(sums[None, :], np.array([own.counts.size for own in measured.marginals]))[0]))
    tables = [own.counts.astype(np.float64) for own in measured.marginals]
    single: dict[str, Floats] = {}
    for _ in range(_ROUNDS):
        single = {name: onto_simplex(_estimate(name, measured, tables), total) for name in measured.values}
        tables = [
            onto_simplex(_corrected(table, own, single), total)
            for table, own in zip(tables, measured.marginals, strict=True)
        ]
    fitted = tuple(_fit(table, own, single, total) for table, own in zip(tables, measured.marginals, strict=True))
    return Consistent(total=total, single=single, tables=fitted)


def onto_simplex(values: Floats, total: float) -> Floats:
    """Return the nearest numbers that are not below zero and have this sum. Source: Duchi et al. (2008), ICML."""
    falling = np.sort(values, axis=None)[::-1]
    above = (np.cumsum(falling) - total) / np.arange(1, falling.size + 1)
    last = np.flatnonzero(falling > above)[-1]
    return np.asarray(np.maximum(values - above[last], 0.0))


def sum_to(table: Floats, variables: tuple[str, ...], kept: tuple[str, ...]) -> Floats:
    """Return a table summed over all variables but some, its axes in the order that these are named in."""
    summed = table.sum(axis=tuple(at for at, name in enumerate(variables) if name not in kept))
    left = [name for name in variables if name in kept]
    return np.asarray(summed.transpose([left.index(name) for name in kept]))


def _estimate(name: str, measured: Measurement, tables: list[Floats]) -> Floats:
    """Return the counts of a variable from all tables that have it; a sum over fewer cells has less noise and weighs more."""
    own = [(table, item) for table, item in zip(tables, measured.marginals, strict=True) if name in item.variables]
    summed = np.column_stack([sum_to(table, item.variables, (name,)) for table, item in own])
    cells = np.array([table.size // summed.shape[0] for table, _ in own])
    return _average(summed, cells)


def _average(values: Floats, cells: NDArray[np.int64]) -> Floats:
    weights = 1.0 / cells
    return np.asarray(values @ (weights / weights.sum()))


def _corrected(table: Floats, own: Marginal, single: Mapping[str, Floats]) -> Floats:
    """Spread, evenly over the cells, what a table lacks of each variable's counts."""
    for at, name in enumerate(own.variables):
        lacking = (single[name] - sum_to(table, own.variables, (name,))) / (table.size // table.shape[at])
        table = table + lacking.reshape([-1 if axis == at else 1 for axis in range(table.ndim)])
    return table


def _fit(table: Floats, own: Marginal, single: Mapping[str, Floats], total: float) -> Floats:
    """Scale a table until every variable has its counts, or nearly, and add what is left. Source: Deming, Stephan (1940)."""
    wanted = [single[name] for name in own.variables]
    table = (1 - _SPREAD) * table + _SPREAD * _outer(wanted, total)
    for _ in range(_FIT):
        worst = max(float(np.abs(_side(table, at) - target).max()) for at, target in enumerate(wanted))
        if worst < _NEAR * total:
            break
        for at, target in enumerate(wanted):
            table = _scaled(table, at, target, most=np.inf)
    for at, target in enumerate(wanted):
        table = _scaled(table, at, target, most=1.0)
    # Now no variable has too many, and all lack as much in sum: Altschuler, Weed, Rigollet (2017), NIPS.
    lacking = [np.maximum(target - _side(table, at), 0.0) for at, target in enumerate(wanted)]
    missing = float(lacking[0].sum())
    return table + _outer(lacking, missing) if missing > 0 else table


def _side(table: Floats, axis: int) -> Floats:
    return np.asarray(table.sum(axis=tuple(at for at in range(table.ndim) if at != axis)))


def _scaled(table: Floats, axis: int, target: Floats, *, most: float) -> Floats:
    """Scale a table along one axis towards what its sums should be, by no more than a factor."""
    now = _side(table, axis)
    ratio = np.minimum(np.divide(target, now, out=np.zeros_like(now), where=now > 0), most)
    return np.asarray(table * ratio.reshape([-1 if at == axis else 1 for at in range(table.ndim)]))


def _outer(sides: list[Floats], total: float) -> Floats:
    """Return the table of independent variables with these counts."""
    made = sides[0]
    for side in sides[1:]:
        made = np.multiply.outer(made, side / total)
    return made
