"""The steward's view: each hidden cell has its reason, each code its loss, each suggestion what was computed; and the sentence."""

from __future__ import annotations

import numpy as np
import pytest

from laws.tables import count_table
from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.protect import cells
from openjustice.protect.attack import AttackResult
from openjustice.protect.cells import CountTable, Nesting, SealedTable
from openjustice.protect.method import Method
from openjustice.protect.methods.cell_suppression import METHOD
from openjustice.protect.plan import merging, sentences, small, steward
from openjustice.protect.plan.merging import Limits
from openjustice.protect.plan.sentences import Shown
from openjustice.protect.plan.tables import ProtectedTables
from openjustice.protect.small_cells import Reason

RULES = TableRules.model_validate({"method": "cell_suppression", "minimum_frequency": 5, "hidden_at_least": 1})
LEAVES: dict[tuple[str, ...], int] = {
    ("a", "x"): 2, ("a", "y"): 30, ("a", "z"): 41,
    ("b", "x"): 12, ("b", "y"): 20, ("b", "z"): 3,
    ("c", "x"): 50, ("c", "y"): 61, ("c", "z"): 70,
}  # fmt: skip
TABLE = count_table("t", ("place", "kind"), LEAVES)
LIMITS = Limits()


def protect(*, earlier: tuple[SealedTable, ...] = (), rules: TableRules = RULES) -> ProtectedTables:
    system = cells.make_cell_system([TABLE], earlier=earlier)
    ruled = small.apply_rules(system, [], rules=rules)
    done = METHOD.apply(ruled.system, parameters=METHOD.read_parameters({"minimum_frequency": 5, "hidden_at_least": 1}))
    return ProtectedTables(
        tables={}, hidden={"t": system.mask_of("t", done.hidden)}, system=ruled.system, mask=done.hidden,
        primary=done.primary, ruled=ruled,
    )  # fmt: skip


def test_each_hidden_cell_has_its_reason_and_each_helper_what_it_protects() -> None:
    (view,) = steward.make_view(protect()).tables
    reasons = {cell.codes: cell.reason for cell in view.cells}
    assert reasons["a", "x"] is Reason.SMALL
    assert reasons["b", "z"] is Reason.SMALL
    helpers = [cell for cell in view.cells if cell.reason is Reason.HELPS]
    assert helpers
    assert all(cell.protects for cell in helpers)
    assert {cell.protects for cell in helpers} <= {
        cells.describe((("", "law/rows"), ("kind", k), ("place", p))) for p, k in (("a", "x"), ("b", "z"))
    }
    assert not [cell for cell in view.cells if cell.reason is Reason.SMALL and cell.protects]
    assert sum(view.reasons.values()) == view.shown.hidden == len(view.cells)


def test_what_is_lost_is_counted_by_code() -> None:
    (view,) = steward.make_view(protect()).tables
    losses = {(item.variable, item.code): item.shown for item in view.losses}
    assert losses["place", "c"].cells == 4
    hidden = {cell.codes for cell in view.cells}
    left = sum(value for (place, kind), value in LEAVES.items() if place == "a" and ("a", kind) not in hidden)
    assert losses["place", "a"].share == round(left / 73, 2)
    assert losses["kind", "x"].hidden == sum(kind == "x" for _, kind in hidden)


def test_what_an_earlier_release_hides_is_kept_and_an_added_complement_is_told_apart() -> None:
    sealed = SealedTable("first", TABLE, frozenset({("c", "y"), ("c", "z")}))
    made = protect(earlier=(sealed,))
    (view,) = steward.make_view(made).tables
    reasons = {cell.codes: cell.reason for cell in view.cells}
    assert Reason.KEPT in reasons.values()
    assert made.primary is not None
    assert made.mask is not None
    assert made.system is not None
    place = made.system.positions["t"]["c", "x"]
    more = np.arange(len(made.system)) == place
    again = ProtectedTables(
        tables={}, hidden={}, system=made.system, mask=made.mask | more, primary=made.primary | more, ruled=made.ruled
    )
    (view,) = steward.make_view(again).tables
    assert {cell.codes: cell.reason for cell in view.cells}["c", "x"] is Reason.COMPLEMENT


def test_a_helper_of_nothing_protects_nothing_and_tables_that_show_no_system_have_no_view() -> None:
    made = protect()
    assert made.mask is not None
    none = np.zeros_like(made.mask)
    alone = ProtectedTables(tables={}, hidden={}, system=made.system, mask=made.mask, primary=none, ruled=None)
    assert {cell.reason for cell in steward.make_view(alone).tables[0].cells} == {Reason.SMALL}
    lost = steward._Reasons(made, made.system, made.mask)  # type: ignore[arg-type]
    lost.ruled = none
    helper = next(cell for cell in np.flatnonzero(made.mask).tolist() if lost.of(cell) is Reason.HELPS)
    assert lost.protects(helper) == ""
    assert steward.make_view(ProtectedTables(tables={}, hidden={})).tables == ()


