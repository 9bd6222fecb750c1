"""Finds rows whose key stands on an earlier row already."""

from __future__ import annotations

from collections.abc import Sequence

from openjustice.confidential.collect.check import CheckKind, NoParameters, Scene
from openjustice.contracts.dataset import Check


def _key(check: Check, _parameters: NoParameters, scene: Scene) -> Sequence[str]:
    return check.fields or scene.contract.key


CHECK = CheckKind("unique", "A key that stands on an earlier row already", NoParameters, key=_key)
