"""Finds texts that are not written as their field's pattern says, or as a rule's own pattern."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, Passing, Scene, text_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`pattern`: a regular expression that the whole text must match."""

    pattern: str


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.pattern is None:
        return None
    return CellTest(
        fails=f"NOT regexp_full_match({cell.text}, {scene.bound.add(cell.declared.pattern)})",
        says="The value is not written in the form this field has.",
        fix=f"Write it so that it matches: {cell.declared.pattern}",
        passing=Passing(like=cell.declared.pattern),
    )


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    pattern = scene.bound.add(parameters.pattern)
    return " OR ".join(f"NOT regexp_full_match({text_of(name)}, {pattern})" for name in check.fields)


CHECK = CheckKind("pattern", "A text that is not written as it must be", Parameters, rank=92, cell=_test, row=_fails)
