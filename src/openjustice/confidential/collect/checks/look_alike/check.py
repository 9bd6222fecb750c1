"""Finds characters that look like others: no-break spaces, full-width digits, characters of no width, control characters."""

from __future__ import annotations

from openjustice.confidential.collect.check import NOT_PLAIN, Cell, CellTest, CheckKind, NoParameters, Scene
from openjustice.contracts.dataset import FieldType
from openjustice.ground.terms import Severity

# No-break and other wide or thin spaces, soft hyphen, characters of no width, direction marks, full-width forms, controls.
_LOOK_ALIKES = (
    r"[\x{00A0}\x{00AD}\x{1680}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{2064}\x{3000}\x{FEFF}\x{FF01}-\x{FF5E}"
    r"\x01-\x08\x0B\x0C\x0E-\x1F\x7F]"
)


def _test(cell: Cell, scene: Scene) -> CellTest:
    is_text = cell.declared.type is FieldType.STRING and cell.declared.pattern is None
    return CellTest(
        fails=f"regexp_matches({cell.text}, {scene.bound.add(_LOOK_ALIKES)})",
        says="The value holds a character that cannot be seen or only looks like another one.",
        fix="Type the value again with the ordinary characters of the keyboard.",
        severity=Severity.SOFT if is_text else Severity.HARD,
        decides=is_text,
        ask="May the characters that cannot be seen be replaced by ordinary ones?" if is_text else "",
        trace=NOT_PLAIN,
    )


CHECK = CheckKind("look_alike", "A character that only looks like another", NoParameters, rank=9, cell=_test)
