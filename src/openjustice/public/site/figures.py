"""Turns a published table into a figure: which chart it is, its points, its words, and its legend."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from openjustice.contracts.indicator import Indicator
from openjustice.public.publish.content import MARKERS, Content, Dataframe, Row
from openjustice.public.publish.language import say, say_count
from openjustice.public.publish.variables import TOTAL, Variable
from openjustice.public.site import charts, drawings, fairness, maps, numbers, palette, svg
from openjustice.public.site.charts import Chart, Point

MOST_LINES, MOST_SERIES, MOST_ROWS = 5, 12, 70
_PERIOD = re.compile(r"\d{4}(\D.*)?$")


@dataclass(frozen=True)
class Swatch:
    """One entry of a legend: the words, and the color or the mark they explain."""

    words: str
    color: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure as a page shows it: two drawings of one chart for two widths, with a legend and words that stand alone."""

    kind: str
    wide: str
    narrow: str
    says: str
    legend: tuple[Swatch, ...] = ()
    marks: tuple[Swatch, ...] = ()
    note: str = ""
    map: str = ""
    map_legend: tuple[maps.Step, ...] = ()
    map_markers: tuple[str, ...] = ()
    map_lacks: bool = False

    @property
    def labelled(self) -> bool:
        """Return whether the wide drawing names its series itself, so that the legend serves the narrow one alone."""
        return self.kind == "line"


@dataclass(frozen=True)
class View:
    """A published table with what is needed to draw or print it."""

    content: Content
    frame: Dataframe
    indicator: Indicator

    def variable(self, name: str) -> Variable:
        """Return a variable's words; one that the metadata does not describe stands for itself."""
        return self.content.variables.get(name) or Variable(name=name, title=name, says="")

    def codes(self, name: str) -> list[str]:
        """Return the codes of a variable that occur, in reading order, without the total."""
        if name not in self._codes:
            self._codes[name] = self.variable(name).sorted_codes({row[name] for row in self.frame.rows} - {TOTAL})
        return list(self._codes[name])

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        return {}

    @cached_property
    def _rows(self) -> Mapping[tuple[Any, ...], Row]:
        return {tuple(row[name] for name in self.frame.variables): row for row in reversed(self.frame.rows)}

    @cached_property
    def period(self) -> str | None:
        """Return the variable that is time: the indicator's own, or one whose codes all begin with a year."""
        declared = self.indicator.period_variable
        if declared in self.frame.variables:
            return declared
        return next((name for name in self.frame.variables if self._is_time(name)), None)

    @property
    def others(self) -> tuple[str, ...]:
        """Return the variables that are not time."""
        return tuple(name for name in self.frame.variables if name != self.period)

    def row(self, **codes: str) -> Row | None:
        """Return the row of these codes, totals elsewhere."""
        return self._rows.get(tuple(codes.get(name, TOTAL) for name in self.frame.variables))

    def point(self, row: Row | None, *, at: str, series: str = "") -> Point:
        """Return a row as a point of a chart, with the text that stands beside it."""
        if row is None:
            return Point(at=at, value=None, marker="x", series=series, text=MARKERS["x"][0])
        value, marker = row["value"], row["value_marker"]
        return Point(
            at=at,
            value=value,
            low=row["value_low"],
            high=row["value_high"],
            series=series,
            marker=marker if value is None else None,
            status=row["status_marker"],
            text=self.words(row),
            coverage=row["coverage"],
        )

    def words(self, row: Row) -> str:
        """Return a row's value as text, or why it is absent."""
        if row["value"] is None:
            return MARKERS.get(row["value_marker"] or "x", MARKERS["x"])[0]
        return numbers.number(row["value"], decimals=self.indicator.decimals)

    @cached_property
    def common_period(self) -> str | None:
        """Return the period in which areas are compared: the latest in which no fewer have a number than in all together."""
        area = next((name for name in self.others if self.is_area(name)), None)
        if self.period is None or area is None:
            return None
        known = Counter(row[self.period] for row in self.frame.rows if row["value"] is not None and row[area] != TOTAL)
        enough = max(known[TOTAL], 1)
        return next((at for at in (*reversed(self.codes(self.period)), TOTAL) if known[at] >= enough), None)

    @cached_property
    def has_comparable_periods(self) -> bool:
        """Return whether a line over the periods says what happened: rates always, counts only over equal spans."""
        spans = {_span(code) for code in self.codes(self.period)} if self.period else {1}
        return self.indicator.denominator is not None or len(spans) == 1

    def is_divided_by(self, name: str) -> bool:
        """Return whether each code of a variable has a denominator of its own, so that its rates can stand side by side."""
        return self.indicator.denominator is not None and name in self.indicator.denominator.by

    def period_label(self, code: str) -> str:
        """Return a period's words; counts over spans of unequal length carry the length."""
        label, years = self.variable(self.period or "").label(code), _span(code)
        if code == TOTAL or years is None or self.has_comparable_periods:
            return label
        return say_count("{label} ({count} year)", "{label} ({count} years)", years, label=label)

    def is_area(self, name: str) -> bool:
        """Return whether a variable's codes are the jurisdiction's areas."""
        return name in self.content.area_variables

    def _is_time(self, name: str) -> bool:
        codes = {row[name] for row in self.frame.rows} - {TOTAL}
        return bool(codes) and all(_PERIOD.match(code) for code in codes)


