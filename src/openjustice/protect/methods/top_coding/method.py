"""Codes the tails of a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect.methods.top_coding.parameters import Parameters

Numbers = NDArray[np.float64]


def code(values: Numbers, *, parameters: Parameters) -> Numbers:
    """Show what lies beyond a bound at the bound, or as the mean of what lies there. A missing value (NaN) stays missing.

    Claims: nothing lies beyond a shown bound; within the bounds nothing changes; with means, the sum of all values stays.
    Raises ProtectionRefused where the mean of fewer than `least` records would be shown. Source: Hundepool et al.,
    Statistical Disclosure Control (2012), 3.4.2.
    """
    coded = np.array(values, dtype=np.float64)
    for bound, beyond in ((parameters.top, np.greater), (parameters.bottom, np.less)):
        if bound is not None:
            tail = beyond(values, bound)
            coded[tail] = _shown(values[tail], bound, parameters)
    return coded


def work_example(given: Mapping[str, Any]) -> Any:
    """Code the numbers of a worked example."""
    values = np.array([np.nan if value is None else value for value in given["values"]], dtype=np.float64)
    coded = code(values, parameters=Parameters.model_validate(given["parameters"]))
    return [None if np.isnan(value) else value for value in coded.tolist()]


def _shown(tail: Numbers, bound: float, parameters: Parameters) -> float:
    if parameters.shown_as == "bound" or not len(tail):
        return bound
    if len(tail) < parameters.least:
        raise errors.ProtectionRefused.because(
            "too_few_beyond",
            f"Fewer than {parameters.least} records lie beyond a bound, and their mean would tell their values.",
            way_out="Move the bound towards the middle, or show the bound instead of the mean.",
        )
    return float(tail.mean())
