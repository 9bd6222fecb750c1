"""Sets areas side by side: one indicator, one period, one scale; what may not stand beside the others stands apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openjustice.public.publish.content import MARKERS, Row
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.public.site import fairness, numbers, sparks
from openjustice.public.site.charts import Point, nice_top
from openjustice.public.site.figures import View
from openjustice.public.site.portal import Area, Portal


@dataclass(frozen=True)
class Side:
    """One area in a comparison: its number in words, why it stands apart if it does, and its small drawings."""

    area: Area
    words: str
    marker: str | None = None
    status: str | None = None
    interval: str = ""
    counted: str = ""
    apart: tuple[str, ...] = ()
    bar: str = ""
    line: str = ""
    row: Row | None = None


@dataclass(frozen=True)
class Comparison:
    """One indicator over several areas: those on one scale, those apart with the reason, and what must be said beside them.

    `unfair`: why no area may be set beside another by this indicator; then nothing is drawn on one scale.
    """

    name: str
    view: View
    when: str
    sides: tuple[Side, ...]
    whole: Side | None
    scale_end: str
    unfair: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    home_label: str = ""
    anchor: str = ""

    @property
    def lines(self) -> tuple[Side, ...]:
        """Return the areas that have a small drawing over time."""
        return tuple(item for item in self.sides if item.line)

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the marks that occur, in the order in which they are explained."""
        shown = (*self.sides, *((self.whole,) if self.whole else ()))
        found = {item.marker for item in shown} | {item.status for item in shown}
        return tuple(mark for mark in MARKERS if mark in found)

    @property
    def has_interval(self) -> bool:
        """Return whether any area has an interval."""
        return any(item.interval for item in self.sides)


def compare_areas(
    portal: Portal, areas: Sequence[Area], *, home: Area | None = None, with_lines: bool = False, prefix: str = "c"
) -> tuple[Comparison, ...]:
    """Return a comparison for each indicator that has a table by area, rates first. `prefix` starts the ids of drawings."""
    made = []
    for number, name in enumerate(portal.indicators):
        view = view_by_area(portal, name)
        if view is not None:
            made.append(_compare(name, view, areas, home=home, with_lines=with_lines, prefix=f"{prefix}{number}"))
    return tuple(sorted(made, key=lambda item: bool(item.unfair)))


def view_by_area(portal: Portal, indicator: str) -> View | None:
    """Return the table of an indicator by area: over time where there is one, else alone; None where there is neither."""
    views = [view for view in portal.views(indicator) if len(view.others) == 1 and view.is_area(view.others[0])]
    return next((view for view in views if view.period), next(iter(views), None))


def _compare(
    name: str, view: View, areas: Sequence[Area], *, home: Area | None, with_lines: bool, prefix: str
) -> Comparison:
    at, variable = view.common_period, view.others[0]
    fixed = {view.period: at} if view.period and at else {}
    rows = {item.code: view.row(**{variable: item.code, **fixed}) for item in areas}
    whole = view.row(**fixed)
    unfair = _why_unfair(view)
    top = _top([row for row in (*rows.values(), whole) if row], view) if not unfair else 0.0
    hidden = fairness.incomplete_areas(view.content, view.indicator.flags, period=at)
    line_top = _line_top(view, areas) if with_lines and not unfair else 0.0
    sides = tuple(
        _side(view, item, rows[item.code], top=top, whole=whole, is_incomplete=item.code in hidden,
              line=_line(view, item, top=line_top, name=f"{prefix}-{item.code}") if line_top else "")
        for item in areas
    )  # fmt: skip
    everywhere = Area(code=TOTAL, label=view.content.jurisdiction.title, slug="")
    return Comparison(
        name=name,
        view=view,
        when=_when(view, at),
        sides=sides,
        whole=_side(view, everywhere, whole, top=top, whole=None) if whole and not unfair else None,
        scale_end=numbers.number(top, decimals=0 if top >= 4 else view.indicator.decimals),
        unfair=unfair,
        caveats=tuple(fairness.caveats(view.content, view.indicator.flags)),
        readings=_read(sides, home) if home and not unfair else (),
        home_label=home.label if home else "",
        anchor=f"{prefix}-{name}".replace("_", "-"),
    )


def _why_unfair(view: View) -> tuple[str, ...]:
    if view.indicator.denominator is None:
        return (say("These are counts. Places of different size have different counts whatever happens there."),)
    if not view.is_divided_by(view.others[0]):
        return (say("The areas have no denominators of their own."),)
    return ()


