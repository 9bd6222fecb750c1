"""Finds texts that are shorter or longer than their field allows, in characters."""

from __future__ import annotations

from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, NoParameters, Passing, Scene


def _test(cell: Cell, scene: Scene) -> CellTest | None:
    if cell.declared.length is None:
        return None
    least, most = cell.declared.length
    tests = [f"length({cell.text}) < {scene.bound.add(least)}"]
    tests += [f"length({cell.text}) > {scene.bound.add(most)}"] if most is not None else []
    wanted = f"{least} to {most}" if most is not None else f"at least {least}"
    return CellTest(
        fails=f"({' OR '.join(tests)})", says=f"The text does not have {wanted} characters.", fix="Write it shorter or longer.",
        passing=Passing(length=cell.declared.length),
    )  # fmt: skip


CHECK = CheckKind("length", "A text that is too short or too long", NoParameters, rank=92, cell=_test)
