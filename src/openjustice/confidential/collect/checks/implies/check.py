"""Finds rows for which `when` holds and `then` does not."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Two conditions as SQL over the contract's fields."""

    when: str
    then: str


def _fails(_check: Check, parameters: Parameters, _scene: Scene) -> str:
    return f"({parameters.when}) AND NOT ({parameters.then})"


CHECK = CheckKind("implies", "One thing without the other it implies", Parameters, row=_fails)
