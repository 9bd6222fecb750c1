"""Finds a code that stands twice in a cell of several codes."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Scene, split_at


def _test(cell: Cell, _scene: Scene) -> CellTest | None:
    if cell.declared.several is None:
        return None
    parts = split_at(cell.text, cell.declared.several)
    return CellTest(
        fails=f"(list_unique({parts}) < length({parts}))", says="A code stands twice in the cell.", fix="Name each code once.",
    )  # fmt: skip


CHECK = CheckKind("repeated_code", "A code twice in one cell", NoParameters, rank=95, cell=_test)
