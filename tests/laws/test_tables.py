"""The laws of methods that protect tables: written once here, and every method that claims one is put through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from laws.tables import count_table, linked_tables, possible_values
from openjustice.ground import discovery, errors
from openjustice.protect import cells, methods
from openjustice.protect.cells import CellSystem, CountTable, Nesting, SealedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.cell_suppression.method import Suppression

Tables = tuple[list[CountTable], list[Nesting]]
METHODS: dict[str, Method] = {
    name: method
    for name, method in discovery.load_plugins(methods, attribute="METHOD").items()
    if method.works_on is WorksOn.CELLS and not method.perturbs
}
INTRUDERS = st.sampled_from(
    [
        {"minimum_frequency": 3, "hidden_at_least": 0},
        {"minimum_frequency": 5, "hidden_at_least": 1},
        {
            "minimum_frequency": 5,
            "hidden_at_least": 1,
            "safety_interval": {"minimum_width": 4, "must_contain_over": 4},
        },
        {"minimum_frequency": 4, "zeros": "hidden", "safety_interval": {"minimum_width": 3}},
    ]
)


def no_small_cell_shown(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """No count under the minimum frequency is shown."""
    system, hidden, rules = _protect(method, tables, given_rules)
    smallest = 0 if rules.zeros == "hidden" else 1
    shown = system.values[system.in_draft & ~hidden]
    assert not ((shown >= smallest) & (shown < rules.minimum_frequency)).any()


def no_hidden_cell_recoverable(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """No hidden small count can be worked out more closely than the safety interval, by the intruder's own program."""
    system, hidden, rules = _protect(method, tables, given_rules)
    unknown = system.unknown(hidden)
    need = cells.Need(rules.safety_interval.minimum_width, rules.safety_interval.must_contain_over)
    found = cells.find_intervals(
        system,
        unknown=unknown,
        floor=system.floor(unknown, hidden_at_least=rules.hidden_at_least),
        targets=_small(system, rules) & unknown,
        need=need,
        exact=True,
    )
    assert not len(found.unsafe(need))
    assert (found.high <= found.highest + 1e-6).all()
    assert (found.low >= found.lowest - 1e-6).all()


