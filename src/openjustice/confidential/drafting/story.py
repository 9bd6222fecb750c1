"""Tells how each table was made, in a form that may leave the building: statements and inputs, no count that is not published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openjustice.ground import engine
from openjustice.ground.engine import Step

# A seed or a key would let a reader run the method backward.
SECRET_PARAMETERS = ("seed", "key")


def make_trace(steps: Sequence[Step], *, tables: Mapping[str, engine.Table]) -> dict[str, Any]:
    """Return the story of every table, as plain values: the steps once, and for each table the relation it ended as."""
    ends = {name: table.relation for name, table in sorted(tables.items())}
    wanted = {id(step) for relation in ends.values() for step in engine.story_of(steps, relation)}
    told = tell_publicly([step for step in steps if id(step) in wanted])
    return {"tables": ends, "steps": [step.as_dict() for step in told]}


def tell_publicly(steps: Sequence[Step]) -> list[Step]:
    """Return the steps without what is not for the public: row counts before protection, seeds and keys.

    Surprise: how many rows a step had before protection is itself a count of persons, and may be a hidden one.
    """
    open_tables: set[str] = set()
    told = []
    for step in steps:
        if step.kind == "label" or (step.inputs and all(name in open_tables for name, _ in step.inputs)):
            open_tables.add(step.makes)
        parameters = tuple(item for item in step.parameters if item[0] not in SECRET_PARAMETERS)
        told.append(replace(step, parameters=parameters, rows=step.rows if step.makes in open_tables else None))
    return told
