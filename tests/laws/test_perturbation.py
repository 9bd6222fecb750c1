"""The laws of methods that change counts or code percentages: each method is put through every law that it claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from laws.cubes import cubes, system_of
from laws.tables import linked_tables
from openjustice.ground import discovery, errors
from openjustice.protect import cells, methods
from openjustice.protect.cells import CellSystem
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.perturbation import NOTHING, Perturbed, Secrets

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLUGINS = discovery.load_plugins(methods, attribute="METHOD")
PERTURBING: dict[str, Method] = {name: item for name, item in PLUGINS.items() if item.perturbs}
RULES: dict[str, list[dict[str, Any]]] = {
    "controlled_rounding": [{"base": 3, "gap": 0}, {"base": 5}],
    "random_rounding": [{"base": 3}, {"base": 10}],
    "cell_key": [
        {"rounding": {"threshold": 10, "base": 5}, "threshold": 10},
        {"noise": {"largest_change": 4, "variance": 2, "never_shown": 2}},
        {"form": "abs", "noise": {"largest_change": 3, "variance": 1}, "threshold": 3},
    ],
    "dp_cubes": [{"epsilon": 1, "budget": 2}, {"epsilon": 8, "budget": 8, "measure": "all"}],
}
SYSTEMS = st.one_of(
    cubes().map(system_of),
    linked_tables().map(lambda tables: cells.make_cell_system(tables[0], nestings=tables[1])),
)
NUMBER = st.integers(0, 2**32)


def multiples_of_the_base(system: CellSystem, done: Perturbed, rules: Any) -> None:
    """Every number of a table is a multiple of the base."""
    assert not (done.values[system.in_draft] % rules.base).any()


def within_one_base(system: CellSystem, done: Perturbed, rules: Any) -> None:
    """Every number is off by less than the base, and a multiple of it not at all."""
    off = np.abs(done.values - system.values)[system.in_draft]
    assert (off < rules.base).all()
    assert not off[system.values[system.in_draft] % rules.base == 0].any()


def adds_up(system: CellSystem, done: Perturbed, rules: Any) -> None:
    """Every sum that holds among the true numbers holds among the published ones."""
    assert not (system.equations @ done.values).any()


def nothing_below_zero(system: CellSystem, done: Perturbed, rules: Any) -> None:
    """No number is below zero."""
    assert (done.values >= 0).all()


def nothing_below_the_threshold(system: CellSystem, done: Perturbed, rules: Any) -> None:
    """Whatever is shown is at least the threshold, and a true zero is never shown as anything else."""
    shown = done.values[system.in_draft & ~done.hidden]
    assert (shown >= rules.threshold).all()
    assert (shown >= 0).all()
    assert not done.values[system.values == 0].any()


RESULT_LAWS = {
    law.__name__: law
    for law in (multiples_of_the_base, within_one_base, adds_up, nothing_below_zero, nothing_below_the_threshold)
}


def repeats_itself(method: Method, system: CellSystem, rules: Any, key: int) -> None:
    """The same input under the same key gives the same output."""
    once, again = (_apply(method, system, rules, key) for _ in range(2))
    assert (once.values == again.values).all()
    assert (once.hidden == again.hidden).all()


def keeps_what_was_published(method: Method, system: CellSystem, rules: Any, key: int) -> None:
    """What a release showed is shown again while the counts are the same, even where another rounding is as good."""
    first = _apply(method, system, rules, key)
    again = method.apply(system, parameters=rules, secrets=_secrets(system, key, published=first.values))
    assert (again.values[system.in_draft] == first.values[system.in_draft]).all()
    partly = np.where(np.arange(len(system)) % 2, first.values, NOTHING)
    half = method.apply(system, parameters=rules, secrets=_secrets(system, key, published=partly))
    held = (partly != NOTHING) & system.in_draft
    assert (half.values[held] == partly[held]).all()


def same_cell_same_number(method: Method, system: CellSystem, rules: Any, key: int) -> None:
    """A cell has the same number whatever other cells stand beside it."""
    whole = _apply(method, system, rules, key)
    for cell in range(0, len(system), 7):
        alone = _alone(system, cell)
        record_keys = _secrets(system, key).record_keys
        assert record_keys is not None
        secrets = Secrets(key=str(key).encode(), record_keys=record_keys[[cell]])
        assert method.apply(alone, parameters=rules, secrets=secrets).values[0] == whole.values[cell]


def unbiased_over_keys(method: Method, system: CellSystem, rules: Any, key: int) -> None:
    """Over many keys the changes cancel: their mean lies within four standard errors of zero."""
    if method.needs_record_keys:
        # Every key once, so the mean is exact: what 256 keys cannot divide is at most one change.
        if rules.noise is not None:
            counts = np.arange(1, 40)
            from openjustice.protect.methods.cell_key import table

            made = table.make_table(rules)
            sums = [int(made.look_up(np.full(256, count), np.arange(256)).sum()) for count in counts]
            assert np.abs(sums).max() <= 1
        return
    cell = int(np.argmax(system.values % rules.base))
    alone = _alone(system, cell)
    changes = np.array(
        [
            method.apply(alone, parameters=rules, secrets=Secrets(key=f"{key}/{n}".encode())).values[0]
            for n in range(400)
        ]
    ) - int(system.values[cell])
    assert abs(changes.mean()) <= 5 * rules.base / 2 / 20


def keeps_its_budget(method: Method, system: CellSystem, rules: Any, key: int) -> None:
    """A release that would spend more than the budget is refused."""
    allowed = int(rules.budget / rules.epsilon + 1e-9)
    assert _apply(method, system, rules, key, releases=allowed - 1).figures["spent"] <= rules.budget
    with pytest.raises(errors.ProtectionRefused) as refused:
        _apply(method, system, rules, key, releases=allowed)
    assert refused.value.codes == ("budget_spent",)


RUN_LAWS: dict[str, Callable[[Method, CellSystem, Any, int], None]] = {
    law.__name__: law
    for law in (repeats_itself, keeps_what_was_published, same_cell_same_number, unbiased_over_keys, keeps_its_budget)
}


@pytest.mark.parametrize("name", sorted(PERTURBING))
@FEW
@given(system=SYSTEMS, key=NUMBER, data=st.data())
def test_what_a_method_publishes_keeps_the_laws_it_claims(name: str, system: CellSystem, key: int, data: Any) -> None:
    method = PERTURBING[name]
    rules = method.read_parameters(data.draw(st.sampled_from(RULES[name])))
    done = _apply(method, system, rules, key)
    for law in method.laws:
        if law in RESULT_LAWS:
            RESULT_LAWS[law](system, done, rules)


CLAIMS = [(name, law) for name, method in sorted(PERTURBING.items()) for law in method.laws if law in RUN_LAWS]


@pytest.mark.parametrize(("name", "law"), CLAIMS)
@settings(FEW, max_examples=8)
@given(system=SYSTEMS, key=NUMBER, data=st.data())
def test_a_method_run_again_keeps_the_laws_it_claims(
    name: str, law: str, system: CellSystem, key: int, data: Any
) -> None:
    method = PERTURBING[name]
    RUN_LAWS[law](method, system, method.read_parameters(data.draw(st.sampled_from(RULES[name]))), key)


GROUPS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=6)
CODING = {"smallest_group": 11, "caps": [{"group_at_least": 11, "cap": 10}, {"group_at_least": 100, "cap": 2}]}


@FEW
@given(groups=GROUPS)
def test_coded_percentages_keep_their_laws(groups: list[tuple[int, int]]) -> None:
    """extremes_are_coded, small_groups_are_hidden, shown_percentages_are_rounded_truth, no_part_stands_alone."""
    method = PLUGINS["percentage_coding"]
    rules = method.read_parameters(CODING)
    part = np.array([min(one, two) for one, two in groups], dtype=float)
    whole = np.array([max(one, two) for one, two in groups], dtype=float)
    coded = method.apply(part, whole, parameters=rules)
    for place, (count, size) in enumerate(zip(part, whole, strict=True)):
        shown, low, high = coded.values[place], coded.low[place], coded.high[place]
        cap = 2 if size >= 100 else 10
        if size < 11:
            assert np.isnan([shown, low, high]).all()
        elif np.isnan(shown):
            assert low - 0.5 <= 100 * count / size <= high + 0.5  # the band holds the rounded percentage
            assert (low, high) in ((0, cap), (100 - cap, 100))
        else:
            assert abs(shown - 100 * count / size) <= 0.5
            assert cap < shown < 100 - cap
    total = part.sum()
    parts = method.apply(part, np.full(len(part), total), parameters=rules, parts=[np.arange(len(part))])
    assert parts.hidden.sum() != 1 or len(part) == 1


def test_every_claimed_law_is_written() -> None:
    spoken = test_coded_percentages_keep_their_laws.__doc__ or ""
    for method in PLUGINS.values():
        if method.perturbs or method.works_on is WorksOn.SHARES:
            assert method.consequence is not None
            assert all(law in RESULT_LAWS or law in RUN_LAWS or law in spoken for law in method.laws)


@pytest.mark.parametrize("law", sorted(RESULT_LAWS))
def test_a_law_catches_numbers_that_break_it(law: str) -> None:
    class Rules:
        base, threshold = 5, 10

    system = cells.make_cell_system([cells.CountTable("t", ("v",), "t/rows", {("a",): 5, ("b",): 2, ("_T",): 7})])
    broken = Perturbed(values=np.array([-1, 8, 17]), hidden=np.zeros(3, dtype=np.bool_))
    with pytest.raises(AssertionError):
        RESULT_LAWS[law](system, broken, Rules())


def _apply(method: Method, system: CellSystem, rules: Any, key: int, *, releases: int = 0) -> Perturbed:
    try:
        done: Perturbed = method.apply(system, parameters=rules, secrets=_secrets(system, key, releases=releases))
    except errors.ProtectionRefused as refusal:
        # From three variables on a rounding need not exist; to refuse is right, and proves nothing about the law.
        assume("cannot_round" not in refusal.codes)
        raise
    return done


def _secrets(system: CellSystem, key: int, *, published: np.ndarray | None = None, releases: int = 0) -> Secrets:
    sums = (system.values * 2_654_435_761 + key) % 2**40
    return Secrets(key=str(key).encode(), record_keys=sums, published=published, releases=releases)


def _alone(system: CellSystem, cell: int) -> CellSystem:
    table = cells.CountTable("alone", (), "law/rows", {(): int(system.values[cell])})
    made = cells.make_cell_system([table])
    object.__setattr__(made, "addresses", (system.addresses[cell],))
    return made
