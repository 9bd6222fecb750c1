"""Finds records for which a condition over the records that hang on them holds, and must not."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`of`: the table that hangs on the rule's own.

    `fails_when`: SQL over this record's fields, and over aggregates of those below, which are named `table.field`.
    """

    of: str
    fails_when: str


def _fails(_check: Check, parameters: Parameters, _scene: Scene) -> str:
    return parameters.fails_when


CHECK = CheckKind("related", "A condition over related records that must not hold", Parameters, group=_fails)
