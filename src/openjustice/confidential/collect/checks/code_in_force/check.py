"""Finds codes that were not in force on the day that they are used for: not yet enacted, or repealed before."""

from __future__ import annotations

from sqlglot import expressions as exp

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check, Code
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`day`: the field that holds the day; one of a table above is named `table.field`."""

    day: str


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    day = value_of(parameters.day)
    return " OR ".join(_outside(name, day, scene) for name in check.fields)


def _outside(name: str, day: str, scene: Scene) -> str:
    declared = scene.contract.fields[name]
    listed = scene.codelists[(declared.codelist or "").partition("@")[0]]
    dated = [code for code in listed.codes if code.valid_from or code.valid_until]
    if not dated:
        return "false"
    kind = f"ENUM({', '.join(exp.Literal.string(code.code).sql(dialect='duckdb') for code in dated)})"
    begins, ends = scene.bound.add([_begin(code) for code in dated]), scene.bound.add([_end(code) for code in dated])

    def is_outside(code: str) -> str:
        place = f"enum_code(TRY_CAST({code} AS {kind})) + 1"
        return f"({day} < list_extract({begins}::DATE[], {place}) OR {day} > list_extract({ends}::DATE[], {place}))"

    if declared.several:
        return f"length(list_filter({value_of(name)}, lambda code: {is_outside('code')})) > 0"
    return is_outside(value_of(name))


def _begin(code: Code) -> str:
    return code.valid_from or "0001-01-01"


def _end(code: Code) -> str:
    return code.valid_until or "9999-12-31"


CHECK = CheckKind("code_in_force", "A code that is not in force on its day", Parameters, row=_fails)
