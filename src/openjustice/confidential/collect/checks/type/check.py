"""Finds cells that cannot be read as the type of their field."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Passing, Scene
from openjustice.contracts.dataset import FieldType

_WANTED = {
    FieldType.INTEGER: ("a whole number", "Write digits only, without decimals, spaces or separators."),
    FieldType.NUMBER: (
        "a number",
        "Write digits and one decimal point, without separators, units or signs of currency.",
    ),
    FieldType.BOOLEAN: ("yes or no", "Write true or false."),
}


def _test(cell: Cell, _scene: Scene) -> CellTest | None:
    match cell.declared.type:
        case FieldType.DATE:
            form = cell.declared.format or "%Y-%m-%d"
            wanted, fix = "a date", f"Write the day as {_in_words(form)}."
        case FieldType.STRING | FieldType.CODE:
            return None
        case kind:
            wanted, fix = _WANTED[kind]
    return CellTest(
        fails=f"{cell.value} IS NULL", says=f"The value is not {wanted}.", fix=fix, passing=Passing(is_read=True)
    )


def _in_words(form: str) -> str:
    words = {"%Y": "YYYY", "%m": "MM", "%d": "DD", "%y": "YY"}
    for mark, word in words.items():
        form = form.replace(mark, word)
    return form


CHECK = CheckKind("type", "A value of the wrong type", NoParameters, rank=90, cell=_test)
