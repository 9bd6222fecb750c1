"""Finds codes that are not in the field's list. An unknown code stops and asks a person; it is never guessed."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Scene, are_all_of, is_one_of
from openjustice.contracts.dataset import FieldType


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.type is not FieldType.CODE:
        return None
    if cell.declared.several:
        return CellTest(
            fails=f"NOT ({are_all_of(cell.text, cell.declared.several, scene.codes(cell.name))})",
            says=f"A code in the cell is not in the list '{cell.declared.codelist}'.",
            fix=f"Use codes of the list with '{cell.declared.several}' between them, and nothing else.",
        )
    return CellTest(
        fails=f"NOT ({is_one_of(cell.text, scene.codes(cell.name), scene.bound)})",
        says=f"The code is not in the list '{cell.declared.codelist}'.",
        fix="Use a code of the list, spelled as it stands there; if the list lacks one, ask for it to be added.",
    )


CHECK = CheckKind("codelist", "A code that is not in its list", NoParameters, rank=91, cell=_test)
