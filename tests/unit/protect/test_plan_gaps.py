"""The gap between tables and record file: blanks are added until it tells how few were kept out of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from openjustice.contracts.policy import Policy
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane
from openjustice.protect import plan
from unit.protect.test_plan import CROWD, STATES, events, make_policy, make_rules, measure


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def protect(opened: Engine, *, few: int, policy: Policy, **rules: Any) -> plan.ProtectedMicrodata:
    """Protect a file that lacks a few records of one region, and many of another, which the tables count."""
    rest = [(few, "2001", "A", "F", "held"), (9, "2001", "B", "F", "held")]
    tables = measure(events(opened, *CROWD, *rest), "region_state", **STATES)
    beside = plan.Beside(tables=tables, rules=make_rules(**rules), dataset="events")
    return plan.protect_microdata(events(opened, *CROWD), policy=policy, tier="public", seed=1, beside=beside)


def blanks(done: plan.ProtectedMicrodata) -> int:
    return sum(value is None for row in done.table.rows() for value in row.values())


def test_a_few_in_all_cannot_be_hidden_by_any_blank(opened):
    tables = measure(events(opened, *CROWD, (2, "2001", "A", "F", "held")), "region_state", **STATES)
    beside = plan.Beside(tables=tables, rules=make_rules(), dataset="events")
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.protect_microdata(events(opened, *CROWD), policy=make_policy(), tier="public", seed=1, beside=beside)
    assert refused.value.codes == ("left_out_group_told",)


@pytest.mark.parametrize(("few", "closed"), [(0, False), (2, True), (5, False)])
def test_a_few_people_kept_out_cost_a_few_blanks(opened, few, closed):
    done = protect(opened, few=few, policy=make_policy())
    assert (blanks(done) > 0) is closed
    assert done.table.row_count == sum(count for count, *_ in CROWD)
    assert plan.find_unmet(done.table, policy=make_policy(), tier="public") == []


def test_the_variable_that_matters_least_is_blanked(opened):
    done = protect(opened, few=2, policy=make_policy())
    lost = {name for row in done.table.rows() for name, value in row.items() if value is None}
    assert lost == {"region"}  # the state matters twice as much


def test_without_a_safety_interval_a_number_that_is_not_certain_is_no_leak(opened):
    done = protect(opened, few=2, policy=make_policy(), safety_interval=None)
    assert blanks(done) >= 1
