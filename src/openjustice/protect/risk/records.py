"""Measures disclosure risk of records: equivalence classes, k, sample uniques, l, rates of reidentification.

The engine reduces the records to their distinct combinations with counts; the rest is arithmetic on small integers. A blank
is code 0. A class is read in two ways: *strict*, where a blank is a value of its own, and *compatible*, where a blank may
stand for anything. A strict class lies inside the compatible one, so what holds strictly holds in both readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.ground.engine import Table, quote

Integers = NDArray[np.int64]
BLANK = 0
# The widest number of combinations that one 64-bit key can tell apart.
_MOST_COMBINATIONS = 2**62


@dataclass(frozen=True)
class Combinations:
    """The distinct combinations of some variables: codes (combination by variable, 0 is blank), labels, counts."""

    variables: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: Integers
    counts: Integers

    def of(self, key: Sequence[str]) -> Integers:
        """Return the codes of some of the variables, one column each."""
        return self.codes[:, [self.variables.index(name) for name in key]]

    @property
    def records(self) -> int:
        """Return the number of records."""
        return int(self.counts.sum())


@dataclass(frozen=True)
class Need:
    """What must hold for one key: k records alike in every class, and l values of each sensitive variable in it."""

    scenario: str
    key: tuple[str, ...]
    k: int
    l: Mapping[str, int]  # noqa: E741 (the field's own letter)


@dataclass(frozen=True)
class Risk:
    """What a key says about the records, before or after protection. Shares are of all records, from 0 to 1.

    `uniques` are records alone in their strict class. `expected_rate` is the share of records that an intruder who picks
    at random within the strict class names rightly (the marketer's rate: classes over records); `compatible_rate` the
    same where a blank may stand for anything. `highest_rate` is the prosecutor's worst case, one over the smallest class.
    `without` gives the uniques that would remain if the intruder did not know one of the variables. `diversity` gives,
    for each sensitive variable, the fewest values in a class that shows any.
    """

    key: tuple[str, ...]
    records: int
    classes: int
    smallest_class: int
    smallest_compatible_class: int
    uniques: int
    unique_share: float
    expected_rate: float
    compatible_rate: float
    highest_rate: float
    without: Mapping[str, int]
    diversity: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return this measurement as plain values for JSON."""
        return asdict(self) | {"key": list(self.key)}


def read_combinations(records: Table, *, variables: Sequence[str]) -> Combinations:
    """Count the distinct combinations of the variables on the engine and return them as codes."""
    names = ", ".join(quote(name) for name in variables)
    statement = f"SELECT {names}, count(*) AS {quote('records counted')} FROM records GROUP BY ALL"
    found = records.engine.derive("combinations", statement, inputs={"records": records})
    arrays = found.arrays(order_by=[*variables])
    records.engine.drop(found)
    coded = [encode(arrays[name]) for name in variables]
    return Combinations(
        variables=tuple(variables),
        labels=tuple(labels for _, labels in coded),
        codes=np.column_stack([codes for codes, _ in coded]) if coded else np.zeros((0, 0), dtype=np.int64),
        counts=np.asarray(arrays["records counted"], dtype=np.int64),
    )


def encode(values: NDArray[Any]) -> tuple[Integers, tuple[str, ...]]:
    """Turn text values into codes from 1 in the order of their labels, and blanks into 0; return codes and labels."""
    blank = np.ma.getmaskarray(np.ma.asarray(values))
    shown = np.asarray(np.ma.getdata(values))[~blank].astype(str)
    labels, inverse = np.unique(shown, return_inverse=True)
    codes = np.zeros(len(blank), dtype=np.int64)
    codes[~blank] = inverse + 1
    return codes, tuple(labels.tolist())


def strides_of(codes: Integers) -> Integers:
    """Return the weights that turn a row of codes into one number; with a weight set to 0, that variable is blanked.

    Raises ProtectionRefused where the combinations that are possible exceed what one number can tell apart.
    """
    sizes = (codes.max(axis=0, initial=0) + 1).tolist()
    strides, product = [], 1
    for size in sizes:
        strides.append(product)
        product *= size
    if product > _MOST_COMBINATIONS:
        raise errors.ProtectionRefused.because(
            "too_many_combinations",
            f"{len(sizes)} variables have more possible combinations than can be told apart.",
            way_out="Recode the variables with most values, or name fewer of them.",
        )
    return np.array(strides, dtype=np.int64)


def class_sizes(codes: Integers, *, counts: Integers | None = None) -> Integers:
    """Return for each row how many records share its codes exactly, a blank being a value of its own."""
    weights = np.ones(len(codes), dtype=np.int64) if counts is None else counts
    _, inverse = np.unique(codes @ strides_of(codes), return_inverse=True)
    return np.bincount(inverse, weights=weights).astype(np.int64)[inverse]


def compatible_sizes(codes: Integers, *, counts: Integers | None = None) -> Integers:
    """Return for each row how many records could be the same one, where a blank on either side may stand for anything."""
    weights = np.ones(len(codes), dtype=np.int64) if counts is None else counts
    strides = strides_of(codes)
    shown = codes != BLANK
    patterns, which = np.unique(shown, axis=0, return_inverse=True)
    which = which.reshape(-1)
    sizes = np.zeros(len(codes), dtype=np.int64)
    for first in range(len(patterns)):
        rows = np.flatnonzero(which == first)
        for second in range(len(patterns)):
            others = np.flatnonzero(which == second)
            both = np.where(patterns[first] & patterns[second], strides, 0)
            sizes[rows] += _matches(codes[rows] @ both, codes[others] @ both, weights[others])
    return sizes


def diversity_of(codes: Integers, sensitive: Integers, *, truth: Integers | None = None) -> Integers:
    """Return for each row how many values of the sensitive variable its class shows; 0 where all of them are blank.

    Blanks count as one more value, for nobody can say what they hide. Where the truth is given they count only if they
    do hide a value that the class does not show (what is missing in truth is such a value).
    """
    _, group = np.unique(codes @ strides_of(codes), return_inverse=True)
    shown = _distinct(group[sensitive != BLANK], sensitive[sensitive != BLANK], groups=group.max(initial=-1) + 1)
    everything = _distinct(group, sensitive if truth is None else truth, groups=len(shown))
    return np.where(shown > 0, shown + (everything > shown), 0)[group]


def measure_risk(combinations: Combinations, *, key: Sequence[str], sensitive: Sequence[str] = ()) -> Risk:
    """Measure what an intruder who knows the key can do with the records. Source: El Emam (2013), chapters 16 to 18."""
    codes, counts, records = combinations.of(key), combinations.counts, combinations.records
    if not records:
        return _no_risk(key)
    strict, compatible = class_sizes(codes, counts=counts), compatible_sizes(codes, counts=counts)
    classes = round(float((counts / strict).sum()))
    diversity = {name: diversity_of(codes, combinations.of([name])[:, 0]) for name in sensitive}
    return Risk(
        key=tuple(key),
        records=records,
        classes=classes,
        smallest_class=int(strict.min()),
        smallest_compatible_class=int(compatible.min()),
        uniques=_uniques(codes, counts),
        unique_share=_uniques(codes, counts) / records,
        expected_rate=classes / records,
        compatible_rate=float((counts / compatible).sum()) / records,
        highest_rate=1 / int(strict.min()),
        without={name: _uniques(np.delete(codes, at, axis=1), counts) for at, name in enumerate(key)},
        diversity={name: int(found[found > 0].min(initial=records)) for name, found in diversity.items()},
    )


def _distinct(group: Integers, values: Integers, *, groups: int) -> Integers:
    pairs = np.unique(np.column_stack([group, values]), axis=0)
    return np.bincount(pairs[:, 0], minlength=groups).astype(np.int64)


def _matches(mine: Integers, theirs: Integers, weights: Integers) -> Integers:
    known, inverse = np.unique(theirs, return_inverse=True)
    totals = np.bincount(inverse, weights=weights).astype(np.int64)
    at = np.minimum(np.searchsorted(known, mine), len(known) - 1)
    return np.where(known[at] == mine, totals[at], 0)


def _uniques(codes: Integers, counts: Integers) -> int:
    return int(counts[class_sizes(codes, counts=counts) == 1].sum())


def _no_risk(key: Sequence[str]) -> Risk:
    return Risk(
        key=tuple(key),
        records=0,
        classes=0,
        smallest_class=0,
        smallest_compatible_class=0,
        uniques=0,
        unique_share=0.0,
        expected_rate=0.0,
        compatible_rate=0.0,
        highest_rate=0.0,
        without={},
        diversity={},
    )
