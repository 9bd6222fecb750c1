"""Exchanges values between records at risk and partners that agree with them in all that is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.methods.swapping.parameters import Parameters

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Swapped:
    """The columns after the exchange, the partner of each record (itself where it has none), and who was at risk."""

    columns: Mapping[str, NDArray[Any]]
    partners: Integers
    at_risk: NDArray[np.bool_]

    @property
    def left_at_risk(self) -> int:
        """Return how many records at risk found no partner: they stand as they were."""
        return int((self.at_risk & (self.partners == np.arange(len(self.partners)))).sum())


def swap(columns: Mapping[str, NDArray[Any]], *, parameters: Parameters, seed: int) -> Swapped:
    """Let each record at risk, and a share of the others, exchange the swapped values with a partner that has others.

    Partners at risk are taken first. Claims: every margin of the swapped variables together, and of them with the agreeing
    ones, stays as it was; only records that agree exchange; the same columns and seed give the same result. Source: Dalenius, Reiss
    (1982); Shlomo, Tudor, Groom (2010), targeted swapping.
    """
    luck = np.random.default_rng(seed)
    swapped, agreeing = _classes(columns, parameters.swap), _classes(columns, parameters.agree)
    cells = _pair(swapped, agreeing)
    at_risk = np.bincount(cells)[cells] < parameters.k
    chosen = at_risk | (luck.random(len(cells)) < parameters.share)
    partners = np.arange(len(cells))
    for members in _split(agreeing):
        order = members[np.lexsort((luck.random(len(members)), ~chosen[members], ~at_risk[members]))]
        _match(order, swapped, chosen, partners)
    made = {name: column[partners] if name in parameters.swap else column for name, column in columns.items()}
    return Swapped(columns=made, partners=partners, at_risk=at_risk)


def work_example(given: Mapping[str, Any]) -> Any:
    """Swap the columns of a worked example."""
    columns = {name: np.array(values) for name, values in given["columns"].items()}
    done = swap(columns, parameters=Parameters.model_validate(given["parameters"]), seed=given["seed"])
    return {name: column.tolist() for name, column in done.columns.items()} | {"left_at_risk": done.left_at_risk}


def _match(order: Integers, swapped: Integers, chosen: NDArray[np.bool_], partners: Integers) -> None:
    """Pair each chosen record with the first free one after it whose swapped values differ; whom nobody chose may serve."""
    free = dict.fromkeys(order.tolist())
    for record in order[chosen[order]].tolist():
        if record not in free:
            continue
        partner = next((other for other in free if swapped[other] != swapped[record]), None)
        if partner is not None:
            partners[record], partners[partner] = partner, record
            del free[record], free[partner]


def _classes(columns: Mapping[str, NDArray[Any]], names: Sequence[str]) -> Integers:
    numbers = np.zeros(len(next(iter(columns.values()))), dtype=np.int64)
    for name in names:
        numbers = _pair(numbers, np.unique(columns[name], return_inverse=True)[1])
    return numbers


def _pair(one: Integers, other: Integers) -> Integers:
    # Renumbered at each step, so that any number of variables fits.
    paired: Integers = np.unique(one * (int(other.max(initial=0)) + 1) + other, return_inverse=True)[1]
    return paired


def _split(classes: Integers) -> list[Integers]:
    order = np.argsort(classes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(classes[order])) + 1)
