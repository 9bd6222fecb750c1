"""Finds rows that repeat an earlier row in every field, or in the fields named."""

from __future__ import annotations

from collections.abc import Sequence

from openjustice.confidential.collect.check import CheckKind, NoParameters, Scene
from openjustice.contracts.dataset import Check


def _key(check: Check, _parameters: NoParameters, scene: Scene) -> Sequence[str]:
    return check.fields or tuple(scene.contract.fields)


CHECK = CheckKind("no_duplicates", "A row that repeats an earlier one", NoParameters, key=_key)
