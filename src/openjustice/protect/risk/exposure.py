"""What a table of records gives away to intruders who know a key: who can be found, and what can be learned of them.

Everything is worked out from the sizes of equivalence classes and, for sensitive variables, from the distinct tuples with
their counts: time and memory follow the distinct tuples.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.coded import CodedTable
from openjustice.protect.risk.closeness import Distance, distance_of, steps_of
from openjustice.protect.risk.population import PopulationUniques, estimate_population_uniques

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Presence:
    """What a population table adds: how many persons stand behind each class.

    `smallest` is the k of k-map. The journalist's risk of a record is one over the persons of its class. `delta_least` and
    `delta_most` bound the probability that a person of the population is in the table (delta-presence, Nergiz et al. 2007).
    `unaccounted` are records of classes with fewer persons than records: the two tables do not fit there, and the records
    are counted as the persons.
    """

    persons: int
    smallest: int
    journalist_highest: float
    journalist_average: float
    journalist_at_risk: float
    population_uniques: int
    delta_least: float
    delta_most: float
    unaccounted: int


@dataclass(frozen=True)
class Disclosure:
    """What the classes give away about one sensitive variable, without anybody being found.

    The least diversity of a class: `distinct` values; `entropy` (the effective number of values); `recursive`, the c that is
    needed for recursive (c, 2): the most frequent value over all others, infinite where there is no other, written as none.
    `closeness` is the greatest distance of a class from all records; `beta` the greatest gain on any value, relative to its
    share (beta-likeness, Cao, Karras 2012). `homogeneous` are records whose class has one value alone, `severe` those whose
    class has only values that were named severe.
    """

    variable: str
    distinct: int
    entropy: float
    recursive: float | None
    closeness: Mapping[str, float]
    beta: float
    homogeneous: int
    severe: int


@dataclass(frozen=True)
class Exposure:
    """The risk of a table under one key. Rates and shares lie between 0 and 1.

    `prosecutor_highest` and `prosecutor_average`: an intruder who knows that a person is in the table, at worst and on
    average; `prosecutor_at_risk` the share of records in classes under `k`. The marketer's rate, the share of records that
    matching all of them would name rightly, is the prosecutor's average.
    """

    key: tuple[str, ...]
    records: int
    classes: int
    k: int
    smallest_class: int
    largest_class: int
    uniques: int
    unique_share: float
    prosecutor_highest: float
    prosecutor_average: float
    prosecutor_at_risk: float
    marketer: float
    sizes: Mapping[int, int]
    population: Presence | None = None
    estimated: PopulationUniques | None = None
    disclosures: tuple[Disclosure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return this measurement as plain values for JSON; of the class sizes, those up to 20."""
        plain = asdict(self) | {"key": list(self.key)}
        plain["sizes"] = {str(size): often for size, often in self.sizes.items() if size <= 20}
        return plain


def measure_table(
    table: CodedTable, *, key: Sequence[str], k: int = 5, sensitive: Sequence[str] = (),
    severe: Mapping[str, Collection[str]] | None = None, population: CodedTable | None = None,
    population_size: int | None = None,
) -> Exposure:  # fmt: skip
    """Measure what a table gives away under a key; with a population table also for journalists, with a size by estimate.

    `severe` names, for a sensitive variable, values that harm whoever is known to have one of them. Sources: El Emam (2013)
    for the three intruders; Machanavajjhala et al. (2007); Li et al. (2007). Raises ProtectionRefused for an empty table.
    """
    own = table.of(key)
    if not own.records:
        raise errors.ProtectionRefused.because("no_records", "The table has no records.", way_out="Give another file.")
    sizes, often = coded.size_histogram(own.columns, sizes=own.sizes)
    classes, records = int(often.sum()), own.records
    uniques = int(often[sizes == 1].sum())
    return Exposure(
        key=tuple(key), records=records, classes=classes, k=k, smallest_class=int(sizes[0]), largest_class=int(sizes[-1]),
        uniques=uniques, unique_share=uniques / records, prosecutor_highest=1 / int(sizes[0]),
        prosecutor_average=classes / records, prosecutor_at_risk=float((sizes * often)[sizes < k].sum()) / records,
        marketer=classes / records, sizes=dict(zip(sizes.tolist(), often.tolist(), strict=True)),
        population=None if population is None else measure_presence(own, population.of(key), k=k),
        estimated=None if population_size is None else estimate_population_uniques(sizes, often, population=population_size),
        disclosures=tuple(
            measure_disclosure(table, key=key, variable=name, severe=(severe or {}).get(name, ())) for name in sensitive
        ),
    )  # fmt: skip


