"""Finds rows for which a condition holds that must not. A condition that is unknown, for want of a value, does not fail."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`fails_when`: SQL over the contract's fields that is true for a row that fails."""

    fails_when: str


def _fails(_check: Check, parameters: Parameters, _scene: Scene) -> str:
    return parameters.fails_when


CHECK = CheckKind("condition", "A condition that must not hold", Parameters, row=_fails)
