"""Weighs how two agencies define what they count: comparable, comparable with caveats, or not, with reasons from data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from openjustice.ground import errors
from openjustice.standards.comparability import Answer, Reason, Weight


class Rule(StrEnum):
    """What a measure demands of two agencies.

    agree: one position in a dimension. weigh: a difference is as heavy as the share of rows it concerns. stated: both say
    it. counted: both can count the unit. known: enough rows have the value. mapped: enough kinds have a label. same_time: a
    year in common. no_size: a caution that always stands.
    """

    AGREE = "agree"
    WEIGH = "weigh"
    STATED = "stated"
    COUNTED = "counted"
    KNOWN = "known"
    MAPPED = "mapped"
    SAME_TIME = "same_time"
    NO_SIZE = "no_size"


@dataclass(frozen=True)
class Dimension:
    """One way in which definitions differ, with the positions that an agency may take."""

    name: str
    title: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A share of rows that weighs a difference: those whose kinds all belong to `groups`, one at least to `with_group`."""

    name: str
    says: str
    groups: tuple[str, ...]
    with_group: str


@dataclass(frozen=True)
class Demand:
    """One thing that a measure asks of two agencies, and from where on a difference refuses."""

    rule: Rule
    says: str
    of: str = ""
    figure: str = ""
    refuse_from: float = 0.0
    refuse_under: float = 0.0
    caveat_under: float = 0.0


@dataclass(frozen=True)
class Measure:
    """A number that two agencies could be compared by."""

    name: str
    title: str
    unit: str
    says: str
    demands: tuple[Demand, ...]


@dataclass(frozen=True)
class Definitions:
    """The dimensions, figures and measures of one kind of event."""

    name: str
    title: str
    says: str
    not_stated: str
    dimensions: Mapping[str, Dimension]
    figures: Mapping[str, Figure]
    measures: Mapping[str, Measure]

    def measure(self, name: str) -> Measure:
        """Return a measure by name; raises RegistryRefused where there is none."""
        if name in self.measures:
            return self.measures[name]
        raise errors.RegistryRefused.because(
            "unknown_measure", f"There is no measure '{name}'.", way_out=f"Known: {', '.join(self.measures)}."
        )


@dataclass(frozen=True)
class Standing:
    """How one agency defines what it counts, and what was counted in its files. A position that is missing is not stated."""

    name: str
    title: str
    positions: Mapping[str, str]
    counts: Mapping[str, int] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    years: tuple[int, int] | None = None


def read_definitions(path: Path) -> Definitions:
    """Read the definitions of one kind of event; raises RegistryRefused where the file does not hold them."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Definitions(
            name=content["definitions"],
            title=content["title"],
            says=content["says"],
            not_stated=content["not_stated"],
            dimensions={
                name: Dimension(name, item["title"], tuple(item["values"]))
                for name, item in content["dimensions"].items()
            },
            figures={
                name: Figure(name, item["says"], tuple(item["groups"]), item["with"])
                for name, item in content["figures"].items()
            },
            measures={name: _measure(name, item, content) for name, item in content["measures"].items()},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        raise errors.RegistryRefused.because(
            "definitions_unreadable", "The definitions cannot be read.", place=errors.Place(file=path.name),
            way_out="Give dimensions, figures, and measures whose demands name them.",
        ) from None  # fmt: skip


def find_position_faults(positions: Mapping[str, str], *, definitions: Definitions) -> list[str]:
    """Return what is wrong with an agency's positions: a dimension that is not declared, a value that it does not have."""
    known = definitions.dimensions
    faults = [f"There is no dimension '{name}'." for name in positions if name not in known]
    return faults + [
        f"'{value}' is no position of '{name}': it has {', '.join(known[name].values)}."
        for name, value in positions.items()
        if name in known and value not in (*known[name].values, definitions.not_stated)
    ]


def compare(first: Standing, second: Standing, *, measure: Measure, definitions: Definitions) -> Answer:
    """Say whether two agencies' numbers may stand side by side by a measure, with every reason.

    The answer is the same whichever comes first, and an agency compares with itself. Surprise: what is not stated is a
    caveat and never a refusal by itself; a difference that the data show refuses even where nothing is stated.
    """
    if first.name == second.name:
        return Answer()
    pair = _Pair(first, second, definitions)
    found = [reason for demand in measure.demands if (reason := _WEIGHERS[demand.rule](pair, demand)) is not None]
    return Answer(tuple(sorted(found, key=lambda reason: reason.weight is not Weight.REFUSES)))


@dataclass(frozen=True)
class _Pair:
    first: Standing
    second: Standing
    definitions: Definitions

    def positions(self, dimension: str) -> tuple[str, str]:
        unknown = self.definitions.not_stated
        return self.first.positions.get(dimension, unknown), self.second.positions.get(dimension, unknown)

    def is_open(self, dimension: str) -> bool:
        return self.definitions.not_stated in self.positions(dimension)

    def reason(self, demand: Demand, weight: Weight, code: str, one: str, other: str) -> Reason:
        return Reason(
            code=code, about=demand.of or demand.figure or demand.rule.value, weight=weight, what=demand.says,
            why=f"{self.first.title}: {one}. {self.second.title}: {other}.",
        )  # fmt: skip


