"""Turns a contract and its declared checks into SQL: what the fields imply, what holds within a row, what stands once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlglot
from sqlglot import expressions as exp

from openjustice.confidential.collect import checks
from openjustice.confidential.collect.check import Cell, CellTest, CheckKind, Scene, text_of, value_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import Ingested
from openjustice.contracts import related
from openjustice.contracts.dataset import Check, Checks, Contract
from openjustice.ground import discovery, errors
from openjustice.ground.terms import Severity


@dataclass(frozen=True)
class Rule:
    """What one field implies, or one rule over the row.

    `fails` is SQL that is true where something is wrong, `fails_hard` where that returns the file; `sql` then gives the number
    (from 1) of the tally that says what.
    """

    fails: str
    fails_hard: str
    sql: str
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class Key:
    """A rule that a key may stand only once: its fingerprint in SQL, under a column name of its own, and its fields.

    With `is_strict` the key is of their values, and one with an unknown part equals nothing; otherwise it is of their texts.
    """

    column: str
    sql: str
    tally: Tally
    names: tuple[str, ...]
    is_strict: bool


@cache
def kinds() -> Mapping[str, CheckKind]:
    """Return every kind of check by name."""
    return discovery.load_plugins(checks, attribute="CHECK")


def make_rules(ingested: Ingested, *, declared: Checks, scene: Scene) -> list[Rule]:
    """Return the rules of every field, then those declared over the row."""
    cells = {name: _cell_rule(name, ingested, scene) for name in ingested.contract.fields}
    return [*cells.values(), *_row_rules(declared, cells, scene)]


def fields_of(check: Check, contract: Contract) -> set[str]:
    """Return every field that a check reads: those it lists, and those its parameters and conditions name."""
    named = set(check.fields)
    for key, value in check.parameters.items():
        if key in related.CONDITIONS:
            named |= {
                related.qualified(column) for column in sqlglot.parse_one(value, dialect="duckdb").find_all(exp.Column)
            }
        else:
            named |= {item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, str)}
    return named & set(contract.fields)


def make_keys(declared: Checks, *, scene: Scene) -> list[Key]:
    """Return the rules about keys that may stand only once."""
    made: list[Key] = []
    for rule, check, kind in _of_known_kind(declared):
        if kind.key is not None:
            names = tuple(kind.key(check, parameters_of(rule, check), scene))
            is_strict = kind.name == "unique"
            texts = [value_of(name) if is_strict else text_of(name) for name in names]
            sql = fingerprint_sql(texts, is_strict=is_strict)
            made.append(Key(f"key {len(made)}", sql, tally_of(rule, check), names, is_strict))
    return made


def row_conditions(declared: Checks, *, scene: Scene) -> list[str]:
    """Return the SQL of every rule over the row: true where the row fails it."""
    return [
        kind.row(check, parameters_of(rule, check), scene)
        for rule, check, kind in _of_known_kind(declared)
        if kind.row is not None
    ]  # fmt: skip


def cell_tests(name: str, *, ingested: Ingested, scene: Scene, text: str = "", value: str = "") -> dict[str, CellTest]:
    """Return the tests that the contract implies for a field, by kind, the more particular explanation first.

    They read the field's own text and value, or those given.
    """
    cell = Cell(name, ingested.fields[name], text or text_of(name), value or value_of(name))
    ranked = sorted((kind for kind in kinds().values() if kind.cell), key=lambda kind: kind.rank)
    made = {kind.name: kind.cell(cell, scene) for kind in ranked if kind.cell}
    return {kind: test for kind, test in made.items() if test is not None}


def _cell_rule(name: str, ingested: Ingested, scene: Scene) -> Rule:
    tests = cell_tests(name, ingested=ingested, scene=scene)
    text = text_of(name)
    blank = list(tests).index("required") + 1 if "required" in tests else 0
    marks = ", ".join(scene.bound.add(mark) for mark in ingested.contract.fields[name].missing if mark)
    is_mark = f"{text} IN ({marks})" if marks else "false"
    others = {number: test for number, (kind, test) in enumerate(tests.items(), start=1) if kind != "required"}
    cases = " ".join(f"WHEN {test.fails} THEN {number}" for number, test in others.items())
    deciding = [test for test in others.values() if test.decides]
    fails, fails_hard = (
        f"({_any_fails(asked, text, scene, is_plain=ingested.is_plain)}) AND NOT {is_mark}"
        for asked in (deciding, [test for test in deciding if test.severity is Severity.HARD])
    )
    return Rule(
        fails=f"({text} IS NULL OR ({fails}))" if blank else f"({text} IS NOT NULL AND {fails})",
        fails_hard=f"({text} IS NULL OR ({fails_hard}))" if blank else f"({text} IS NOT NULL AND {fails_hard})",
        # An explanation counts only where the cell itself failed: the row may be here for another of its cells.
        sql=f"CASE WHEN {text} IS NULL THEN {blank} WHEN NOT coalesce({fails}, false) THEN 0 {cases} ELSE 0 END",
        tallies=tuple(_cell_tally(name, kind, test, ingested) for kind, test in tests.items()),
    )


def _any_fails(tests: Sequence[CellTest], text: str, scene: Scene, *, is_plain: bool) -> str:
    """Return the SQL that is true where any test fails; the costly ones are asked where a cheap question lets them."""
    asked = [test.fails for test in tests if not test.hints and not test.trace]
    hinted = [test for test in tests if test.hints]
    if hinted:
        hints = dict.fromkeys(hint for test in hinted for hint in test.hints)
        asked.append(_only_where(" OR ".join(hints), hinted))
    traced = [test for test in tests if test.trace and not is_plain]
    if traced:
        search = scene.bound.add("|".join(sorted({test.trace for test in traced})))
        asked.append(_only_where(f"regexp_matches({text}, {search})", traced))
    return " OR ".join(asked) or "false"


def _only_where(condition: str, tests: Sequence[CellTest]) -> str:
    return f"CASE WHEN {condition} THEN {' OR '.join(test.fails for test in tests)} ELSE false END"


def _cell_tally(name: str, kind: str, test: CellTest, ingested: Ingested) -> Tally:
    column = ingested.match.column_of(name) if ingested.match else None
    return Tally(
        rule=kind, severity=test.severity, says=test.says, fix=test.fix, count=0, field=name, column=column, ask=test.ask
    )  # fmt: skip


def _row_rules(declared: Checks, cells: Mapping[str, Rule], scene: Scene) -> list[Rule]:
    """Make the rules over the row. A row whose cell is wrong by itself is not asked again what follows from that cell."""
    made = []
    for rule, check, kind in _of_known_kind(declared):
        if kind.row is not None:
            fails = f"coalesce({kind.row(check, parameters_of(rule, check), scene)}, false)"
            wrong = " OR ".join(cells[name].fails_hard for name in sorted(fields_of(check, scene.contract)))
            sql = f"CASE WHEN {fails} AND NOT coalesce({wrong or 'false'}, false) THEN 1 ELSE 0 END"
            made.append(Rule(fails=fails, fails_hard=fails, sql=sql, tallies=(tally_of(rule, check),)))
    return made


def _of_known_kind(declared: Checks) -> list[tuple[str, Check, CheckKind]]:
    return [(rule, check, kind_of(check)) for rule, check in declared.checks.items()]


def kind_of(check: Check) -> CheckKind:
    """Return the kind of a check; raises RegistryRefused where there is none of that name."""
    known = kinds()
    if check.kind not in known:
        raise errors.RegistryRefused.because(
            "unknown_check", f"There is no kind of check '{check.kind}'.", way_out=f"Known: {', '.join(sorted(known))}."
        )
    return known[check.kind]


def parameters_of(rule: str, check: Check) -> Any:
    """Return the parameters of a check as its kind declares them; raises RegistryRefused where they do not fit."""
    kind = kind_of(check)
    try:
        return kind.parameters.model_validate(dict(check.parameters))
    except ValueError:
        raise errors.RegistryRefused.because(
            "wrong_value", f"The check '{rule}' does not have the parameters that '{kind.name}' needs.",
            way_out=f"It takes: {', '.join(kind.parameters.model_fields) or 'none'}.",
        ) from None  # fmt: skip


def tally_of(rule: str, check: Check, *, table: str = "") -> Tally:
    """Return what a declared rule says of a row that fails it, with nothing counted yet."""
    field = check.fields[0] if len(check.fields) == 1 else None
    return Tally(
        rule=rule, severity=check.severity, says=check.says, fix=check.fix, count=0, field=field, ask=check.ask,
        fields=check.fields, table=table,
    )  # fmt: skip


def fingerprint_sql(expressions: Sequence[str], *, is_strict: bool) -> str:
    """Return the SQL of a key's 128-bit fingerprint: equal keys have equal ones, and different keys practically never.

    With `is_strict` a key with an unknown part has none: what is not known is equal to nothing.
    """
    texts = [f"CAST({item} AS VARCHAR)" for item in expressions]
    parts = texts if is_strict else [f"coalesce({text}, '')" for text in texts]
    return f"md5_number({' || chr(31) || '.join(parts)})"
