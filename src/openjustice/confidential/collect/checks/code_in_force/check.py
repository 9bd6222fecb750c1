"""Finds codes that were not in force on the day that they are used for: not yet enacted, or repealed before."""

from __future__ import annotations

from collections.abc import Mapping

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check, Code
from openjustice.contracts.declaration import Declared
from openjustice.ground.engine import enumeration


class Parameters(Declared):
    """`day`: the field that holds the day; one of a table above is named `table.field`."""

    day: str


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    coded = [name for name in check.fields if scene.contract.fields[name].codelist]
    lists = {(scene.contract.fields[name].codelist or "").partition("@")[0] for name in coded}
    days = {name: _days(name, scene) for name in sorted(lists)}
    return " OR ".join(_outside(name, days, value_of(parameters.day), scene) for name in coded) or "false"


def _days(listed: str, scene: Scene) -> tuple[str, str, str]:
    """Return the SQL of the codes of a list that have days, as a type, and of the first and last days in the same order."""
    dated = [code for code in scene.codelists[listed].codes if code.valid_from or code.valid_until]
    codes = enumeration(tuple(code.code for code in dated)) if dated else ""
    begins, ends = scene.bound.add([_begin(code) for code in dated]), scene.bound.add([_end(code) for code in dated])
    return codes, f"{begins}::DATE[]", f"{ends}::DATE[]"


def _outside(name: str, days: Mapping[str, tuple[str, str, str]], day: str, scene: Scene) -> str:
    declared = scene.contract.fields[name]
    codes, begins, ends = days[(declared.codelist or "").partition("@")[0]]
    if not codes:
        return "false"

    def is_outside(code: str) -> str:
        place = f"enum_code(TRY_CAST({code} AS {codes})) + 1"
        return f"({day} < list_extract({begins}, {place}) OR {day} > list_extract({ends}, {place}))"

    if declared.several:
        return f"length(list_filter({value_of(name)}, lambda code: {is_outside('code')})) > 0"
    return is_outside(value_of(name))


def _begin(code: Code) -> str:
    return code.valid_from or "0001-01-01"


def _end(code: Code) -> str:
    return code.valid_until or "9999-12-31"


CHECK = CheckKind("code_in_force", "A code that is not in force on its day", Parameters, row=_fails)
