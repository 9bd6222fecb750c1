"""Says in plain words what a number shows, and no more than it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from openjustice.public.publish.content import Row
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.public.site import numbers
from openjustice.public.site.charts import Point
from openjustice.public.site.figures import View


@dataclass(frozen=True)
class Headline:
    """One number that stands for an indicator: its value, its period, how it moved, and a small chart."""

    value: str
    unit: str
    when: str
    reading: str
    is_provisional: bool
    points: tuple[Point, ...]
    basis: str = ""


def make_headline(view: View) -> Headline | None:
    """Return the headline of a table: the latest period that has a number, read against the one before."""
    period = view.period
    if period is None:
        return _without_time(view)
    part = _largest_part(view, period)
    points = tuple(view.point(view.row(**{period: at, **part}), at=at) for at in view.codes(period))
    known = [place for place, item in enumerate(points) if item.value is not None]
    if not known:
        return None
    final = [place for place in known if points[place].status != "p"]
    # A part of a whole that is not decided yet is understated: the last period that is final stands for it.
    last = final[-1] if part and final else known[-1]
    row = view.row(**{period: points[last].at, **part})
    if row is None:
        return None
    names = [view.variable(name).label(code) for name, code in part.items()]
    label = view.variable(period).label(points[last].at)
    reading = _groups(view, period, points[last].at) or _change(view, points, last)
    return Headline(
        value=view.words(row),
        unit=": ".join([*names, view.indicator.unit]),
        when=label,
        reading=reading,
        is_provisional=points[last].status == "p",
        points=points if len(known) > 2 and view.has_comparable_periods else (),
        basis=_basis(view, row, reading),
    )


def _largest_part(view: View, period: str) -> dict[str, str]:
    """Return the code of the largest part where the whole is always 100 %, and so says nothing; else no code."""
    wholes = [row["value"] for row in view.frame.rows if all(row[name] == TOTAL for name in view.others)]
    if len(view.others) != 1 or view.indicator.per != 100 or set(wholes) - {100.0, None}:
        return {}
    other = view.others[0]
    parts = [
        row for row in view.frame.rows if row[other] != TOTAL and row[period] != TOTAL and row["value"] is not None
    ]
    latest = max((row[period] for row in parts), default="")
    largest = max((row for row in parts if row[period] == latest), key=lambda row: row["value"], default=None)
    return {other: largest[other]} if largest else {}


def _groups(view: View, period: str, at: str) -> str:
    """Return each group's rate in words where the groups have denominators of their own: their whole says little."""
    other = view.others[0] if len(view.others) == 1 else ""
    if not view.is_divided_by(other) or view.is_area(other):
        return ""
    rows = [(view.variable(other).label(code), view.row(**{other: code, period: at})) for code in view.codes(other)]
    known = [f"{label} {view.words(row)}" for label, row in rows if row and row["value"] is not None]
    return say("Everybody together. By group: {groups}.", groups=", ".join(known)) if known else ""


def compare(one: Row, two: Row) -> str:
    """Return how one number with an interval stands to another: `higher`, `lower`, `unclear`; nothing where none can say."""
    if None in (one["value_low"], one["value_high"], two["value"]):
        return ""
    low = two["value_low"] if two["value_low"] is not None else two["value"]
    high = two["value_high"] if two["value_high"] is not None else two["value"]
    if one["value_low"] > high:
        return "higher"
    return "lower" if one["value_high"] < low else "unclear"


def _without_time(view: View) -> Headline | None:
    row = view.row()
    if row is None or row["value"] is None:
        return None
    area = next((name for name in view.others if view.is_area(name)), None)
    where = ""
    if area:
        rows = [item for item in view.frame.rows if item[area] in view.content.places]
        known = sum(item["value"] is not None for item in rows)
        areas = view.content.jurisdiction.area_noun_plural
        where = say("A number can be shown for {known} of {all} {areas}.", known=known, all=len(rows), areas=areas)
    interval = _interval_words(view, row)
    return Headline(
        value=view.words(row),
        unit=view.indicator.unit,
        when="",
        reading=" ".join(part for part in (interval, where) if part),
        is_provisional=row["status_marker"] == "p",
        points=(),
        basis=_counted(row),
    )


