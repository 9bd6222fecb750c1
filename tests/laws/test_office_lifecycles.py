"""Random sequences of commands over every lifecycle and role of the office: nothing illegal, no gap in the audit, no state unowned."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from laws.office_world import World, read_systems
from openjustice.ground.lifecycle import find_gaps
from openjustice.office.applications.rules.lifecycle import APPLICATION
from openjustice.office.licenses.rules.lifecycle import LICENSE

SYSTEMS = read_systems("achs", "ripa")


class Office(RuleBasedStateMachine):
    """An office in which anybody may try anything."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(systems=SYSTEMS, choose=lambda given: given[0])

    @rule(data=st.data())
    def do_something(self, data: st.DataObject) -> None:
        """Do one drawn thing."""
        self.world.choose = lambda given: data.draw(st.sampled_from(list(given)))
        self.world.step()

    @invariant()
    def everything_holds(self) -> None:
        """Check what must always hold."""
        self.world.check()


def test_no_sequence_of_commands_breaks_a_lifecycle():
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_random_offices_reach_every_state_and_take_every_way():
    """A law over sequences says nothing of ways that none of them takes."""
    seen = set()
    for seed in range(300):
        world = World(systems=SYSTEMS, choose=random.Random(seed).choice)
        if seed % 2:
            world.begin_with_licenses()
        for _ in range(60):
            world.step()
        world.check()
        seen |= {(str(item.source), item.act) for events in world.log.values() for item in events}
    ways = {(str(step.source), step.act) for item in (APPLICATION, LICENSE) for step in item.transitions}
    # The shipped reminders begin with the window for renewal, which opens first.
    untaken = ways - seen - {("active", "remind")}
    assert len(untaken) <= 6, untaken


def test_no_lifecycle_has_a_gap():
    assert find_gaps(APPLICATION) == []
    assert find_gaps(LICENSE) == []
