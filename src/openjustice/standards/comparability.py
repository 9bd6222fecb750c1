"""Decides whether two numbers may be set side by side, and what must be said if they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from openjustice.ground import errors
from openjustice.ground.terms import Period


@dataclass(frozen=True)
class Flag:
    """One thing that must be said beside a number: what is the matter, what a page does about it, where it applies.

    `acts` are what a page obeys without a person: `break_line`, `hatch_area`, `no_rank`, `mark_provisional`, `note` ...
    """

    code: str
    says: str
    display: str
    applies: tuple[Mapping[str, str], ...] = ()
    acts: tuple[str, ...] = ()

    def areas(self, dataset: str) -> list[dict[str, str]]:
        """Return where the flag names areas of a dataset: each with `areas`, and `from` and `until` where it has a time."""
        keys = ("areas", "from", "until")
        return [
            {key: place[key] for key in keys if key in place}
            for place in self.applies
            if "areas" in place and dataset in {name.strip() for name in place.get("dataset", "").split(",")}
        ]


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


class Verdict(StrEnum):
    """Whether two numbers may stand side by side."""

    COMPARABLE = "comparable"
    WITH_CAVEATS = "comparable with caveats"
    NOT_COMPARABLE = "not comparable"


class Weight(StrEnum):
    """How heavy a reason is: it refuses the comparison, or stands beside it as a caution."""

    REFUSES = "refuses"
    CAUTIONS = "cautions"


@dataclass(frozen=True)
class Reason:
    """One thing in which two numbers differ: what it is, what each side shows, and how heavy it is."""

    code: str
    about: str
    weight: Weight
    what: str
    why: str = ""

    @property
    def words(self) -> str:
        """Return what must be said beside the two numbers."""
        return f"{self.what} {self.why}".strip()


@dataclass(frozen=True)
class Answer:
    """Whether two numbers may stand side by side, and every reason. Commands, pages and charts read the same answer."""

    reasons: tuple[Reason, ...] = ()

    @property
    def refusals(self) -> tuple[Reason, ...]:
        """Return the reasons that refuse the comparison."""
        return tuple(item for item in self.reasons if item.weight is Weight.REFUSES)

    @property
    def caveats(self) -> tuple[str, ...]:
        """Return what must be said beside the numbers where they stand together."""
        return tuple(item.words for item in self.reasons if item.weight is Weight.CAUTIONS)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict that follows from the reasons."""
        if self.refusals:
            return Verdict.NOT_COMPARABLE
        return Verdict.WITH_CAVEATS if self.reasons else Verdict.COMPARABLE

    def require(self) -> tuple[str, ...]:
        """Return the caveats; raises NotComparable with every refusal where the numbers may not be compared."""
        if self.refusals:
            raise errors.NotComparable(_fault(item.code, item.what, item.why) for item in self.refusals)
        return self.caveats


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

    Surprise: an unknown coverage is no reason, but is said.
    """
    return judge(first, second, flags=flags, breaks=breaks, minimum_coverage=minimum_coverage).require()


def judge(
    first: Number,
    second: Number,
    *,
    flags: Mapping[str, Flag],
    breaks: Sequence[Break] = (),
    minimum_coverage: float = 0.0,
) -> Answer:
    """Say whether two numbers may stand side by side, with every reason.

    They may not where they count different things, in different units, by different variants of a concept, over periods of
    different length, across a break, or with a coverage under the minimum.
    """
    refusals = [
        *_difference("concept_differs", "They count different things.", first.concept, second.concept),
        *_difference("unit_differs", "They are in different units.", first.unit, second.unit),
        *_variant_reasons(first, second),
        *_period_reasons(first, second),
        *_break_reasons(first, second, breaks),
        *_coverage_reasons(first, second, minimum_coverage),
    ]
    cautions = [Reason("caveat", "", Weight.CAUTIONS, words) for words in _caveats(first, second, flags)]
    return Answer((*refusals, *cautions))


def _flag(code: str, item: Mapping[str, Any]) -> Flag:
    applies = tuple({key: str(value) for key, value in place.items()} for place in item.get("applies", ()))
    return Flag(
        code=code, says=item["says"], display=item["display"], applies=applies, acts=tuple(item.get("acts", ()))
    )


def _difference(code: str, what: str, first: str, second: str) -> list[Reason]:
    return [] if first == second else [_refusal(code, what, f"One is {first}, the other {second}.")]


def _variant_reasons(first: Number, second: Number) -> list[Reason]:
    shared = sorted(set(first.variants) & set(second.variants))
    return [
        _refusal(
            "variant_differs",
            f"They measure {name} in different ways.",
            f"{first.variants[name]}; {second.variants[name]}.",
        )
        for name in shared
        if first.variants[name] != second.variants[name]
    ]


def _period_reasons(first: Number, second: Number) -> list[Reason]:
    one, other = Period.parse(first.period), Period.parse(second.period)
    if abs(_days(one) - _days(other)) <= _CALENDAR_DAYS:
        return []
    return [_refusal("period_differs", "They cover periods of different length.", f"{one} and {other}.")]


def _break_reasons(first: Number, second: Number, breaks: Sequence[Break]) -> list[Reason]:
    starts = sorted([Period.parse(first.period).starts_on, Period.parse(second.period).starts_on])
    concepts = {first.concept, second.concept, *first.variants, *second.variants}
    return [
        _refusal("break_between", "The definition changed between them.", item.says)
        for item in breaks
        if item.concept in concepts and starts[0] < Period.parse(item.at).starts_on <= starts[1]
    ]


def _coverage_reasons(first: Number, second: Number, minimum: float) -> list[Reason]:
    return [
        _refusal(
            "coverage_low", f"Too few reporters stand behind {item.name}.", f"{item.coverage:.0%} of them reported."
        )
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


def _refusal(code: str, what: str, why: str) -> Reason:
    return Reason(code=code, about=code.rpartition("_")[0], weight=Weight.REFUSES, what=what, why=why)


def _fault(code: str, what: str, why: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=what, why=why, way_out="Show them apart.", ask=errors.NotComparable.who_must_act
    )
