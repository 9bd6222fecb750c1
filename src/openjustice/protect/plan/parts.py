"""Protects the parts of a record file apart and lays them together: what holds in each part holds in the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openjustice.ground.engine import Table
from openjustice.protect import risk
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan import populations
from openjustice.protect.plan.populations import Part, Split
from openjustice.protect.risk import Integers, Need


@dataclass(frozen=True)
class HeldStricter:
    """A population with a stricter rule, and how it was kept: k asked and smallest class found, scenario by scenario.

    `told_by`: the variables of the file that say who belongs, whose records were protected apart; none where the file does
    not say it and everybody was held to the rule.
    """

    population: str
    told_by: tuple[str, ...]
    k: Mapping[str, int]
    smallest_class: Mapping[str, int]


def suppress_parts(
    recoded: Table, *, division: Split, suppress: Callable[[Table, Sequence[Need]], Suppressed]
) -> list[Suppressed]:
    """Protect each part by its own needs; `suppress` protects records so that needs hold."""
    return [suppress(populations.records_of(recoded, part), part.needs) for part in division.parts]


def lay_together(made: Sequence[Suppressed]) -> Suppressed:
    """Return the parts as one file. Claims: no class of the whole is smaller or less diverse than in a part."""
    if len(made) == 1:
        return made[0]
    first = made[0]
    labels = tuple(
        tuple(sorted({label for item in made for label in item.labels[place]})) for place in range(len(first.variables))
    )
    engine, inputs = first.table.engine, {f"part_{at}": item.table for at, item in enumerate(made)}
    statement = " UNION ALL ".join(f"SELECT * FROM {name}" for name in inputs)
    return Suppressed(
        table=engine.derive(f"{first.table.name}_whole", f"SELECT * FROM ({statement}) ORDER BY ALL", inputs=inputs),
        variables=first.variables,
        labels=labels,
        before=np.vstack([_recode(item.before, item.labels, labels) for item in made]),
        after=np.vstack([_recode(item.after, item.labels, labels) for item in made]),
        price=sum(item.price for item in made),
        least_price=sum(item.least_price for item in made),
    )


def held_stricter(
    made: Sequence[Suppressed], *, division: Split, asked: Mapping[str, Sequence[Need]]
) -> tuple[HeldStricter, ...]:
    """Return how each stricter rule was kept, from the parts as they were protected."""
    return tuple(
        HeldStricter(
            population=name,
            told_by=division.apart.get(name, ()),
            k={need.scenario: need.k for need in needs},
            smallest_class={need.scenario: _smallest(made, name, need, parts=division.parts) for need in needs},
        )
        for name, needs in asked.items()
    )


def _smallest(made: Sequence[Suppressed], name: str, need: Need, *, parts: Sequence[Part]) -> int:
    """Return the smallest class among the parts that hold members of the population; 0 where nobody belongs."""
    sizes = [
        int(risk.class_sizes(item.after[:, [item.variables.index(variable) for variable in need.key]]).min())
        for item, part in zip(made, parts, strict=True)
        if dict(part.belongs).get(name) != populations.OUT and len(item.after)
    ]
    return min(sizes, default=0)


def _recode(codes: Integers, old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> Integers:
    columns = []
    for place, names in enumerate(old):
        become = np.array([0, *(new[place].index(label) + 1 for label in names)], dtype=np.int64)
        columns.append(become[codes[:, place]])
    return np.column_stack(columns)
