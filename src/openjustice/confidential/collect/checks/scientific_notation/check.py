"""Finds numbers that a spreadsheet shortened: 2.00501E+06 has lost its last digits for good."""

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

_SHORTENED = r"[+-]?[0-9]([.,][0-9]+)?[eE][+-]?[0-9]+"


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.type is FieldType.BOOLEAN:
        return None
    return CellTest(
        fails=f"regexp_full_match({cell.text}, {scene.bound.add(_SHORTENED)})",
        says="A spreadsheet has shortened this number, so its last digits may be lost.",
        fix="Take the value from the system it comes from; format the column as text before saving.",
        decides=cell.declared.type is FieldType.STRING and cell.declared.pattern is None,
        hints=(begins_below_letters(cell.text),),
        passing=Passing(unlike=_SHORTENED),
    )


CHECK = CheckKind("scientific_notation", "A number shortened by a spreadsheet", NoParameters, rank=30, cell=_test)
