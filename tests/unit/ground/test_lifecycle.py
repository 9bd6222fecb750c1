"""Lifecycles: acts, owners, refusals, diagrams, and what makes one incomplete."""

import pytest

from openjustice.ground import errors, lifecycle
from openjustice.ground.lifecycle import Lifecycle, Transition

DOOR = Lifecycle(
    thing="door",
    start="shut",
    owners=(("shut", "the porter"), ("open", "the guest"), ("gone", "nobody")),
    ends=("gone",),
    transitions=(
        Transition("shut", "open it", "open", by="the porter", requires="a key", audit="door.opened", notice=""),
        Transition("open", "take it", "gone", by="the guest", requires="", audit="door.taken", notice="to the porter"),
    ),
)


def test_an_act_leads_to_its_state():
    assert DOOR.step("shut", "open it").target == "open"
    assert [step.act for step in DOOR.acts("open")] == ["take it"]
    assert DOOR.owner("open") == "the guest"
    assert DOOR.states == ("shut", "open", "gone")


@pytest.mark.parametrize(("state", "says"), [("shut", "open it"), ("gone", "it has ended")])
def test_an_act_that_is_not_allowed_is_refused_with_what_is(state, says):
    with pytest.raises(errors.AccessRefused) as refused:
        DOOR.step(state, "take it")
    assert refused.value.codes == ("may_not_act",)
    assert says in str(refused.value)


def test_a_complete_lifecycle_has_no_gaps_and_draws_itself():
    assert lifecycle.find_gaps(DOOR) == []
    assert "shut --> open: open it (the porter)" in DOOR.as_mermaid()


def test_gaps_are_named():
    broken = Lifecycle("x", "a", (("a", "me"), ("lonely", "me")), (), (Transition("a", "go", "b", "me", "", "x", ""),))
    assert lifecycle.find_gaps(broken) == [
        "b has no owner",
        "lonely is never reached",
        "lonely has no way out and is no end",
    ]
