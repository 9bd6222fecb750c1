"""Finds rows whose parts do not add up to the total. A part that is not known fails nothing."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`parts` and `total` name fields; `tolerance` is the greatest difference that is no fault."""

    parts: tuple[str, ...]
    total: str
    tolerance: float = 0


def _fails(_check: Check, parameters: Parameters, scene: Scene) -> str:
    total = " + ".join(value_of(name) for name in parameters.parts)
    return f"abs(({total}) - {value_of(parameters.total)}) > {scene.bound.add(parameters.tolerance)}"


CHECK = CheckKind("sum_equals", "Parts that do not add up", Parameters, row=_fails)
