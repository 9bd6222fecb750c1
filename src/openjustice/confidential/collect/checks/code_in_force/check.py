"""Finds codes that were not in force on the day that they are used for: not yet enacted, or repealed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check, Code, Codelist
from openjustice.contracts.declaration import Declared
from openjustice.ground.engine import enumeration


class Parameters(Declared):
    """`day`: the field that holds the day; one of a table above is named `table.field`."""

    day: str


@dataclass(frozen=True)
class _Days:
    """The SQL of the codes of a list as a type, those that end first, and of their first and last days in the same order.

    After `settled` every code has begun, so that only those that end, `ending` in number, need to be looked up: a look-up in a long
    list costs more than all else in a row. All codes are in the type, for a cast that fails costs as much.
    """

    codes: str
    begins: str
    ends: str
    settled: str
    ending: int


def _fails(check: Check, parameters: Parameters, scene: Scene) -> str:
    coded = [name for name in check.fields if scene.contract.fields[name].codelist]
    lists = {(scene.contract.fields[name].codelist or "").partition("@")[0] for name in coded}
    days = {name: _days(scene.codelists[name], scene) for name in sorted(lists)}
    return " OR ".join(_outside(name, days, value_of(parameters.day), scene) for name in coded) or "false"


def _days(listed: Codelist, scene: Scene) -> _Days | None:
    if not any(code.valid_from or code.valid_until for code in listed.codes):
        return None
    codes = sorted(listed.codes, key=lambda code: code.valid_until is None)
    begins, ends = scene.bound.add([_begin(code) for code in codes]), scene.bound.add([_end(code) for code in codes])
    return _Days(
        codes=enumeration(tuple(code.code for code in codes)), begins=f"{begins}::DATE[]", ends=f"{ends}::DATE[]",
        settled=f"CAST({scene.bound.add(max(_begin(code) for code in codes))} AS DATE)",
        ending=sum(code.valid_until is not None for code in codes),
    )  # fmt: skip


def _outside(name: str, known: Mapping[str, _Days | None], day: str, scene: Scene) -> str:
    declared, value = scene.contract.fields[name], value_of(name)
    days = known[(declared.codelist or "").partition("@")[0]]
    if days is None:
        return "false"

    def place(code: str) -> str:
        return f"enum_code(TRY_CAST({code} AS {days.codes}))"

    def is_outside(code: str) -> str:
        return f"({day} < list_extract({days.begins}, {place(code)} + 1) OR {day} > list_extract({days.ends}, {place(code)} + 1))"

    if declared.several:
        is_any = f"length(list_filter({value}, lambda code: {is_outside('code')})) > 0"
        none_ends = f"length(list_filter({value}, lambda code: {place('code')} < {days.ending})) = 0"
    else:
        is_any, none_ends = is_outside(value), f"{place(value)} >= {days.ending}"
    return f"CASE WHEN {value} IS NULL OR ({day} >= {days.settled} AND {none_ends}) THEN false ELSE {is_any} END"


def _begin(code: Code) -> str:
    return code.valid_from or "0001-01-01"


def _end(code: Code) -> str:
    return code.valid_until or "9999-12-31"


CHECK = CheckKind("code_in_force", "A code that is not in force on its day", Parameters, row=_fails)
