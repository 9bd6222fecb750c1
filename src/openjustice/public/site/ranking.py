"""Says between which places of a ranking an area can stand, and refuses a ranking that the numbers do not carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openjustice.measure import rates
from openjustice.public.publish.content import Row
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.public.site import fairness, statements
from openjustice.public.site.figures import View


@dataclass(frozen=True)
class Standing:
    """Between which places an area can stand, the highest value first; `first` is `last` where the place is certain."""

    code: str
    label: str
    row: Row
    first: int
    last: int


@dataclass(frozen=True)
class Ranking:
    """The standings of all areas that have a number, or the reasons why there is no ranking.

    `told_apart` of `pairs`: how many pairs of areas differ by more than chance. `confidence` holds for all areas together.
    """

    standings: tuple[Standing, ...] = ()
    reasons: tuple[str, ...] = ()
    told_apart: int = 0
    pairs: int = 0
    confidence: float = 0.0
    when: str = ""

    @property
    def clear(self) -> tuple[Standing, ...]:
        """Return the areas whose place is within a quarter of all places: those of which a ranking says something."""
        return tuple(item for item in self.standings if (item.last - item.first + 1) * 4 <= len(self.standings))

    def of(self, code: str) -> Standing | None:
        """Return where one area stands, or None."""
        return next((item for item in self.standings if item.code == code), None)


def rank_areas(view: View, *, area: str, at: str | None) -> Ranking:
    """Return between which places each area can stand in one period (`at`, or all together), or why none can be given.

    Source: Klein, Wright and Wieczorek (2020), A joint confidence region for an overall ranking of populations, Journal of
    the Royal Statistical Society C 69, 589-606: intervals that hold for all areas at once (each at confidence ^ (1 / areas)),
    and an area can stand below only those whose whole interval lies above its own.
    """
    reasons = find_reasons(view, area=area, at=at)
    rows = _rows(view, area=area, at=at) if not reasons else {}
    if not reasons and len(rows) < 2:
        reasons = (say("Fewer than two areas have a number."),)
    if reasons:
        return Ranking(reasons=reasons)
    low, high = _joint_interval(view, list(rows.values()))
    above = (low[None, :] > high[:, None]).sum(axis=1)  # areas that are certainly higher than this one
    below = (high[None, :] < low[:, None]).sum(axis=1)
    labels = view.variable(area)
    standings = [
        Standing(code, labels.label(code), row, first=int(above[place]) + 1, last=len(rows) - int(below[place]))
        for place, (code, row) in enumerate(rows.items())
    ]
    ordered = sorted(standings, key=lambda item: (-(item.row["value"] or 0.0), item.label))
    return Ranking(
        standings=tuple(ordered),
        told_apart=int(above.sum()),
        pairs=len(rows) * (len(rows) - 1) // 2,
        confidence=view.indicator.confidence,
        when=view.variable(view.period).label(at) if view.period and at and at != TOTAL else "",
    )


def find_reasons(view: View, *, area: str, at: str | None) -> tuple[str, ...]:
    """Return every reason why areas may not be ranked by a table; none where they may."""
    indicator, reasons = view.indicator, []
    if indicator.denominator is None:
        reasons.append(say("These are counts: a ranking would show where many people live."))
    elif not view.is_divided_by(area):
        reasons.append(say("The areas have no denominators of their own."))
    if indicator.interval == "none":
        reasons.append(say("The numbers have no interval, so chance cannot be told from difference."))
    if statements.consequence(view.content):
        reasons.append(
            say("The numbers were changed to protect people; a place in a ranking could be made by that change.")
        )
    reasons += fairness.reasons_against_ranking(view.content, indicator.flags)
    rows = [row for row in view.frame.rows if _stands(view, row, at) and row[area] != TOTAL]
    if any(row["status_marker"] == "p" for row in rows):
        reasons.append(say("The period is provisional; late reports will still move the areas."))
    return tuple(reasons)


def _rows(view: View, *, area: str, at: str | None) -> Mapping[str, Row]:
    """Return the row of each area that is wholly reported and has its count, its denominator and its number."""
    places = view.content.places
    return {
        row[area]: row
        for row in view.frame.rows
        if _stands(view, row, at)
        and row[area] in places
        and None not in (row["value"], row["numerator"], row["denominator"])
        and row["coverage"] in (None, 1.0)
    }


def _stands(view: View, row: Row, at: str | None) -> bool:
    return view.period is None or row[view.period] == (at or TOTAL)


def _joint_interval(view: View, rows: list[Row]) -> tuple[rates.Floats, rates.Floats]:
    indicator = view.indicator
    joint = indicator.confidence ** (1 / len(rows))
    counts = np.array([row["numerator"] for row in rows], dtype=np.float64)
    base = np.array([row["denominator"] for row in rows], dtype=np.float64)
    if indicator.interval == "wilson":
        return rates.wilson_interval(counts, base, confidence=joint)
    low, high = rates.poisson_interval(counts, confidence=joint)
    return low / base, high / base
