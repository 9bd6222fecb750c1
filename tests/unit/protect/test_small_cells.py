"""The rules for small cells, each by hand: which cells it hides, by which reason, and what it needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from openjustice.contracts.policy import TableRules
from openjustice.contracts.small_cells import ExtraComplement
from openjustice.ground import errors
from openjustice.protect import cells, small_cells
from openjustice.protect.cells import CellSystem, CountTable
from openjustice.protect.methods.cell_suppression import METHOD
from openjustice.protect.small_cells import Contributions, Reason

CELLS: dict[tuple[str, ...], int] = {
    ("a", "x"): 2, ("a", "y"): 30, ("a", "_T"): 32,
    ("b", "x"): 0, ("b", "y"): 20, ("b", "_T"): 20,
    ("_T", "x"): 2, ("_T", "y"): 50, ("_T", "_T"): 52,
}  # fmt: skip
TABLE = CountTable("t", ("place", "kind"), "t/rows", CELLS)


def rules(*small: dict[str, Any], **given: Any) -> TableRules:
    named = [{"source": "s"} | item for item in small]
    return TableRules.model_validate({"method": "cell_suppression", "small_cells": named, **given})


def found(system: CellSystem, given: TableRules, **more: Any) -> dict[Reason, set[tuple[str, ...]]]:
    primary = small_cells.find_primary(system, rules=given, **more)
    at = {cell: codes for codes, cell in system.positions["t"].items()}
    return {reason: {at[cell] for cell in np.flatnonzero(mask).tolist()} for reason, mask in primary.by_reason.items()}


@pytest.fixture
def system() -> CellSystem:
    return cells.make_cell_system([TABLE])


def test_a_minimum_frequency_hides_small_counts_and_zeros_where_it_says_so(system: CellSystem) -> None:
    small = {("a", "x"), ("_T", "x")}
    assert found(system, rules(minimum_frequency=5)) == {Reason.SMALL: small}
    given = found(system, rules({"rule": "minimum_frequency", "at_least": 21, "zeros": "hidden"}))
    assert given == {Reason.SMALL: small | {("b", "y"), ("b", "_T")}, Reason.ZERO: {("b", "x")}}
    assert found(system, rules(zeros="hidden"))[Reason.ZERO] == {("b", "x")}


def test_a_rule_bears_on_the_tables_it_names(system: CellSystem) -> None:
    one = {"rule": "minimum_frequency", "at_least": 5}
    assert found(system, rules(one | {"tables": ["t"]}))[Reason.SMALL]
    assert not found(system, rules(one | {"tables": ["other"]}))[Reason.SMALL]


def test_a_whole_group_of_one_code_is_found_with_what_stands_beside_it(system: CellSystem) -> None:
    hide = {"rule": "group_disclosure", "then": "hide"}
    # All of b are y; and all x are of a, with the zero beside it.
    assert found(system, rules(hide | {"variables": ["kind"]}))[Reason.GROUP] == {("b", "x"), ("b", "y")}
    assert found(system, rules(hide | {"variables": ["place"]}))[Reason.GROUP] == {("a", "x"), ("b", "x")}
    near = found(system, rules(hide | {"within": 2}))[Reason.GROUP]
    assert {("a", "x"), ("a", "y"), ("_T", "x"), ("_T", "y")} <= near
    told = small_cells.find_primary(system, rules=rules({"rule": "group_disclosure"}))
    assert told.told.sum() == 3
    assert not told.cells.any()


def test_a_hidden_whole_group_cannot_be_worked_out(system: CellSystem) -> None:
    given = rules({"rule": "group_disclosure", "then": "hide"}, minimum_frequency=5)
    primary = small_cells.find_primary(system, rules=given)
    ruled = small_cells.rule_system(system, ruled=primary.cells)
    done = METHOD.apply(ruled, parameters=METHOD.read_parameters({"minimum_frequency": 5}))
    unknown = system.unknown(done.hidden)
    whole = system.positions["t"]["b", "y"]
    targets = np.arange(len(system)) == whole
    floor = system.floor(unknown, hidden_at_least=0)
    ends = cells.find_intervals(system, unknown=unknown, floor=floor, targets=targets, need=cells.Need(1), exact=True)
    assert ends.lowest[0] < 20


PARTS: Any = {"clerk": {"t": {
    ("a", "x"): Contributions(2, (1.0, 1.0), 2.0), ("a", "y"): Contributions(4, (28.0, 1.0), 30.0),
    ("b", "y"): Contributions(3, (8.0, 7.0), 20.0), ("b", "x"): Contributions(0, (), 0.0), ("z", "x"): Contributions(1, (1.0,), 1.0),
}}}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "reason", "expected"),
    [
        ({"rule": "dominance", "n": 1, "k": 90}, Reason.DOMINANCE, {("a", "y")}),
        ({"rule": "dominance", "n": 2, "k": 75}, Reason.DOMINANCE, {("a", "x"), ("a", "y")}),
        ({"rule": "p_percent", "p": 10}, Reason.P_PERCENT, {("a", "x"), ("a", "y")}),
        ({"rule": "p_percent", "p": 70}, Reason.P_PERCENT, {("a", "x"), ("a", "y"), ("b", "y")}),
        ({"rule": "contributors", "at_least": 3}, Reason.CONTRIBUTORS, {("a", "x")}),
    ],
)
def test_rules_of_contributors_look_at_their_parts(
    system: CellSystem, rule: dict[str, Any], reason: Reason, expected: set[tuple[str, str]]
) -> None:
    assert found(system, rules(rule | {"contributor": "clerk"}), contributed=PARTS)[reason] == expected


def test_parts_that_were_not_measured_are_asked_for(system: CellSystem) -> None:
    given = rules({"rule": "dominance", "n": 3, "k": 75, "contributor": "agency"}, {"rule": "p_percent", "p": 5, "contributor": "clerk"},
                  {"rule": "contributors", "at_least": 2, "contributor": "clerk"})  # fmt: skip
    with pytest.raises(errors.ProtectionRefused) as refused:
        small_cells.find_primary(system, rules=given, contributed=PARTS)
    assert refused.value.codes == ("contributions_unknown",)
    assert small_cells.top_needed(given) == {"agency": 3, "clerk": 2}


def test_a_released_table_keeps_its_small_counts_unless_another_table_has_them() -> None:
    other = CountTable("u", ("kind",), "t/rows", {("x",): 2, ("y",): 50, ("_T",): 52})
    system = cells.make_cell_system([TABLE, other])
    scored = rules(minimum_frequency=5, scoring={"rules": "r", "decision": "d", "variables": {}})
    assert found(system, scored, released=["t", "u"]) == {Reason.SCORE: set()}
    assert found(system, scored, released=["t"])[Reason.SCORE] == {("_T", "x")}
    assert found(system, scored)[Reason.SCORE] == {("a", "x"), ("_T", "x")}


def test_a_ruled_system_is_sensitive_by_its_rules_and_grows_without_them(system: CellSystem) -> None:
    ruled, released = (np.arange(len(system)) == system.positions["t"][codes] for codes in (("b", "y"), ("a", "x")))
    made = small_cells.rule_system(system, ruled=ruled, released=released)
    sensitive = made.sensitive(minimum_frequency=5, zeros_hidden=False)
    assert {codes for codes, cell in system.positions["t"].items() if sensitive[cell]} == {("b", "y"), ("_T", "x")}
    assert (made.draft_alone().sensitive(minimum_frequency=5, zeros_hidden=False) == sensitive).all()


EXTRA = ExtraComplement(all_at_most=3, sum_below=11)


def _row(**counts: int) -> CellSystem:
    given: dict[tuple[str, ...], int] = {("_T",): sum(counts.values())}
    given.update({(name,): value for name, value in counts.items()})
    return cells.make_cell_system([CountTable("t", ("v",), "t/rows", given)])


@pytest.mark.parametrize(
    ("hidden", "is_thin"),
    [("ab", True), ("abcd", True), ("ae", False), ("", False), ("a", True), ("ef", False)],
)
def test_hidden_counts_that_are_all_tiny_or_have_a_small_sum_ask_for_one_more(hidden: str, is_thin: bool) -> None:
    system = _row(a=3, b=3, c=3, d=3, e=12, f=40)
    mask = np.zeros(len(system), dtype=np.bool_)
    mask[[system.positions["t"][(name,)] for name in hidden]] = True
    assert bool(small_cells.find_thin_rows(system, mask, rule=EXTRA)) is is_thin
    more = small_cells.thicken(system, mask, rule=EXTRA)
    assert bool(more.any()) is is_thin
    assert not small_cells.find_thin_rows(system, mask | more, rule=EXTRA)
    if is_thin:
        assert more[system.positions["t"][("e",)]]


def test_where_no_count_is_large_enough_the_largest_help_is_taken_and_then_the_total() -> None:
    system = _row(a=1, b=5, c=2)
    places = system.positions["t"]
    mask = np.zeros(len(system), dtype=np.bool_)
    mask[places["a",]] = True
    more = small_cells.thicken(system, mask, rule=EXTRA)
    assert np.flatnonzero(more).tolist() == [places["b",]]
    mask[[places["b",], places["c",]]] = True
    more = small_cells.thicken(system, mask, rule=EXTRA)
    assert np.flatnonzero(more).tolist() == [places["_T",]]
    assert not small_cells.find_thin_rows(system, mask | more, rule=EXTRA)


def test_ten_ten_ten_are_known_to_whoever_is_told_that_hidden_counts_are_below_eleven() -> None:
    """The guidelines' own example: three hidden tens under a shown thirty. One mark for all, and a reason that is not told."""
    system = _row(a=10, b=10, c=10, d=40)
    done = METHOD.apply(
        system,
        parameters=METHOD.read_parameters(
            {
                "minimum_frequency": 11,
                "hidden_at_least": 1,
                "safety_interval": {"minimum_width": 10, "must_contain_over": 10},
            }
        ),
    )
    unknown = system.unknown(done.hidden)
    below = np.where(unknown, 10, system.values)  # a reader who were told that every hidden count is at most ten
    told = [name for name in "abc" if unknown[system.positions["t"][(name,)]]]
    assert len(told) == 3
    assert below[[system.positions["t"][(name,)] for name in told]].sum() == 30
    ends = cells.find_intervals(
        system,
        unknown=unknown,
        floor=system.floor(unknown, hidden_at_least=1),
        targets=unknown & (system.values == 10),
        need=cells.Need(10, 10),
        exact=True,
    )
    assert (ends.highest > 10).all()
    assert not small_cells.find_thin_rows(system, done.hidden, rule=EXTRA)
