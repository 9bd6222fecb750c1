"""Finds blank cells of required fields."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Scene


def _test(cell: Cell, _scene: Scene) -> CellTest | None:
    if not cell.declared.required or "" in cell.declared.missing:
        return None
    codes = [code for code in cell.declared.missing if code]
    way = f" Where it is not known, write {' or '.join(codes)}." if codes else ""
    return CellTest(
        fails=f"{cell.text} IS NULL", says="A required cell is blank.", fix=f"Fill it in.{way}",
    )  # fmt: skip


CHECK = CheckKind("required", "A required cell is blank", NoParameters, rank=0, cell=_test)
