"""Estimates how many records of a sample would be alone in the population behind it, from the sizes of classes alone.

Three models of the population, and the rule that chooses among them. Where a model does not fit the sample its estimate is
missing, not guessed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_FEW_SAMPLED = 0.1


@dataclass(frozen=True)
class PopulationUniques:
    """Estimated records alone in the population: by each model, and by Dankar's rule, which is the one to quote.

    `share` is the rule's estimate as a share of the population. Assumes that the sample was drawn at random.
    """

    population: int
    sampled_share: float
    pitman: float | None
    zayatz: float | None
    slide_negative_binomial: float | None
    dankar: float
    share: float

    def as_dict(self) -> dict[str, Any]:
        """Return this estimate as plain values for JSON."""
        return asdict(self)


def estimate_population_uniques(sizes: Integers, often: Integers, *, population: int) -> PopulationUniques:
    """Estimate the population's uniques from the class sizes of a sample and how many classes have each.

    Dankar's rule: of a sample of at most a tenth, Pitman's estimate; of a larger one, the lesser of Zayatz's and the slide
    negative binomial's; Zayatz's where those do not fit. Source: Dankar, El Emam, Neisa, Roffey (2012).
    """
    records = int(sizes @ often)
    uniques = int(often[sizes == 1].sum())
    if records >= population or not uniques:
        known = float(uniques if records >= population else 0)
        return PopulationUniques(
            population, min(1.0, records / population), known, known, known, known, known / population
        )
    pitman = estimate_pitman(sizes, often, population=population)
    zayatz = estimate_zayatz(sizes, often, population=population)
    slide = estimate_slide(sizes, often, population=population)
    if records / population <= _FEW_SAMPLED:
        chosen = zayatz if pitman is None else pitman
    else:
        chosen = zayatz if slide is None else min(slide, zayatz)
    return PopulationUniques(population, records / population, pitman, zayatz, slide, chosen, chosen / population)


def estimate_pitman(sizes: Integers, often: Integers, *, population: int) -> float | None:
    """Return the uniques that Pitman's sampling formula expects in the population, fitted by maximum likelihood.

    Source: Hoshino (2001), Applying Pitman's sampling formula to microdata disclosure risk assessment.
    """
    records, classes = int(sizes @ often), int(often.sum())

    def likelihood(point: Floats) -> float:
        alpha, theta = _inside(point)
        ratio = theta / alpha
        classes_part = (classes - 1) * np.log(alpha) + special.gammaln(classes + ratio) - special.gammaln(1 + ratio)
        records_part = special.gammaln(records + theta) - special.gammaln(1 + theta)
        sizes_part = often @ (special.gammaln(sizes - alpha) - special.gammaln(1 - alpha))
        return float(-(classes_part - records_part + sizes_part) / classes)

    found = optimize.minimize(likelihood, np.array([0.0, np.log(classes)]), method="Nelder-Mead", options=_FITTING)
    alpha, theta = _inside(found.x)
    expected = np.exp(special.gammaln(theta + 1) - special.gammaln(theta + alpha)) * float(population) ** alpha
    return float(expected) if found.success and np.isfinite(expected) and expected <= population else None


_FITTING = {"xatol": 1e-9, "fatol": 1e-14, "maxiter": 4000, "maxfev": 4000}


def _inside(point: Floats) -> tuple[float, float]:
    """Return the parameters of a free point: alpha between 0 and 1, theta over 0."""
    return float(special.expit(point[0])), float(np.exp(min(point[1], 60.0)))


def estimate_zayatz(sizes: Integers, often: Integers, *, population: int) -> float:
    """Return the uniques expected where the population's classes are distributed as the sample's. Source: Zayatz (1991)."""
    records, shares = int(sizes @ often), often / often.sum()
    # The probability that a class of so many persons has exactly one of them in the sample (hypergeometric).
    size = sizes.astype(np.float64)
    rest = population - records
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (
            np.log(size) + np.log(records) - special.gammaln(rest - size + 2) + special.gammaln(rest + 1)
            + special.gammaln(population - size + 1) - special.gammaln(population + 1)
        )  # fmt: skip
    ones = np.where(size - 1 <= rest, np.exp(logs), 0.0)
    alone = float(shares[sizes == 1].sum() * records / population / (shares @ ones))
    uniques = int(often[sizes == 1].sum())
    return min(float(population), uniques * alone * population / records)


def estimate_slide(sizes: Integers, often: Integers, *, population: int) -> float | None:
    """Return the uniques of the slide negative binomial model, fitted to the classes and the uniques of the sample.

    Source: Chen, Keller-McNulty (1998), Estimation of identification disclosure risk in microdata. A class has one person
    and as many more as a negative binomial says.
    """
    drawn = float(sizes @ often) / population
    classes, uniques = float(often.sum()), float(often[sizes == 1].sum())

    def expected(point: Floats) -> tuple[float, float, float]:
        more, shape = np.exp(np.clip(point, -40.0, 40.0))
        success = shape / (shape + more)
        total = population / (1 + more)
        base = np.exp(shape * (np.log(success) - np.log1p(-(1 - success) * (1 - drawn))))
        slope = base * shape * (1 - success) / (1 - (1 - success) * (1 - drawn))
        shown = total * (1 - (1 - drawn) * base)
        return float(shown), float(total * drawn * (base + (1 - drawn) * slope)), float(total * success**shape)

    def misfit(point: Floats) -> list[float]:
        shown, alone, _ = expected(point)
        return [shown / classes - 1, alone / max(uniques, 1.0) - 1]

    found = optimize.least_squares(misfit, np.log([population / classes, 1.0]), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    estimate = expected(found.x)[2]
    return estimate if found.cost < 1e-6 and np.isfinite(estimate) else None