def totals_unchanged(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """Whatever total is shown is the sum of the true counts."""
    system, hidden, _ = _protect(method, tables, given_rules)
    for table in tables[0]:
        for codes, cell in system.positions[table.id].items():
            if not hidden[cell] and cells.TOTAL in codes:
                inner = [value for key, value in table.cells.items() if cells.TOTAL not in key and _under(key, codes)]
                assert system.values[cell] == sum(inner)


def shown_values_are_true(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """Whatever is shown is the true count, in every table that shows it."""
    system, hidden, _ = _protect(method, tables, given_rules)
    for table in tables[0]:
        shown = {codes: system.values[cell] for codes, cell in system.positions[table.id].items() if not hidden[cell]}
        assert all(table.cells[codes] == value for codes, value in shown.items())


def idempotent(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """A release of the same tables again hides the same cells."""
    system, hidden, rules = _protect(method, tables, given_rules)
    sealed = [SealedTable(release="first", table=table, hidden=system.mask_of(table.id, hidden)) for table in tables[0]]
    again = cells.make_cell_system(tables[0], nestings=tables[1], earlier=sealed)
    marks = method.apply(again, parameters=rules).hidden
    assert [again.mask_of(table.id, marks) for table in tables[0]] == [item.hidden for item in sealed]


def same_input_same_output(method: Method, tables: Tables, given_rules: dict[str, Any]) -> None:
    """The same tables under the same rules have the same marks, and the order of the tables' rows does not matter."""
    system, hidden, _ = _protect(method, tables, given_rules)
    once_more, marks, _ = _protect(method, tables, given_rules)
    assert (hidden == marks).all()
    assert system.addresses == once_more.addresses


LAWS: dict[str, Callable[[Method, Tables, dict[str, Any]], None]] = {
    law.__name__: law
    for law in (
        no_small_cell_shown,
        no_hidden_cell_recoverable,
        totals_unchanged,
        shown_values_are_true,
        idempotent,
        same_input_same_output,
    )
}
CLAIMS = [(name, law) for name, method in METHODS.items() for law in method.laws]


@pytest.mark.parametrize(("name", "law"), CLAIMS)
@given(tables=linked_tables(), rules=INTRUDERS)
def test_a_method_keeps_the_law_it_claims(name: str, law: str, tables: Tables, rules: dict[str, Any]) -> None:
    LAWS[law](METHODS[name], tables, rules)


@pytest.mark.parametrize("name", [name for name, law in CLAIMS if law == "no_hidden_cell_recoverable"])
@given(tables=linked_tables(small=True), rules=INTRUDERS)
def test_no_hidden_cell_is_recovered_by_trying_every_table(name: str, tables: Tables, rules: dict[str, Any]) -> None:
    system, hidden, read = _protect(METHODS[name], tables, rules)
    found = possible_values(system, hidden, at_least=read.hidden_at_least, enough=20_000)
    assume(found is not None)
    assert found is not None
    for cell in np.flatnonzero(_small(system, read) & hidden).tolist():
        low, high = found[cell]
        assert high - low >= read.safety_interval.minimum_width
        assert read.safety_interval.must_contain_over is None or high > read.safety_interval.must_contain_over


@given(tables=linked_tables(small=True), marks=st.lists(st.booleans(), min_size=16, max_size=16))
def test_the_program_finds_the_intervals_that_trying_every_table_finds(tables: Tables, marks: list[bool]) -> None:
    system = cells.make_cell_system(tables[0], nestings=tables[1])
    hidden = np.resize(np.array(marks), len(system)) & (system.values > 0)
    tried = possible_values(system, hidden, at_least=1, enough=20_000)
    assume(tried is not None and len(tried) and max(high for _, high in tried.values()) <= system.values.max() + 5)
    unknown = system.unknown(hidden)
    found = cells.find_intervals(
        system,
        unknown=unknown,
        floor=system.floor(unknown, hidden_at_least=1),
        targets=unknown,
        need=cells.Need(1),
        exact=True,
    )
    ends = zip(found.targets.tolist(), found.lowest.round(6).tolist(), found.highest.round(6).tolist(), strict=True)
    assert {cell: (low, high) for cell, low, high in ends} == tried


def test_every_claimed_law_is_written() -> None:
    assert {law for _, law in CLAIMS} <= set(LAWS)
    assert CLAIMS


def _protect(method: Method, tables: Tables, rules: dict[str, Any]) -> tuple[CellSystem, np.ndarray, Any]:
    system = cells.make_cell_system(tables[0], nestings=tables[1])
    read = method.read_parameters(rules)
    try:
        return system, method.apply(system, parameters=read).hidden, read
    except errors.ProtectionRefused:
        # Refusing is right where zeros that are shown give a count away; it proves nothing about the law.
        assume(False)
        raise


def _small(system: CellSystem, rules: Any) -> np.ndarray:
    return system.sensitive(minimum_frequency=rules.minimum_frequency, zeros_hidden=rules.zeros == "hidden")


def _under(codes: tuple[str, ...], total: tuple[str, ...]) -> bool:
    return all(code == wanted or wanted == cells.TOTAL for code, wanted in zip(codes, total, strict=True))


@pytest.mark.parametrize("law", ["no_small_cell_shown", "no_hidden_cell_recoverable", "idempotent"])
def test_a_law_catches_a_method_that_breaks_it(law: str) -> None:
    tables: Tables = ([count_table("whole", ("v0",), {("a",): 2, ("b",): 9, ("c",): 30})], [])
    with pytest.raises(AssertionError):
        LAWS[law](_careless(law), tables, {"minimum_frequency": 5})


def _careless(law: str) -> Method:
    def apply(system: CellSystem, *, parameters: Any) -> Suppression:
        nothing = np.zeros(len(system), dtype=np.bool_)
        is_hidden = law == "no_hidden_cell_recoverable" or system.has_earlier
        return Suppression(primary=_small(system, parameters) if is_hidden else nothing, secondary=nothing)

    return replace(METHODS["cell_suppression"], apply=apply)
