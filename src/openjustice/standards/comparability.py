"""Decides whether two numbers may be set side by side, and what must be said if they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from openjustice.ground import errors
from openjustice.ground.terms import Period


@dataclass(frozen=True)
class Flag:
    """One thing that must be said beside a number: what is the matter, what a page does about it, where it applies."""

    code: str
    says: str
    display: str
    applies: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Break:
    """A change of definition of a concept at the start of a period, that no comparison may cross."""

    at: str
    concept: str
    says: str


@dataclass(frozen=True)
class Number:
    """What must be known of a number before it is compared: what it counts, in which unit, when, and how complete.

    `variants` says how each concept it rests on was measured (`race_ethnicity` recorded or stated, say); `coverage` is
    the share of reporters, None where unknown.
    """

    name: str
    concept: str
    unit: str
    period: str
    vintage: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    coverage: float | None = None
    is_provisional: bool = False


def read_flags(path: Path) -> dict[str, Flag]:
    """Read the flags of a comparability.yaml by code; raises RegistryRefused where the file does not hold them."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {code: _flag(code, item) for code, item in content["flags"].items()}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise errors.RegistryRefused.because(
            "flags_unreadable",
            "The flags of comparability cannot be read.",
            place=errors.Place(file=path.name),
            way_out="Give each flag its code, 'says' and 'display' under 'flags'.",
        ) from None


def may_compare(
    first: Number,
    second: Number,
    *,
    flags: Mapping[str, Flag],
    breaks: Sequence[Break] = (),
    minimum_coverage: float = 0.0,
) -> tuple[str, ...]:
    """Return what must be said beside the two numbers; raises NotComparable with every reason where they may not be compared.

    They may not where they count different things, in different units, by different variants of a concept, over periods of
    different length, across a break, or with a coverage under the minimum. Surprise: an unknown coverage is no reason, but
    is said.
    """
    faults = [
        *_difference("concept_differs", "They count different things.", first.concept, second.concept),
        *_difference("unit_differs", "They are in different units.", first.unit, second.unit),
        *_variant_faults(first, second),
        *_period_faults(first, second),
        *_break_faults(first, second, breaks),
        *_coverage_faults(first, second, minimum_coverage),
    ]
    if faults:
        raise errors.NotComparable(faults)
    return _caveats(first, second, flags)


def _flag(code: str, item: Mapping[str, Any]) -> Flag:
    applies = tuple({key: str(value) for key, value in place.items()} for place in item.get("applies", ()))
    return Flag(code=code, says=item["says"], display=item["display"], applies=applies)


def _difference(code: str, what: str, first: str, second: str) -> list[errors.Fault]:
    return [] if first == second else [_fault(code, what, f"One is {first}, the other {second}.")]


def _variant_faults(first: Number, second: Number) -> list[errors.Fault]:
    shared = sorted(set(first.variants) & set(second.variants))
    return [
        _fault(
            "variant_differs",
            f"They measure {name} in different ways.",
            f"{first.variants[name]}; {second.variants[name]}.",
        )
        for name in shared
        if first.variants[name] != second.variants[name]
    ]


def _period_faults(first: Number, second: Number) -> list[errors.Fault]:
    one, other = Period.parse(first.period), Period.parse(second.period)
    if abs(_days(one) - _days(other)) <= _CALENDAR_DAYS:
        return []
    return [_fault("period_differs", "They cover periods of different length.", f"{one} and {other}.")]


def _break_faults(first: Number, second: Number, breaks: Sequence[Break]) -> list[errors.Fault]:
    starts = sorted([Period.parse(first.period).starts_on, Period.parse(second.period).starts_on])
    concepts = {first.concept, second.concept, *first.variants, *second.variants}
    return [
        _fault("break_between", "The definition changed between them.", item.says)
        for item in breaks
        if item.concept in concepts and starts[0] < Period.parse(item.at).starts_on <= starts[1]
    ]


def _coverage_faults(first: Number, second: Number, minimum: float) -> list[errors.Fault]:
    return [
        _fault("coverage_low", f"Too few reporters stand behind {item.name}.", f"{item.coverage:.0%} of them reported.")
        for item in (first, second)
        if item.coverage is not None and item.coverage < minimum
    ]


def _caveats(first: Number, second: Number, flags: Mapping[str, Flag]) -> tuple[str, ...]:
    said = [flags[code].says for code in dict.fromkeys((*first.flags, *second.flags)) if code in flags]
    if first.is_provisional or second.is_provisional:
        said.append("One of the numbers is provisional.")
    if first.coverage is None or second.coverage is None:
        said.append("It is not known how many of those who should report did.")
    if first.vintage != second.vintage:
        said.append("The numbers come from different vintages of the data.")
    return tuple(said)


_CALENDAR_DAYS = 3  # months of 28 and 31 days are each one month, years of 365 and 366 each one year


def _days(period: Period) -> int:
    return (period.ends_before - period.starts_on).days


def _fault(code: str, what: str, why: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=what, why=why, way_out="Show them apart.", ask=errors.NotComparable.who_must_act
    )
