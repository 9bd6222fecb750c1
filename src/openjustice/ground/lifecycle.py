"""States as data: one table type gives transitions, owners, conditions, audit events and notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openjustice.ground import errors


@dataclass(frozen=True)
class Transition:
    """One row of a lifecycle: from which state, by which act of whom, to which state, with what record and notice."""

    source: str
    act: str
    target: str
    by: str
    requires: str
    audit: str
    notice: str

    @property
    def roles(self) -> tuple[str, ...]:
        """Return every role that may make this transition: `by` names one, or several joined by " or "."""
        return tuple(self.by.split(" or "))


@dataclass(frozen=True)
class Lifecycle:
    """The states of one thing, who owns it in each, and every way from one to the next."""

    thing: str
    start: str
    owners: tuple[tuple[str, str], ...]
    ends: tuple[str, ...]
    transitions: tuple[Transition, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Return every state in the order of its declaration."""
        return tuple(state for state, _ in self.owners)

    def owner(self, state: str) -> str:
        """Return who must act on the thing in this state."""
        return dict(self.owners)[state]

    def acts(self, state: str) -> tuple[Transition, ...]:
        """Return what may be done in this state."""
        return tuple(step for step in self.transitions if step.source == state)

    def step(self, state: str, act: str) -> Transition:
        """Return the transition that this act makes from this state; raises AccessRefused where there is none."""
        for step in self.acts(state):
            if step.act == act:
                return step
        allowed = ", ".join(step.act for step in self.acts(state)) or "nothing: it has ended"
        raise errors.AccessRefused.because(
            "may_not_act",
            f"This {self.thing} is {state.replace('_', ' ')}: '{act}' is not possible now.",
            why=f"What is possible: {allowed}.",
            ask=self.owner(state),
        )

    def as_mermaid(self) -> str:
        """Draw this lifecycle as a Mermaid state diagram, for the reference."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {step.source} --> {step.target}: {step.act} ({step.by})" for step in self.transitions]
        lines += [f"    {state} --> [*]" for state in self.ends]
        return "\n".join(lines) + "\n"


def find_gaps(lifecycle: Lifecycle) -> list[str]:
    """Return what is wrong with a lifecycle: a state without owner, without a way out, or that nothing reaches."""
    states = set(lifecycle.states)
    named = {step.source for step in lifecycle.transitions} | {step.target for step in lifecycle.transitions}
    reached = {lifecycle.start} | {step.target for step in lifecycle.transitions}
    left = {step.source for step in lifecycle.transitions}
    return [
        *_each("has no owner", named - states),
        *_each("is never reached", states - reached),
        *_each("has no way out and is no end", states - left - set(lifecycle.ends)),
    ]


def _each(complaint: str, states: Iterable[str]) -> list[str]:
    return [f"{state} {complaint}" for state in sorted(states)]