def _change(view: View, points: tuple[Point, ...], last: int) -> str:
    now, label = points[last], view.variable(view.period or "").label
    notes = _notes_on_later(points, last, label=label(points[-1].at))
    if now.status == "p":
        words = say("Provisional: the number will still change, so it is not compared with earlier ones.")
        return " ".join([words, *notes])
    if now.status == "b":
        words = say("The definition changed in this period, so it is not compared with the one before.")
        return " ".join([words, *notes])
    before = points[last - 1] if last else None
    if before is None or before.value is None or now.value is None:
        row = view.row(**{view.period or "": now.at})
        return " ".join([_interval_words(view, row) if row else "", *notes]).strip()
    return " ".join([_difference(view, now, before, label(before.at)), *notes])


def _notes_on_later(points: tuple[Point, ...], last: int, *, label: str) -> list[str]:
    later = points[last + 1 :]
    if not later:
        return []
    if later[-1].value is None:
        return [say("No number yet for {period}.", period=label)]
    return [say("Later numbers are provisional.")]


def _difference(view: View, now: Point, before: Point, when: str) -> str:
    now_value, before_value = now.value or 0.0, before.value or 0.0
    difference = now_value - before_value
    if None not in (now.low, now.high, before.low, before.high):
        if (now.low or 0) <= (before.high or 0) and (before.low or 0) <= (now.high or 0):
            return say(
                "Not clearly different from {period} ({number}): the intervals overlap.",
                period=when,
                number=before.text,
            )
        if difference > 0:
            return say("Clearly higher than in {period} ({number}).", period=when, number=before.text)
        return say("Clearly lower than in {period} ({number}).", period=when, number=before.text)
    if difference == 0:
        return say("The same as in {period}.", period=when)
    if not view.has_comparable_periods:
        return ""
    amount = numbers.number(abs(difference), decimals=view.indicator.decimals)
    given = {"amount": amount, "period": when, "number": before.text}
    if view.indicator.unit.startswith(("percent", say("percent"))):
        if difference > 0:
            return say("{amount} percentage points higher than in {period} ({number}).", **given)
        return say("{amount} percentage points lower than in {period} ({number}).", **given)
    if before_value:
        given["number"] = f"{before.text}, {numbers.signed(100 * difference / before_value)} %"
    return _more_or_less(given, is_rate=view.indicator.denominator is not None, rose=difference > 0) + _chance(
        view, now_value, before_value
    )


def _more_or_less(given: Mapping[str, str], *, is_rate: bool, rose: bool) -> str:
    if is_rate and rose:
        return say("{amount} higher than in {period} ({number}).", **given)
    if is_rate:
        return say("{amount} lower than in {period} ({number}).", **given)
    if rose:
        return say("{amount} more than in {period} ({number}).", **given)
    return say("{amount} fewer than in {period} ({number}).", **given)


def _chance(view: View, now: float, before: float) -> str:
    """Return what must be said of two counts that differ by no more than two Poisson counts of one mean may."""
    if view.indicator.denominator is not None:
        return ""
    reach = NormalDist().inv_cdf((1 + view.indicator.confidence) / 2) * (now + before) ** 0.5
    return f" {say('A difference of this size can be chance alone.')}" if abs(now - before) <= reach else ""


def _basis(view: View, row: Row, reading: str) -> str:
    """Return what a number rests on, where the reading does not say it: a count over a base, and how far chance reaches."""
    return " ".join(part for part in (_counted(row), _interval_words(view, row)) if part and part not in reading)


def _counted(row: Row) -> str:
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    count, base = numbers.number(row["numerator"]), numbers.number(row["denominator"])
    return say("{count} counted over {base}.", count=count, base=base)


def _interval_words(view: View, row: Row) -> str:
    if row["value_low"] is None or row["value_high"] is None:
        return ""
    return say(
        "{share} % confidence interval {interval}.",
        share=f"{view.indicator.confidence * 100:g}",
        interval=numbers.span(row["value_low"], row["value_high"], decimals=view.indicator.decimals),
    )
