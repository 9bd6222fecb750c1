"""Decides from the flags of a release what may stand side by side on a page, and says why where it may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openjustice.contracts.indicator import Indicator
from openjustice.ground import errors
from openjustice.public.publish.content import Content
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.standards import comparability
from openjustice.standards.comparability import Number

NO_RANK, HATCH_AREA = "no_rank", "hatch_area"


def reasons_against_ranking(content: Content, flags: Sequence[str]) -> tuple[str, ...]:
    """Return what each flag of an indicator that forbids a ranking says."""
    found = [_flag(content, code) for code in flags]
    return tuple(str(item["says"]) for item in found if NO_RANK in item.get("acts", ()))


def incomplete_areas(content: Content, flags: Sequence[str], *, period: str | None) -> frozenset[str]:
    """Return the codes of the areas that a flag names as not wholly reported in a period; all periods together hold any."""
    return frozenset(
        code.strip()
        for flag in flags
        if HATCH_AREA in (item := _flag(content, flag)).get("acts", ())
        for place in item.get("areas", ())
        if _holds(place, period)
        for code in str(place["areas"]).split(",")
    )


def find_obstacles(first: Number, second: Number) -> tuple[str, ...]:
    """Return every reason why two numbers may not be set side by side, in the reader's words; none where they may."""
    try:
        comparability.may_compare(first, second, flags={})
    except errors.NotComparable as refused:
        return tuple(dict.fromkeys(_say_reason(fault.code, first, second) for fault in refused.faults))
    return ()


def as_number(indicator: Indicator, *, period: str, **more: Any) -> Number:
    """Return what must be known of an indicator's number before it is compared: what it counts, over what, when."""
    base = indicator.denominator
    below = f" / {base.dataset}.{base.sum or 'rows'}" if base else ""
    return Number(
        name=indicator.title,
        concept=f"{indicator.numerator.dataset}{below}",
        unit=indicator.unit,
        period=period,
        flags=indicator.flags,
        **more,
    )


def caveats(content: Content, flags: Sequence[str]) -> Iterator[str]:
    """Yield what must be said beside any comparison of an indicator: its flags, in words."""
    for code in flags:
        if says := _flag(content, code).get("says"):
            yield str(says)


def _flag(content: Content, code: str) -> Mapping[str, Any]:
    given = content.comparability.get(code)
    return given if isinstance(given, Mapping) else {}


def _holds(place: Mapping[str, Any], period: str | None) -> bool:
    if period in (None, TOTAL):
        return True
    years = str(period)[:4]
    return str(place.get("from", ""))[:4] <= years <= (str(place.get("until", "")) or "9999")[:4]


def _say_reason(code: str, first: Number, second: Number) -> str:
    match code:
        case "unit_differs":
            return say("They are counted in different units: {one}; {other}.", one=first.unit, other=second.unit)
        case "concept_differs":
            return say("They count different things.")
        case "variant_differs":
            return say("They record the same thing in different ways.")
        case "period_differs":
            return say("They cover periods of different length.")
        case "break_between":
            return say("The definition changed between them.")
        case _:
            return say("Too few of those who should report did.")