def _span(code: str) -> int | None:
    """Return how many years a period's code names, or None where it has no end."""
    years = [int(year) for year in re.findall(r"\d{4}", code)]
    if code.rstrip().endswith("+") or not years:
        return None
    return years[-1] - years[0] + 1


def make_figure(view: View, *, name: str) -> Figure | None:
    """Draw a table as its breakdown asks, or return None where only the table can show it. `name` starts the SVG ids."""
    kind = view.indicator.breakdowns[view.frame.breakdown or ""].chart
    if kind == "none" or not view.frame.rows or len(view.frame.variables) > 2:
        return None
    if view.others == ():
        return _line(view, None, name=name) if view.has_comparable_periods else None
    if len(view.others) == 2:
        return None
    if view.period and kind in ("line", "stacked") and view.has_comparable_periods:
        return _stacked(view, name=name) if kind == "stacked" else _line(view, view.others[0], name=name)
    return _rows(view, kind=kind, name=name)


def _line(view: View, series_variable: str | None, *, name: str) -> Figure | None:
    period = view.period or ""
    order = tuple(view.codes(period))
    codes = view.codes(series_variable) if series_variable else [""]
    if len(codes) > MOST_SERIES:
        return None
    points = [
        view.point(
            view.row(**({period: at} | ({series_variable: code} if series_variable else {}))),
            at=at,
            series=view.variable(series_variable).label(code) if series_variable else "",
        )
        for code in codes
        for at in order
    ]
    series = tuple(dict.fromkeys(item.series for item in points if item.series))
    chart = _chart(view, points, order=order, series=series)
    if all(item.value is None for item in points):
        return None
    draw = drawings.panels_svg if len(series) > MOST_LINES else drawings.line_svg
    legend = (
        tuple(Swatch(item, color=charts.color_of(chart, item)) for item in series) if draw is drawings.line_svg else ()
    )
    return _figure(view, chart, draw, kind="line", name=name, legend=legend if len(series) > 1 else ())


