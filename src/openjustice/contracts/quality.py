"""What is declared about quality: by which rules reports are judged, which sums are watched, and what must agree with what."""

from __future__ import annotations

from collections.abc import Mapping as MappingType

from pydantic import Field as Key

from openjustice.contracts.dataset import Contract
from openjustice.contracts.declaration import Declaration, Declared, Location
from openjustice.ground import errors


class QualityRules(Declared):
    """The quality.yaml of the common registry: the stated rate of false alarms, and how much there must be to compare with."""

    quality: int
    says: str
    false_alarm_rate: float = Key(gt=0, lt=0.5)
    minimum_history: int = Key(ge=3)
    history_periods: int = Key(ge=3)
    judged_periods: int = Key(ge=1)
    minimum_peers: int = Key(ge=3)
    peers_by: str


class Measure(Declared):
    """A sum over the records of an agency and period that is watched beside the number of records."""

    says: str
    sum: str


class Source(Declared):
    """The other side of a reconciliation: a dataset, the field that is summed in it (none: its records), and which rows."""

    dataset: str
    sum: str | None = None
    where: str | None = None


class Reconciliation(Declared):
    """Two sources that must agree: ours and another, summed by the same things.

    `by`: our field for each thing, and the other's field of the same thing. `tolerance` is the largest difference that is no
    fault, as a share of the other's sum.
    """

    says: str
    by: MappingType[str, str]
    sum: str | None = None
    where: str | None = None
    source: Source = Key(alias="with")
    tolerance: float = Key(default=0.0, ge=0)


class QualityPlan(Declared):
    """The quality.yaml of a dataset, if it has one: what is watched beside the number of records."""

    quality: str
    measures: MappingType[str, Measure] = Key(default_factory=dict)
    reconciliations: MappingType[str, Reconciliation] = Key(default_factory=dict)


def find_plan_faults(file: Declaration, plan: QualityPlan, *, contract: Contract) -> list[errors.Fault]:
    """Return what a plan names and its contract does not have, and a name that is not its folder's."""
    faults = []
    if plan.quality != contract.dataset:
        faults.append(file.fault("name_differs", "A plan is named as its dataset.", at=("quality",)))
    named: list[tuple[Location, str]] = [(("measures", name, "sum"), item.sum) for name, item in plan.measures.items()]
    for name, item in plan.reconciliations.items():
        named += [(("reconciliations", name, "by"), field) for field in item.by]
        named += [(("reconciliations", name, "sum"), item.sum)] if item.sum else []
    return faults + [
        file.fault("unknown_field", f"There is no field '{field}'.", at=at, way_out="Correct the name or declare it.")
        for at, field in named
        if field not in contract.fields
    ]
