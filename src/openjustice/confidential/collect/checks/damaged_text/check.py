"""Finds letters that were lost or broken when a text went from one encoding to another."""

from __future__ import annotations

from openjustice.confidential.collect.check import NOT_PLAIN, Cell, CellTest, CheckKind, NoParameters, Scene
from openjustice.contracts.dataset import FieldType

# The replacement character, and the pairs that UTF-8 read as Windows-1252 leaves behind.
_DAMAGED = r"\x{FFFD}|[\x{00C2}\x{00C3}][\x{0080}-\x{00BF}\x{0152}-\x{0192}\x{2013}-\x{2122}]|\x{00E2}\x{20AC}"


def _test(cell: Cell, scene: Scene) -> CellTest:
    return CellTest(
        fails=f"regexp_matches({cell.text}, {scene.bound.add(_DAMAGED)})",
        says="Letters of this value were lost when the file was saved in another encoding.",
        fix="Export the file again from the system it comes from, as UTF-8.",
        decides=cell.declared.type is FieldType.STRING,
        trace=NOT_PLAIN,
    )


CHECK = CheckKind("damaged_text", "Letters lost between encodings", NoParameters, rank=5, cell=_test)
