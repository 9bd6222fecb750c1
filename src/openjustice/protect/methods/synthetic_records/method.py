"""Draws synthetic records from noisy counts: first the records are measured, once; then anybody may draw from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.coded import CodedTable, flat_hierarchy
from openjustice.protect.methods.synthetic_records import measuring
from openjustice.protect.methods.synthetic_records.consistency import Consistent, make_consistent, sum_to
from openjustice.protect.methods.synthetic_records.measuring import WORD, Measurement
from openjustice.protect.methods.synthetic_records.parameters import Parameters

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Step:
    """How one variable is drawn: given which others, from which measured set; given none, from its own counts."""

    variable: str
    given: tuple[str, ...] = ()
    marginal: int = -1


@dataclass(frozen=True)
class Synthetic:
    """Synthetic records, the first column saying so, sorted; the measurement they were drawn from; how each variable was drawn."""

    name: str
    table: CodedTable = field(repr=False)
    measured: Measurement = field(repr=False)
    steps: tuple[Step, ...] = ()


def synthesize(table: CodedTable, *, parameters: Parameters, seed: int, name: str = "records") -> Synthetic:
    """Measure the records with noise, and draw synthetic ones from the measurement.

    Claims: what comes out tells of any one record no more than epsilon and delta allow, whatever the seed. Surprise: two
    runs differ, since the noise cannot be made again; `draw`, from the kept measurement, gives the same file.
    """
    return draw(measuring.measure(table, parameters=parameters), rows=parameters.rows, seed=seed, name=name)


def draw(measured: Measurement, *, rows: int | None, seed: int, name: str = "records") -> Synthetic:
    """Draw records from a measurement; the same measurement, rows and seed give the same records.

    Source: a forest of the strongest measured dependencies, as in Chow, Liu (1968), IEEE Transactions on Information Theory
    14, where dependence is the distance from independence beyond what noise alone makes (Zhang et al. (2021), PrivSyn,
    USENIX Security).
    """
    agreed = make_consistent(measured)
    steps = plan_steps(measured)
    chance = np.random.default_rng(seed)
    drawn: dict[str, Codes] = {}
    wanted = rows or max(1, round(agreed.total))
    for step in steps:
        drawn[step.variable] = _draw_one(step, drawn, measured, agreed, rows=wanted, chance=chance)
    order = np.lexsort([drawn[own] for own in reversed(list(measured.values))])
    mark = flat_hierarchy(WORD, [WORD])
    return Synthetic(
        name=name if WORD in name else f"{WORD}_{name}",
        table=CodedTable(
            (WORD, *measured.values),
            (mark, *(flat_hierarchy(own, values) for own, values in measured.values.items())),
            (np.zeros(wanted, dtype=np.int32), *(drawn[own][order] for own in measured.values)),
        ),
        measured=measured,
        steps=steps,
    )


def plan_steps(measured: Measurement) -> tuple[Step, ...]:
    """Return in which order the variables are drawn, each given those with which a measured set shows it to depend."""
    left = list(measured.values)
    steps = [Step(left.pop(0))]
    while left:
        placed = {step.variable for step in steps}
        choices = [
            (dependence(measured, at, own, tuple(name for name in item.variables if name in placed)), at, own)
            for at, item in enumerate(measured.marginals)
            for own in item.variables
            if own in left and placed & set(item.variables)
        ]
        best = max(choices, key=lambda choice: choice[0], default=(0.0, -1, ""))
        if best[0] <= 0:
            steps.append(Step(left.pop(0)))
            continue
        given = tuple(name for name in measured.marginals[best[1]].variables if name in placed)
        steps.append(Step(best[2], given, best[1]))
        left.remove(best[2])
    return tuple(steps)


def dependence(measured: Measurement, marginal: int, variable: str, given: tuple[str, ...]) -> float:
    """Return how far a variable is from independent of others in a measured set, less what noise alone would make of it."""
    item = measured.marginals[marginal]
    joint = sum_to(item.counts.astype(np.float64), item.variables, (*given, variable)).reshape(
        -1, len(measured.values[variable])
    )
    rows, columns = np.maximum(joint.sum(axis=1), 0), np.maximum(joint.sum(axis=0), 0)
    even = np.outer(rows, columns / max(1.0, columns.sum()))
    noise = measured.deviation * np.sqrt(item.counts.size / joint.size) * joint.size
    return float(np.abs(joint - even).sum() - noise)


def work_example(given: Mapping[str, Any]) -> Any:
    """Draw from the kept counts of a worked example, and say what they became and which records were drawn."""
    measured = measuring.read_measurement(given["measurement"])
    agreed = make_consistent(measured)
    done = draw(measured, rows=given.get("rows"), seed=given["seed"])
    labels = [tree.labels[0] for tree in done.table.hierarchies]
    return {
        "name": done.name,
        "columns": list(done.table.variables),
        "total": round(agreed.total, 3),
        "counts": [table.round(3).ravel().tolist() for table in agreed.tables],
        "records": [
            [own[code] for own, code in zip(labels, row, strict=True)]
            for row in zip(*done.table.columns, strict=True)
        ],
    }  # fmt: skip


def _draw_one(
    step: Step, drawn: Mapping[str, Codes], measured: Measurement, agreed: Consistent, *, rows: int,
    chance: np.random.Generator,
) -> Codes:  # fmt: skip
    """Draw one variable of all records. Those alike in what is given share out the chances among them, so little is left to luck."""
    own = agreed.single[step.variable]
    if not step.given:
        return _share_out(own[None, :], np.zeros(rows, dtype=np.int64), chance=chance)
    item = measured.marginals[step.marginal]
    table = sum_to(agreed.tables[step.marginal], item.variables, (*step.given, step.variable))
    cells = np.ravel_multi_index([drawn[name] for name in step.given], table.shape[:-1])
    joint = table.reshape(-1, len(own))
    return _share_out(np.where(joint.sum(axis=1, keepdims=True) > 0, joint, own), cells, chance=chance)


def _share_out(weights: Floats, groups: NDArray[np.int64], *, chance: np.random.Generator) -> Codes:
    """Give each record a code by the weights of its group: evenly spaced chances within a group, in random order."""
    steps = np.cumsum(weights, axis=1)
    steps /= steps[:, -1:]
    order = np.lexsort([chance.random(len(groups)), groups])
    sizes = np.bincount(groups, minlength=len(weights))
    rank = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    own = groups[order]
    places = (rank + chance.random(len(weights))[own]) / sizes[own]
    found = np.searchsorted((steps + np.arange(len(weights))[:, None]).ravel(), own + places, side="right")
    codes = np.empty(len(groups), dtype=np.int32)
    codes[order] = np.minimum(found - own * weights.shape[1], weights.shape[1] - 1)
    return codes
