"""Finds codes and numbers-as-text that would be right with the zeros that a spreadsheet took away."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Scene, is_one_of
from openjustice.contracts.dataset import FieldType

_LONGEST = 3


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    fails = _fails(cell, scene)
    if fails is None:
        return None
    return CellTest(
        fails=fails,
        says="The leading zeros of this value are lost: with them it would be right.",
        fix="Format the column as text before saving, and export it again.",
        decides=False,
    )


def _fails(cell: Cell, scene: Scene) -> str | None:
    match cell.declared.type:
        case FieldType.CODE:
            codes = set(scene.codes(cell.name))
            short = sorted(_shortened(codes) - codes)
            return is_one_of(cell.text, short, scene.bound) if short else None
        case FieldType.STRING if cell.declared.pattern:
            pattern = scene.bound.add(cell.declared.pattern)
            tries = [
                f"regexp_full_match('{'0' * count}' || {cell.text}, {pattern})" for count in range(1, _LONGEST + 1)
            ]
            return f"({' OR '.join(tries)})"
        case _:
            return None


def _shortened(codes: set[str]) -> set[str]:
    """Return what remains of each code when one or more of its leading zeros are gone."""
    return {code[count:] for code in codes for count in range(1, len(code)) if code[:count] == "0" * count}


CHECK = CheckKind("leading_zeros", "Leading zeros lost", NoParameters, rank=40, cell=_test)
