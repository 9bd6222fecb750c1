"""Counts combinations of values with noise: the only step that looks at records. What it gives may be kept and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared
from openjustice.ground import errors
from openjustice.protect import private_counts
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.synthetic_records.parameters import Parameters
from openjustice.protect.private_counts import Spending

WORD = "synthetic"
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Marginal:
    """The noisy counts of all combinations of some variables, one axis for each."""

    variables: tuple[str, ...]
    counts: Integers


@dataclass(frozen=True)
class Measurement:
    """All that is known of the records: noisy counts over declared values. Protected already, so it may be kept.

    `values`: by variable, the values that are declared for it, in the order of the codes.
    """

    values: Mapping[str, tuple[str, ...]]
    marginals: tuple[Marginal, ...] = field(repr=False)
    spent: Spending
    deviation: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values to keep: `read_measurement` makes the same measurement of them."""
        return {
            "values": {name: list(values) for name, values in self.values.items()},
            "marginals": [
                {"variables": list(own.variables), "counts": own.counts.ravel().tolist()} for own in self.marginals
            ],
            "epsilon": self.spent.epsilon,
            "delta": self.spent.delta,
            "deviation": self.deviation,
        }


class _KeptMarginal(Declared):
    variables: tuple[str, ...]
    counts: tuple[int, ...]


class _Kept(Declared):
    values: dict[str, tuple[str, ...]]
    marginals: tuple[_KeptMarginal, ...]
    epsilon: float
    delta: float
    deviation: float


def measure(table: CodedTable, *, parameters: Parameters) -> Measurement:
    """Count the combinations of each set of variables, and add OpenDP's noise to every one of them, the empty ones too.

    Claims: what comes out tells of any one record no more than epsilon and delta allow. Assumes: the hierarchies' values
    are declared, not read from the records. Surprise: the noise cannot be made again. Raises ProtectionRefused with all
    faults of the sets.
    """
    sets = need_fit(table, parameters=parameters)
    counts = [_count(table.of(names)) for names in sets]
    spend = Spending(parameters.epsilon, parameters.delta)
    noisy = private_counts.add_noise(np.concatenate([own.ravel() for own in counts]), breakdowns=len(sets), spend=spend)
    parts = np.split(noisy.values, np.cumsum([own.size for own in counts])[:-1])
    return Measurement(
        values={tree.variable: tree.labels[0] for tree in table.hierarchies},
        marginals=tuple(
            Marginal(tuple(names), part.reshape(own.shape))
            for names, part, own in zip(sets, parts, counts, strict=True)
        ),
        spent=spend,
        deviation=noisy.deviation,
    )


def need_fit(table: CodedTable, *, parameters: Parameters) -> tuple[tuple[str, ...], ...]:
    """Return the sets of variables that are counted; raises ProtectionRefused with all faults before anything is spent."""
    sets = parameters.marginals or tuple(combinations(table.variables, min(parameters.ways, len(table.variables))))
    _refuse_unfit(table, sets, largest=parameters.largest)
    return sets


def read_measurement(given: Mapping[str, Any]) -> Measurement:
    """Return a measurement that was kept; raises RegistryRefused where it is none."""
    kept = declaration.read_values(given, _Kept, label="kept measurement")
    shapes = [tuple(len(kept.values.get(name, ())) for name in own.variables) for own in kept.marginals]
    fits = all(shape and prod(shape) == len(own.counts) for shape, own in zip(shapes, kept.marginals, strict=True))
    if not fits or {name for own in kept.marginals for name in own.variables} != set(kept.values):
        raise errors.RegistryRefused.because(
            "measurement_damaged", "The counts do not fit the values of their variables.",
            way_out="Use the measurement as it was written.",
        )  # fmt: skip
    return Measurement(
        values=kept.values,
        marginals=tuple(
            Marginal(own.variables, np.array(own.counts, dtype=np.int64).reshape(shape))
            for own, shape in zip(kept.marginals, shapes, strict=True)
        ),
        spent=Spending(kept.epsilon, kept.delta),
        deviation=kept.deviation,
    )


def _count(table: CodedTable) -> Integers:
    cells = np.ravel_multi_index(table.columns, table.sizes)
    return np.bincount(cells, minlength=prod(table.sizes)).reshape(table.sizes)


def _refuse_unfit(table: CodedTable, sets: Sequence[Sequence[str]], *, largest: int) -> None:
    sizes = dict(zip(table.variables, table.sizes, strict=True))
    named = {name for names in sets for name in names}
    faults = [
        _fault("unknown_variable", name, "is none of the table's variables") for name in sorted(named - set(sizes))
    ]
    faults += [_fault("never_counted", name, "stands in no set") for name in table.variables if name not in named]
    faults += [_fault("name_taken", name, "has the name of the mark") for name in table.variables if name == WORD]
    for names in sets:
        cells = prod(sizes.get(name, 1) for name in names)
        if cells > largest:
            faults.append(_fault("marginal_too_large", ", ".join(names), f"has {cells:,} cells, more than {largest:,}"))
    if faults:
        raise errors.ProtectionRefused(faults)


def _fault(code: str, name: str, what: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=f"'{name}' {what}.", way_out="Change the sets of variables, or make variables coarser first.",
        ask=errors.ProtectionRefused.who_must_act, place=errors.Place(field=name),
    )  # fmt: skip
