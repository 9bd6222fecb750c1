"""Works the examples of percentage coding: counts of groups in, what is shown out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from openjustice.protect.methods.percentage_coding import method
from openjustice.protect.methods.percentage_coding.parameters import Parameters


def work_example(given: Mapping[str, Any]) -> Any:
    """Code the percentages of a worked example: a number, a band as two numbers, or `c`."""
    numerators, denominators = (np.array([row[place] for row in given["groups"]], dtype=float) for place in (0, 1))
    coded = method.code(
        numerators,
        denominators,
        parameters=Parameters.model_validate(given["parameters"]),
        parts=[np.array(places) for places in given.get("parts", ())],
    )
    return [_shown(*row) for row in zip(coded.values.tolist(), coded.low.tolist(), coded.high.tolist(), strict=True)]


def _shown(value: float, low: float, high: float) -> Any:
    if not np.isnan(value):
        return value
    return "c" if np.isnan(low) else [low, high]