def _stacked(view: View, *, name: str) -> Figure | None:
    period, other = view.period or "", view.others[0]
    order, codes = tuple(view.codes(period)), view.codes(other)
    if len(codes) > len(palette.SERIES):
        return _line(view, other, name=name)
    variable, rest = view.variable(other), say("Withheld or not available")
    points = [
        view.point(view.row(**{period: at, other: code}), at=at, series=variable.label(code))
        for at in order
        for code in codes
    ]
    points += [item for at in order if (item := _rest(view, points, at=at, period=period, series=rest))]
    series = tuple(variable.label(code) for code in codes)
    used = (*series, rest) if any(item.series == rest for item in points) else series
    chart = replace(_chart(view, points, order=order, series=used), colors={rest: "#d3d8df"})
    legend = tuple(Swatch(item, color=charts.color_of(chart, item)) for item in used)
    return _figure(view, chart, drawings.stacked_svg, kind="stacked", name=name, legend=legend)


def _rest(view: View, points: Sequence[Point], *, at: str, period: str, series: str) -> Point | None:
    """Return what the total holds beyond the parts that are shown, or None where nothing is missing or it is unknown."""
    whole = view.row(**{period: at})
    shown = [item for item in points if item.at == at]
    if whole is None or whole["value"] is None or all(item.value is not None for item in shown):
        return None
    left = whole["value"] - sum(item.value or 0 for item in shown)
    text = numbers.number(left, decimals=view.indicator.decimals)
    return Point(at=at, value=left, series=series, status=whole["status_marker"], text=text) if left > 0 else None


def _rows(view: View, *, kind: str, name: str) -> Figure | None:
    other = view.others[0]
    at = _slice(view, other)
    if at == TOTAL and any(item.variables == (other,) for item in view.content.tables_of(view.indicator.indicator)):
        return None  # the table of that variable alone has this chart already
    fixed = {view.period: at} if view.period and at else {}
    variable = view.variable(other)
    codes = view.codes(other)
    points = {code: view.point(view.row(**{other: code, **fixed}), at=variable.label(code)) for code in codes}
    if all(item.value is None for item in points.values()) or len(points) > MOST_ROWS:
        return None
    # Places stand by name: their order by value would be read as a ranking.
    shown = [points[code] for code in (codes if view.is_area(other) else _ranked(codes, points))]
    whole = view.row(**fixed)
    is_rate = view.indicator.denominator is not None
    chart = replace(
        _chart(view, shown, order=tuple(item.at for item in shown)),
        whole=whole["value"] if whole and view.is_divided_by(other) else None,
        whole_label=say("{place} as a whole", place=view.content.jurisdiction.title),
    )
    as_bars = kind in ("bar", "stacked") or (kind == "map" and not is_rate)

    def draw(chart: Chart, *, width: int) -> str:
        return drawings.rows_svg(chart, width=width, bars=as_bars)

    note = f"{view.variable(view.period).title}: {_when(view, at)}." if view.period and at else ""
    made = _figure(view, chart, draw, kind="rows", name=name, note=note)
    return _with_map(made, view, points, at=at, name=name) if kind == "map" and view.is_area(other) else made


def _with_map(figure: Figure, view: View, points: Mapping[str, Point], *, at: str | None, name: str) -> Figure:
    if not view.content.map:
        return figure
    lacking = fairness.incomplete_areas(view.content, view.indicator.flags, period=at)
    shown = {code: replace(item, coverage=0.5) if code in lacking else item for code, item in points.items()}
    values = [item.value for item in points.values() if item.value is not None]
    drawn = maps.map_svg(
        view.content.map,
        shown,
        labels=view.content.areas,
        name=f"{name}-m",
        title=say("Map. {title}", title=view.frame.title),
        says=figure.says,
    )
    markers = tuple(sorted({item.marker for item in shown.values() if item.marker}))
    legend = tuple(maps.legend_steps(values, decimals=view.indicator.decimals))
    return replace(
        figure,
        map=drawn,
        map_legend=legend,
        map_markers=markers,
        map_lacks=any(maps.lacks_reports(item) for item in shown.values()),
    )


def _slice(view: View, other: str) -> str | None:
    """Return the period whose rows are drawn: all together where that is known, else the latest that has a number."""
    if view.period is None:
        return None
    for at in (TOTAL, *reversed(view.codes(view.period))):
        if any(row["value"] is not None for row in view.frame.rows if row[view.period] == at and row[other] != TOTAL):
            return at
    return None


