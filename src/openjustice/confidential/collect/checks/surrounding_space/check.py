"""Finds spaces before or after a value: an unreadable code, or a text that will not match its twin."""

from __future__ import annotations

from openjustice.confidential.collect.check import (
    Cell,
    CellTest,
    CheckKind,
    NoParameters,
    Passing,
    Scene,
    begins_below_letters,
)
from openjustice.contracts.dataset import FieldType
from openjustice.ground.terms import Severity


def _test(cell: Cell, _scene: Scene) -> CellTest:
    is_text = cell.declared.type is FieldType.STRING and cell.declared.pattern is None
    return CellTest(
        fails=f"({cell.text} <> trim({cell.text}, ' \t'))",
        says="The value has a space before or after it.",
        fix="Remove the space.",
        severity=Severity.SOFT if is_text else Severity.HARD,
        decides=is_text,
        ask="May the spaces around this value be removed?" if is_text else "",
        hints=(begins_below_letters(cell.text), *(f"ends_with({cell.text}, {end})" for end in ("' '", "chr(9)"))),
        passing=Passing(not_first=" \t", not_last=" \t"),
    )


CHECK = CheckKind("surrounding_space", "A space before or after a value", NoParameters, rank=10, cell=_test)