def test_whole_groups_that_a_rule_reports_are_named() -> None:
    rule = {"rule": "group_disclosure", "within": 5, "source": "s", "variables": ["kind"]}
    rules = TableRules.model_validate(RULES.model_dump(by_alias=True) | {"small_cells": [rule], "minimum_frequency": 1})
    system = cells.make_cell_system(
        [count_table("t", ("place", "kind"), {("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 9, ("b", "y"): 9})]
    )
    ruled = small.apply_rules(system, [], rules=rules)
    none = np.zeros(len(system), dtype=np.bool_)
    view = steward.make_view(
        ProtectedTables(tables={}, hidden={}, system=ruled.system, mask=none, primary=none, ruled=ruled)
    )
    assert any("kind y, place a" in item for item in view.whole_groups)


def suggestions(
    *, rules: TableRules = RULES, limits: Limits = LIMITS, method: Method = METHOD
) -> tuple[merging.Suggestion, ...]:
    return merging.suggest_mergers([TABLE], nestings=(), rules=rules, method=method, ordered=["place"], limits=limits)


def test_a_suggestion_is_what_the_merged_tables_really_hide() -> None:
    found = suggestions()
    assert found
    for item in found:
        merged = merging.merge(TABLE, item.variable, item.codes)
        system = cells.make_cell_system([merged])
        done = METHOD.apply(system, parameters=METHOD.read_parameters({"minimum_frequency": 5, "hidden_at_least": 1}))
        assert item.after is not None
        assert item.after.hidden == int(done.hidden.sum())
        assert item.gained == item.before.hidden - item.after.hidden > 0
        assert item.at_least <= item.after.hidden
    assert {item.variable for item in found} <= {"place", "kind"}
    assert len({item.variable for item in found}) == len(found)


def test_neighbors_alone_are_merged_where_codes_follow_on_each_other() -> None:
    pairs = set(merging._candidates([TABLE], ordered={"place"}, limits=Limits()))
    assert {pair for name, pair in pairs if name == "place"} == {("a", "b"), ("b", "c")}
    assert {pair for name, pair in pairs if name == "kind"} == {("x", "y"), ("x", "z"), ("y", "z")}


def test_nothing_is_suggested_where_it_cannot_be_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"rule": "contributors", "at_least": 2, "contributor": "f", "source": "s"}
    assert suggestions(rules=TableRules.model_validate(RULES.model_dump(by_alias=True) | {"small_cells": [rule]})) == ()
    assert suggestions(limits=Limits(cells=3)) == ()
    open_rules = TableRules.model_validate({"method": "cell_suppression"})
    assert suggestions(rules=open_rules) == ()

    def refuse(*args: object, **kwargs: object) -> None:
        raise errors.ProtectionRefused.because("cannot_protect", "No.")

    from dataclasses import replace

    assert suggestions(method=replace(METHOD, apply=refuse)) == ()


def test_a_bound_stands_where_nothing_was_computed() -> None:
    item = merging.Suggestion("v", ("a", "b"), before=Shown(20, 9, 0.5), at_least=4)
    assert item.gained == 5


def test_groups_follow_a_merger_or_forbid_it() -> None:
    nesting = Nesting("county", "region", {"a": "north", "b": "north", "c": "south"})
    (merged,) = merging._merge_nestings([nesting], "county", ("a", "b")) or ()
    assert merged.into == {"a + b": "north", "c": "south"}
    assert merging._merge_nestings([nesting], "county", ("b", "c")) is None
    (coarse,) = merging._merge_nestings([nesting], "region", ("north", "south")) or ()
    assert set(coarse.into.values()) == {"north + south"}
    other = CountTable("u", ("other",), "law/rows", {("q",): 1})
    assert merging.merge(other, "county", ("a", "b")) is other


def result(attack: str, *, passed: bool = True, **figures: int) -> AttackResult:
    return AttackResult(attack=attack, against="", passed=passed, says="", figures=figures)


@pytest.mark.parametrize(
    ("shown", "attacks", "consequence", "expected"),
    [
        (Shown(40, 6, 0.94), (result("interval"), result("differencing", earlier_releases=3)), (),
         "6 of 40 numbers hidden; 94 % of the count is still shown. No hidden number can be worked out from this and the previous 3 releases more closely than the policy allows."),
        (Shown(40, 6, 0.94), (result("interval"), result("differencing", earlier_releases=1)), (),
         "6 of 40 numbers hidden; 94 % of the count is still shown. No hidden number can be worked out from this and the previous release more closely than the policy allows."),
        (Shown(9, 0, 1.0), (result("interval"), result("differencing", earlier_releases=0)), (),
         "None of 9 numbers is hidden. No hidden number can be worked out from this more closely than the policy allows."),
        (Shown(40, 6, 0.004), (result("interval"), result("differencing", passed=False)), (), "6 of 40 numbers hidden; 1 % of the count is still shown."),
        (Shown(40, 40, 0.0), (), ("Numbers are rounded.",), "40 of 40 numbers hidden; 0 % of the count is still shown. Numbers are rounded."),
        (Shown(3, 0, None), (), (), "None of 3 numbers is hidden."),
    ],
)  # fmt: skip
def test_the_sentence_says_no_more_than_was_tried(
    shown: Shown, attacks: tuple[AttackResult, ...], consequence: tuple[str, ...], expected: str
) -> None:
    assert sentences.say_page(shown, attacks=attacks, consequence=consequence) == expected


def test_a_share_is_never_rounded_up_to_all() -> None:
    shown = sentences.count_shown({("a",): 1, ("b",): 9999, ("_T",): 10_000}, {("a",)})
    assert shown.share == 0.99
    assert sentences.count_shown({("_T",): 0}, set()).share is None


def test_no_share_is_told_of_a_whole_that_is_hidden() -> None:
    # 30 shown of 37, "81 %": whoever reads both knows that 7 are hidden.
    values: dict[tuple[str, ...], int] = {("a",): 30, ("b",): 7, ("_T",): 37}
    shown = sentences.count_shown(values, {("b",), ("_T",)})
    assert (shown.hidden, shown.share) == (2, None)
    assert sentences.say_page(shown, attacks=()) == "2 of 3 numbers hidden."
    assert sentences.count_shown(values, {("b",)}).share == 0.81