def _when(view: View, at: str) -> str:
    codes = view.codes(view.period or "")
    return view.variable(view.period or "").label(codes[0] if at == TOTAL and len(codes) == 1 else at)


def _ranked(codes: Sequence[str], points: Mapping[str, Point]) -> list[str]:
    """Return codes in their own order where that is an order (ages, years), else from the highest value down."""
    if all(code[:1].isdigit() or code.lower().startswith(("under", "over")) for code in codes) and any(
        re.search(r"\d.*\d|\+", points[code].at) for code in codes
    ):
        return list(codes)
    return sorted(codes, key=lambda code: (points[code].value is None, -(points[code].value or 0), points[code].at))


def _chart(view: View, points: Sequence[Point], *, order: tuple[str, ...], series: tuple[str, ...] = ()) -> Chart:
    return Chart(
        points=tuple(points), unit=view.indicator.unit, order=order, series=series, decimals=view.indicator.decimals
    )


def _figure(
    view: View, chart: Chart, draw: Any, *, kind: str, name: str, legend: tuple[Swatch, ...] = (), note: str = ""
) -> Figure:
    says = _in_words(view, chart)
    wide, narrow = (
        svg.for_page(draw(chart, width=width), name=f"{name}-{size}", title=view.frame.title, says=says, css_class=size)
        for size, width in (("wide", charts.WIDE), ("narrow", charts.NARROW))
    )
    return Figure(
        kind=kind, wide=wide, narrow=narrow, says=says, legend=legend, marks=_marks(view, chart, kind=kind), note=note
    )


def _in_words(view: View, chart: Chart) -> str:
    """Return the chart in words: how many numbers, the lowest and highest, and how many are absent and why."""
    known = [item for item in chart.points if item.value is not None]
    if not known:
        return say("No number can be shown.")
    low, high = min(known, key=lambda item: item.value or 0), max(known, key=lambda item: item.value or 0)
    parts = [
        say_count("{count} number in {unit}.", "{count} numbers in {unit}.", len(known), unit=view.indicator.unit),
        say("Highest: {high}. Lowest: {low}.", high=_named(high), low=_named(low)),
    ]
    for marker in ("c", "x", "z"):
        count = sum(item.marker == marker for item in chart.points)
        if count:
            parts.append(f"{count} {MARKERS[marker][0]}.")
    return " ".join([*parts, say("The table below holds every number.")])


def _named(item: Point) -> str:
    return f"{item.text} ({', '.join(part for part in (item.series, item.at) if part)})"


def _marks(view: View, chart: Chart, *, kind: str) -> tuple[Swatch, ...]:
    """Return the marks that a reader meets in this chart, and no others."""
    found = set(chart.markers)
    marks = []
    if kind == "line":
        marks += [Swatch(say("final"), mark="dot")] if "p" in found else []
        marks += [Swatch(say("provisional"), mark="hollow")] if "p" in found else []
        marks += [Swatch(say("withheld: not zero"), mark="square")] if "c" in found else []
        marks += [Swatch(say("not available"), mark="cross")] if "x" in found else []
        marks += [Swatch(say("break in series"), mark="break")] if "b" in found else []
    if kind == "stacked":
        marks += [Swatch(say("paler: provisional"), mark="pale")] if "p" in found else []
        marks += [Swatch(say("break in series"), mark="break")] if "b" in found else []
    if any(item.low is not None for item in chart.points) and (kind == "rows" or len(chart.series) <= 3):
        words = say("{share} % confidence interval", share=f"{view.indicator.confidence * 100:g}")
        marks.append(Swatch(words, mark="whisker" if kind == "rows" else "band"))
    if chart.whole is not None:
        words = f"{chart.whole_label}: {numbers.number(chart.whole, decimals=chart.decimals)}"
        marks.append(Swatch(words, mark="whole"))
    return tuple(marks)