def measure_presence(sample: CodedTable, population: CodedTable, *, k: int) -> Presence:
    """Set the classes of a table beside those of the population it was taken from; both are coded by the same labels."""
    ours = coded.find_distinct(sample.columns, sizes=sample.sizes)
    theirs = coded.find_distinct(population.columns, sizes=population.sizes)
    both = [np.concatenate([a, b]) for a, b in zip(ours.codes, theirs.codes, strict=True)]
    joint = coded.find_distinct(both, sizes=sample.sizes, name_classes=True)
    persons = np.zeros(len(joint), dtype=np.int64)
    persons[joint.class_of[len(ours) :]] = theirs.counts
    records = np.zeros(len(joint), dtype=np.int64)
    records[joint.class_of[: len(ours)]] = ours.counts
    has = records > 0
    behind = np.maximum(persons, records)
    total = int(ours.counts.sum())
    share = records / behind
    return Presence(
        persons=int(persons.sum()),
        smallest=int(behind[has].min()),
        journalist_highest=float((1 / behind[has]).max()),
        journalist_average=float((records / behind)[has].sum()) / total,
        journalist_at_risk=float(records[has & (behind < k)].sum()) / total,
        population_uniques=int(records[has & (behind == 1)].sum()),
        delta_least=float(share.min()),
        delta_most=float(share.max()),
        unaccounted=int(records[records > persons].sum()),
    )


def measure_disclosure(
    table: CodedTable, *, key: Sequence[str], variable: str, severe: Collection[str] = ()
) -> Disclosure:
    """Measure what the classes of a key give away about one variable."""
    both = table.of([*key, variable])
    tree = both.hierarchies[-1]
    tuples = coded.find_distinct(both.columns, sizes=both.sizes)
    # The tuples come in the order of their codes, so that those of one class stand together.
    class_of = coded.find_distinct(tuples.codes[:-1], sizes=both.sizes[:-1], name_classes=True).class_of
    values = tuples.codes[-1].astype(np.int64)
    whole = np.bincount(values, weights=tuples.counts, minlength=tree.leaves) / tuples.records
    is_severe = np.array([label in severe for label in tree.labels[0]])
    steps = steps_of(tree)
    worst = _Worst()
    edges = np.flatnonzero(np.diff(class_of, prepend=-1))
    at_once = max(1, _CELLS_AT_ONCE // tree.leaves)
    for start in range(0, len(edges), at_once):
        low = edges[start]
        high = edges[start + at_once] if start + at_once < len(edges) else len(class_of)
        classes = class_of[high - 1] - class_of[low] + 1
        histogram = np.zeros((classes, tree.leaves))
        histogram[class_of[low:high] - class_of[low], values[low:high]] = tuples.counts[low:high]
        worst.take(histogram, whole=whole, is_severe=is_severe, steps=steps)
    return worst.as_disclosure(variable)


class _Worst:
    """The worst of all classes seen so far."""

    def __init__(self) -> None:
        self.distinct, self.entropy, self.recursive, self.beta = np.inf, np.inf, 0.0, -1.0
        self.closeness = dict.fromkeys(Distance, 0.0)
        self.homogeneous, self.severe = 0.0, 0.0

    def take(self, histogram: Floats, *, whole: Floats, is_severe: NDArray[np.bool_], steps: Sequence[Floats]) -> None:
        size = histogram.sum(axis=1)
        shares = histogram / size[:, np.newaxis]
        most = histogram.max(axis=1)
        values = (histogram > 0).sum(axis=1)
        bits = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1)
        with np.errstate(divide="ignore"):
            self.recursive = max(self.recursive, float((most / (size - most)).max()))
        self.distinct = min(self.distinct, int(values.min()))
        self.entropy = min(self.entropy, float(np.exp(bits.min())))
        for distance in Distance:
            self.closeness[distance] = max(
                self.closeness[distance], float(distance_of(shares, whole, distance, steps).max())
            )
        known = whole > 0
        self.beta = max(self.beta, float((shares[:, known] / whole[known]).max()) - 1)
        self.homogeneous += float(size[values == 1].sum())
        self.severe += float(size[histogram[:, ~is_severe].sum(axis=1) == 0].sum()) if is_severe.any() else 0.0

    def as_disclosure(self, variable: str) -> Disclosure:
        return Disclosure(
            variable=variable, distinct=int(self.distinct), entropy=self.entropy,
            recursive=self.recursive if np.isfinite(self.recursive) else None,
            closeness={distance.value: found for distance, found in self.closeness.items()},
            beta=self.beta, homogeneous=round(self.homogeneous), severe=round(self.severe),
        )  # fmt: skip