def _side(
    view: View,
    area: Area,
    row: Row | None,
    *,
    top: float,
    whole: Row | None,
    is_incomplete: bool = False,
    line: str = "",
) -> Side:
    if row is None:
        return Side(area, view.point(None, at="").text, marker="x")
    apart = _why_apart(row, is_incomplete=is_incomplete)
    known = row["value"] is not None
    interval = ""
    if known and None not in (row["value_low"], row["value_high"]):
        ends = [numbers.number(row[end], decimals=view.indicator.decimals) for end in ("value_low", "value_high")]
        interval = say("{low} to {high}", low=ends[0], high=ends[1])
    counted = ""
    if row["numerator"] is not None and row["denominator"] is not None:
        counted = say(
            "{count} over {base}", count=numbers.number(row["numerator"]), base=numbers.number(row["denominator"])
        )
    bar = _bar(row, top=top, whole=whole["value"] if whole else None) if known and top and not apart else ""
    marker = None if known else row["value_marker"] or "x"
    return Side(area, view.words(row), marker, row["status_marker"], interval, counted, apart, bar, line, row)


def _why_apart(row: Row, *, is_incomplete: bool) -> tuple[str, ...]:
    """Return why a number may not be drawn on one scale with the others."""
    if row["value"] is None or not (is_incomplete or row["coverage"] not in (None, 1.0)):
        return ()
    return (say("Not all who should report did, so it is not set on one scale with the others."),)


def _top(rows: Sequence[Row], view: View) -> float:
    floor = 5.0 if view.indicator.decimals == 0 else 1.0
    return nice_top(max([floor, *(row["value_high"] or row["value"] or 0.0 for row in rows)]))


def _bar(row: Row, *, top: float, whole: float | None, width: int = 220) -> str:
    """Draw a number as a dot with its interval from zero to the end of the scale; the dashed line is the whole."""
    place = {name: 6 + (width - 12) * (row[name] or 0.0) / top for name in ("value", "value_low", "value_high")}
    body = [f'<path d="M6 11H{width - 6}" stroke="#dfe3e9"/>']
    if whole is not None:
        x = 6 + (width - 12) * whole / top
        body.append(f'<path d="M{x:.1f} 0V22" stroke="#525d6b" stroke-dasharray="4 3"/>')
    if row["value_low"] is not None and row["value_high"] is not None:
        body.append(
            f'<path d="M{place["value_low"]:.1f} 11H{place["value_high"]:.1f}" stroke="#14507a" stroke-width="2"/>'
        )
    fill = "#fff" if row["status_marker"] == "p" else "#14507a"
    body.append(
        f'<circle cx="{place["value"]:.1f}" cy="11" r="4.5" fill="{fill}" stroke="#14507a" stroke-width="1.6"/>'
    )
    return f'<svg class="onescale" viewBox="0 0 {width} 22" width="{width}" height="22" aria-hidden="true">{"".join(body)}</svg>'


def _area_points(view: View, area: Area) -> tuple[Point, ...]:
    if view.period is None:
        return ()
    return tuple(
        view.point(view.row(**{view.others[0]: area.code, view.period: at}), at=view.period_label(at))
        for at in view.codes(view.period)
    )


def _line_top(view: View, areas: Sequence[Area]) -> float:
    """Return the one end of the scale of all lines, or 0 where there is nothing over time to draw."""
    lines = [_area_points(view, item) for item in areas]
    if not view.has_comparable_periods or all(len(points) < 3 for points in lines):
        return 0.0
    return nice_top(max([1.0, *(item.value or 0.0 for points in lines for item in points)]))


def _line(view: View, area: Area, *, top: float, name: str) -> str:
    points = _area_points(view, area)
    if all(item.value is None for item in points):
        return ""
    title = f"{view.indicator.title}, {area.label}"
    says = say("Every number of it is on the page of the area.")
    return sparks.spark_svg(points, name=name, title=title, says=says, width=260, height=84, top=top)


def _when(view: View, at: str | None) -> str:
    if view.period is None or at is None:
        return ""
    codes = view.codes(view.period)
    return view.variable(view.period).label(codes[0] if at == TOTAL and len(codes) == 1 else at)


def _read(sides: Sequence[Side], home: Area) -> tuple[str, ...]:
    """Say how the area stands to the others: only where two intervals do not touch is there a difference to speak of."""
    own = next((item for item in sides if item.area.code == home.code), None)
    if own is None or own.row is None or not own.interval or own.apart:
        return ()
    groups: dict[str, list[str]] = {"higher": [], "lower": [], "unclear": []}
    for item in sides:
        if item.area.code != home.code and item.row is not None and item.interval and not item.apart:
            groups[_stands(own.row, item.row)].append(item.area.label)
    said = []
    if groups["higher"]:
        said.append(say("Higher than {areas}.", areas=", ".join(groups["higher"])))
    if groups["lower"]:
        said.append(say("Lower than {areas}.", areas=", ".join(groups["lower"])))
    if groups["unclear"]:
        said.append(say("Not clearly different from {areas}: the intervals touch.", areas=", ".join(groups["unclear"])))
    return tuple(said)


def _stands(one: Row, two: Row) -> str:
    if one["value_low"] > two["value_high"]:
        return "higher"
    return "lower" if one["value_high"] < two["value_low"] else "unclear"