def _agree(pair: _Pair, demand: Demand) -> Reason | None:
    one, other = pair.positions(demand.of)
    if pair.is_open(demand.of):
        return pair.reason(demand, Weight.CAUTIONS, "position_not_stated", one, other)
    return None if one == other else pair.reason(demand, Weight.REFUSES, "definition_differs", one, other)


def _weigh(pair: _Pair, demand: Demand) -> Reason | None:
    one, other = pair.first.shares.get(demand.figure), pair.second.shares.get(demand.figure)
    stated = pair.positions(demand.of) if demand.of else ("", "")
    is_same = bool(demand.of) and stated[0] == stated[1] and not pair.is_open(demand.of)
    if one is None or other is None:
        if is_same or not demand.of:
            return None
        weight = Weight.CAUTIONS if pair.is_open(demand.of) else Weight.REFUSES
        return pair.reason(demand, weight, "difference_not_weighed", _told(stated[0], one), _told(stated[1], other))
    told = (_told(stated[0], one), _told(stated[1], other))
    largest, is_one_sided = max(one, other), min(one, other) == 0 < max(one, other)
    if is_one_sided and not is_same:
        weight = Weight.REFUSES if largest >= demand.refuse_from else Weight.CAUTIONS
        return pair.reason(demand, weight, "counted_by_one_only", *told)
    if abs(one - other) >= demand.refuse_from or (not is_same and largest > 0):
        return pair.reason(demand, Weight.CAUTIONS, "counted_differently", *told)
    return None


def _stated(pair: _Pair, demand: Demand) -> Reason | None:
    one, other = pair.positions(demand.of)
    if pair.is_open(demand.of):
        return pair.reason(demand, Weight.CAUTIONS, "position_not_stated", one, other)
    return None if one == other else pair.reason(demand, Weight.CAUTIONS, "definition_differs", one, other)


def _counted(pair: _Pair, demand: Demand) -> Reason | None:
    counts = [item.counts.get(demand.of, 0) for item in (pair.first, pair.second)]
    if all(counts):
        return None
    told = [f"{count:,} told apart" if count else "not told apart" for count in counts]
    return pair.reason(demand, Weight.REFUSES, "unit_not_countable", told[0], told[1])


def _known(pair: _Pair, demand: Demand) -> Reason | None:
    shares = [item.shares.get(demand.of, 0.0) for item in (pair.first, pair.second)]
    if min(shares) >= demand.caveat_under:
        return None
    weight = Weight.REFUSES if min(shares) < demand.refuse_under else Weight.CAUTIONS
    told = [f"known for {share:.1%} of the rows" for share in shares]
    return pair.reason(demand, weight, "value_not_known", told[0], told[1])


def _mapped(pair: _Pair, demand: Demand) -> Reason | None:
    shares = [item.shares.get("kinds_without_label", 0.0) for item in (pair.first, pair.second)]
    if max(shares) == 0:
        return None
    weight = Weight.REFUSES if max(shares) >= demand.refuse_from else Weight.CAUTIONS
    told = [f"{share:.1%} without a label" for share in shares]
    return pair.reason(demand, weight, "kinds_without_label", told[0], told[1])


def _same_time(pair: _Pair, demand: Demand) -> Reason | None:
    one, other = pair.first.years, pair.second.years
    if one is None or other is None or max(one[0], other[0]) <= min(one[1], other[1]):
        return None
    return pair.reason(demand, Weight.REFUSES, "no_common_year", _years(one), _years(other))


def _no_size(pair: _Pair, demand: Demand) -> Reason | None:
    rows = [f"{item.counts.get('rows', 0):,} rows" for item in (pair.first, pair.second)]
    return pair.reason(demand, Weight.CAUTIONS, "no_denominator", rows[0], rows[1])


_WEIGHERS: dict[Rule, Callable[[_Pair, Demand], Reason | None]] = {
    Rule.AGREE: _agree,
    Rule.WEIGH: _weigh,
    Rule.STATED: _stated,
    Rule.COUNTED: _counted,
    Rule.KNOWN: _known,
    Rule.MAPPED: _mapped,
    Rule.SAME_TIME: _same_time,
    Rule.NO_SIZE: _no_size,
}


def _told(position: str, share: float | None) -> str:
    measured = "not measured" if share is None else f"{share:.1%} of the rows"
    return f"{position}, {measured}" if position else measured


def _years(years: tuple[int, int]) -> str:
    return f"{years[0]} to {years[1]}"


def _measure(name: str, item: Mapping[str, Any], content: Mapping[str, Any]) -> Measure:
    demands = tuple(_demand(given, content) for given in item["demands"])
    return Measure(name=name, title=item["title"], unit=item["unit"], says=item["says"], demands=demands)


def _demand(given: Mapping[str, Any], content: Mapping[str, Any]) -> Demand:
    if given.get("dimension", next(iter(content["dimensions"]))) not in content["dimensions"]:
        raise KeyError("dimension")
    if given.get("figure", next(iter(content["figures"]))) not in content["figures"]:
        raise KeyError("figure")
    return Demand(
        rule=Rule(given["rule"]),
        says=given["says"],
        of=str(given.get("dimension") or given.get("count") or given.get("share") or ""),
        figure=str(given.get("figure", "")),
        refuse_from=float(given.get("refuse_from", 0.0)),
        refuse_under=float(given.get("refuse_under", 0.0)),
        caveat_under=float(given.get("caveat_under", 0.0)),
    )
