"""Counts with differentially private noise by OpenDP, and what all releases of a dataset may spend together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors

Integers = NDArray[np.int64]
# A proof is about the given number; the sum of its parts may differ from it in the last digit.
_NEAR = 1e-9


@dataclass(frozen=True)
class NoisyCounts:
    """Counts with noise, and the standard deviation of the noise."""

    values: Integers
    deviation: float


@dataclass(frozen=True)
class Spending:
    """What one release of a dataset told of any one record at most, or what all its releases may tell."""

    epsilon: float
    delta: float = 0.0


def add_noise(counts: Integers, *, breakdowns: int, spend: Spending) -> NoisyCounts:
    """Return the counts with noise: discrete Laplace where delta is zero, else discrete Gaussian.

    Claims: whoever sees the result, and knows every record but one, learns of that one no more than a factor of e^epsilon in
    the odds (with delta: but for that chance); mechanism and proof are OpenDP's. Assumes: a record stands in one cell of
    each of the `breakdowns` at most. Surprise: two runs differ, since OpenDP draws from the machine's own chance. Sources:
    Ghosh, Roughgarden, Sundararajan (2012), SIAM Journal on Computing 41; Canonne, Kamath, Steinke (2020), The discrete
    Gaussian for differential privacy, NeurIPS.
    """
    return _laplace(counts, breakdowns, spend) if spend.delta == 0 else _gaussian(counts, breakdowns, spend)


def add_up(spent: Iterable[Spending]) -> Spending:
    """Return what several releases spend together: the sum, whatever was asked of whom (basic composition)."""
    parts = list(spent)
    return Spending(math.fsum(part.epsilon for part in parts), math.fsum(part.delta for part in parts))


def need_budget(spent: Iterable[Spending], *, asked: Spending, budget: Spending) -> Spending:
    """Return what is spent once a release more is made; raises ProtectionRefused where that exceeds the budget."""
    total = add_up([*spent, asked])
    if total.epsilon > budget.epsilon * (1 + _NEAR):
        raise _spent(f"This release would spend {total.epsilon:g} in all, and the budget is {budget.epsilon:g}.")
    if total.delta > budget.delta * (1 + _NEAR):
        raise _spent(
            f"This release would spend a delta of {total.delta:g} in all, and the budget's is {budget.delta:g}."
        )
    return total


def _spent(what: str) -> errors.Refusal:
    return errors.ProtectionRefused.because(
        "budget_spent", what, way_out="Publish no further release, or have the policy raise the budget and say so."
    )


def _laplace(counts: Integers, breakdowns: int, spend: Spending) -> NoisyCounts:
    opendp = _opendp()
    space = opendp.vector_domain(opendp.atom_domain(T=int)), opendp.l1_distance(T=int)
    scale = breakdowns / spend.epsilon
    mechanism = opendp.m.make_laplace(*space, scale=scale)
    _need_proof(mechanism.map(d_in=breakdowns), spend.epsilon)
    return NoisyCounts(np.array(mechanism(counts.tolist()), dtype=np.int64), math.sqrt(2) * scale)


def _gaussian(counts: Integers, breakdowns: int, spend: Spending) -> NoisyCounts:
    opendp = _opendp()
    space = opendp.vector_domain(opendp.atom_domain(T=int)), opendp.l2_distance(T=float)
    # The distance is the root of the breakdowns, and must not be rounded down.
    far = math.nextafter(math.sqrt(breakdowns), math.inf)

    def bounded(scale: float) -> object:
        curve = opendp.c.make_zCDP_to_approxDP(opendp.m.make_gaussian(*space, scale=scale))
        return opendp.c.make_fix_delta(curve, delta=spend.delta)

    scale = opendp.binary_search_param(bounded, d_in=far, d_out=(spend.epsilon, spend.delta), T=float)
    _need_proof(bounded(scale).map(d_in=far)[0], spend.epsilon)  # type: ignore[attr-defined]
    mechanism = opendp.m.make_gaussian(*space, scale=scale)
    return NoisyCounts(np.array(mechanism(counts.tolist()), dtype=np.int64), scale)


def _need_proof(proved: float, epsilon: float) -> None:
    if proved > epsilon * (1 + _NEAR):
        raise errors.HouseFault.because("budget_exceeded", "The mechanism spends more than it was given.")


@cache
def _opendp() -> ModuleType:
    import opendp.prelude as opendp

    opendp.enable_features("contrib")
    return opendp
