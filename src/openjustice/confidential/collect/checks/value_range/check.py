"""Finds numbers below or above what their field, or a rule, allows."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, Passing, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """The least and the greatest value allowed; either may be left out."""

    minimum: float | None = None
    maximum: float | None = None


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.range is None:
        return None
    low, high = cell.declared.range
    return CellTest(
        fails=_outside(cell.value, low, high, scene), says=f"The value is {_in_words(low, high)}.", fix="Correct it.",
        passing=Passing(is_read=True, within=(low, high)),
    )  # fmt: skip


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    tests = (_outside(value_of(name), parameters.minimum, parameters.maximum, scene) for name in check.fields)
    return " OR ".join(tests)


def _outside(value: str, low: float | None, high: float | None, scene: Scene) -> str:
    tests = [
        f"{value} {sign} {scene.bound.add(limit)}" for sign, limit in (("<", low), (">", high)) if limit is not None
    ]
    return f"({' OR '.join(tests)})" if tests else "false"


def _in_words(low: float | None, high: float | None) -> str:
    words = [f"{word} {limit:g}" for word, limit in (("below", low), ("above", high)) if limit is not None]
    return " or ".join(words)


CHECK = CheckKind("value_range", "A number outside its range", Parameters, rank=93, cell=_test, row=_fails)
