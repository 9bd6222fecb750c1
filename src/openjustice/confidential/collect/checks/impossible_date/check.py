"""Finds days that are written well and do not exist, such as the 30th of February."""

from __future__ import annotations

import re

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Scene
from openjustice.contracts.dataset import FieldType

_PARTS = {"Y": "[0-9]{4}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}", "y": "[0-9]{2}"}


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.type is not FieldType.DATE:
        return None
    shape = scene.bound.add(_shape(cell.declared.format or "%Y-%m-%d"))
    return CellTest(
        fails=f"regexp_full_match({cell.text}, {shape})",
        says="This day is not in the calendar.",
        fix="Correct the day or the month.",
        decides=False,
    )


def _shape(form: str) -> str:
    """Return the pattern of texts that are written in a date form, whether or not the day exists."""
    pieces = re.split(r"%(.)", form)
    return "".join(
        re.escape(piece) if index % 2 == 0 else _PARTS.get(piece, ".+") for index, piece in enumerate(pieces)
    )


CHECK = CheckKind("impossible_date", "A day that does not exist", NoParameters, rank=50, cell=_test)
