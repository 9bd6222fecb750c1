"""The story of a run: every statement and every numeric step, so that a published number can say how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing that was done: the table it made, from which inputs, by which statement or method, with how many rows.

    `rows` is None where the story is told to the public and the count is not for it.
    """

    makes: str
    kind: str
    statement: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]
    rows: int | None
    digest: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return this step as plain values for JSON."""
        return asdict(self)


@dataclass
class Trace:
    """A growing list of steps; seconds are kept apart, so that the same run gives the same story."""

    steps: list[Step] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, step: Step, *, seconds: float = 0.0) -> None:
        """Append a step and the time it took."""
        self.steps.append(step)
        self.seconds.append(seconds)

    def story_of(self, name: str) -> list[Step]:
        """Return the steps that led to a table, first things first; empty where the table is not in this trace."""
        return story_of(self.steps, name)

    def as_list(self) -> list[dict[str, Any]]:
        """Return all steps as plain values for JSON, without times."""
        return [step.as_dict() for step in self.steps]


def story_of(steps: Iterable[Step], name: str) -> list[Step]:
    """Return the steps that led to a table among the given ones, first things first.

    Surprise: several steps may make one table: the one that filled it, and those that lowered its label.
    """
    told = list(steps)
    by_output: dict[str, list[Step]] = {}
    for step in told:
        by_output.setdefault(step.makes, []).append(step)
    wanted: set[str] = set()
    queue = [name]
    while queue:
        current = queue.pop()
        if current in wanted or current not in by_output:
            continue
        wanted.add(current)
        queue.extend(input_name for step in by_output[current] for input_name, _ in step.inputs)
    return [step for step in told if step.makes in wanted]


def read_steps(items: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Read steps back from their JSON form."""
    return [
        Step(
            makes=str(item["makes"]),
            kind=str(item["kind"]),
            statement=str(item["statement"]),
            inputs=tuple((str(name), str(digest)) for name, digest in item["inputs"]),
            parameters=tuple((str(name), str(value)) for name, value in item["parameters"]),
            rows=None if item["rows"] is None else int(item["rows"]),
            digest=str(item.get("digest", "")),
        )
        for item in items
    ]
