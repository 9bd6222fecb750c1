"""Finds texts that a spreadsheet would run as a formula when the file is opened."""

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

_MARKS = "=+-@"


def _test(cell: Cell, _scene: Scene) -> CellTest | None:
    if cell.declared.type not in (FieldType.STRING, FieldType.CODE):
        return None
    return CellTest(
        fails=f"(ascii({cell.text}) IN ({', '.join(str(ord(mark)) for mark in _MARKS)}))",
        says="The text begins like a formula (=, +, - or @), which a spreadsheet would run.",
        fix="Remove the sign, or write the text without it.",
        decides=cell.declared.type is FieldType.STRING and cell.declared.pattern is None,
        hints=(begins_below_letters(cell.text),),
        passing=Passing(not_first=_MARKS),
    )


CHECK = CheckKind("formula_injection", "A text that begins like a formula", NoParameters, rank=20, cell=_test)
