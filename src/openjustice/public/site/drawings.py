"""Draws charts: declared with Altair, drawn by vl-convert, for two widths of screen."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

from openjustice.public.publish.content import Row
from openjustice.public.publish.language import say
from openjustice.public.site import palette
from openjustice.public.site.charts import WIDE, Chart, Point, color_of, nice_top, push_apart

# Readers' fonts differ: room for words is kept for the widest of the common ones, not for the one that measures here.
_LETTER, _BOLD_LETTER = 6.6, 8.4

_MARKER_SHAPES = {"c": "square", "x": "M-.7,-.7L.7,.7M.7,-.7L-.7,.7"}


def line_svg(chart: Chart, *, width: int, height: int = 260) -> str:
    """Draw values over time: hollow and dashed where provisional, no line across a break or a gap."""
    labels_inside = len(chart.series) > 1 and width >= WIDE
    longest = max((len(name) for name in chart.series), default=0) if labels_inside else 0
    room = 12 + _BOLD_LETTER * longest
    plot = max(width - room - 46, 120)
    every = _every(len(chart.order), plot, characters=max(map(len, chart.order), default=4))
    scale = alt.Scale(domain=[0, nice_top(chart.top)], nice=False)
    x = alt.X(
        "at:N",
        sort=list(chart.order),
        axis=alt.Axis(
            title=None,
            labelAngle=0,
            values=[at for place, at in enumerate(chart.order) if place % every == 0],
            grid=False,
            labelOverlap=True,
        ),
        scale=alt.Scale(domain=list(chart.order), paddingOuter=0.25),
    )
    axis = alt.Axis(title=None, tickCount=5, format=_axis_format(chart))
    y = alt.Y("value:Q", scale=scale, axis=axis)
    rows = _line_rows(chart)
    colors = _color_scale(chart)
    color = alt.Color("series:N", scale=colors, legend=None)
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, color=color)
    layers: list[Any] = []
    if len(chart.series) <= 3 and any(row["low"] is not None for row in rows):
        layers.append(
            base.transform_filter("datum.low != null")
            .mark_area(opacity=0.14)
            .encode(y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q", detail=["series:N", "run:N"])
        )
    layers.append(
        base.transform_filter("datum.value != null")
        .mark_line(strokeWidth=2.2)
        .encode(y=y, detail=["series:N", "run:N"])
    )
    joins = _join_rows(rows)
    if joins:
        layers.append(
            alt.Chart(alt.InlineData(values=joins))
            .mark_line(strokeWidth=2, strokeDash=[3, 3])
            .encode(x=x, y=y, color=color, detail=["join:N"])
        )
    dots = base.transform_filter("datum.value != null")
    layers.append(dots.transform_filter("!datum.provisional").mark_point(filled=True, size=34, opacity=1).encode(y=y))
    layers.append(
        dots.transform_filter("datum.provisional")
        .mark_point(filled=True, size=46, fill=palette.PAPER, strokeWidth=2, opacity=1)
        .encode(y=y, stroke=alt.Stroke("series:N", scale=colors, legend=None), color=alt.value(palette.PAPER))
    )
    layers += _gap_layers(rows, x=x, scale=scale)
    layers += _break_layers(rows, x=x)
    if labels_inside:
        layers += [_end_labels(chart, rows, x=x, y=y, height=height)]
    made = alt.layer(*layers).properties(width=plot, height=height, title=chart.unit)
    return _draw(made, room_right=4 + round((_BOLD_LETTER - _LETTER) * longest))


def panels_svg(chart: Chart, *, width: int) -> str:
    """Draw one small chart for each series, all on one scale: for more series than lines can be told apart."""
    columns = 4 if width >= WIDE else 2
    plot = (width - 44) // columns - 22
    rows = [{**row, "series": "\n".join(textwrap.wrap(row["series"], max(10, plot // 7)))} for row in _line_rows(chart)]
    names = ["\n".join(textwrap.wrap(name, max(10, plot // 7))) for name in chart.series]
    ends = [chart.order[0], chart.order[-1]] if chart.order else []
    scale = alt.Scale(domain=[0, nice_top(chart.top)], nice=False)
    x = alt.X(
        "at:N",
        sort=list(chart.order),
        scale=alt.Scale(domain=list(chart.order)),
        axis=alt.Axis(title=None, labelAngle=0, values=ends, grid=False, labelFontSize=11),
    )
    y = alt.Y(
        "value:Q", scale=scale, axis=alt.Axis(title=None, tickCount=3, format=_axis_format(chart), labelFontSize=11)
    )
    base = alt.Chart().encode(x=x)
    line = (
        base.transform_filter("datum.value != null")
        .mark_line(strokeWidth=2, color=palette.ACCENT)
        .encode(y=y, detail=["run:N"])
    )
    joins = (
        base.transform_filter("datum.join != null")
        .mark_line(strokeWidth=1.5, strokeDash=[3, 3], color=palette.ACCENT)
        .encode(y=y, detail=["join:N"])
    )
    dots = (
        base.transform_filter("datum.value != null && !datum.provisional")
        .mark_point(filled=True, size=16, color=palette.ACCENT, opacity=1)
        .encode(y=y)
    )
    hollow = (
        base.transform_filter("datum.value != null && datum.provisional")
        .mark_point(filled=True, size=24, fill=palette.PAPER, stroke=palette.ACCENT, strokeWidth=1.5, opacity=1)
        .encode(y=y)
    )
    gaps = [
        base.transform_filter(f"datum.marker == '{marker}'")
        .mark_point(
            shape=_MARKER_SHAPES[marker],
            size=26,
            stroke=palette.QUIET,
            strokeWidth=1.3,
            filled=False,
            opacity=1,
        )
        .encode(y=alt.Y(datum=0, scale=scale, type="quantitative"))
        for marker in _MARKER_SHAPES
        if any(row["marker"] == marker for row in rows)
    ]
    body = alt.layer(
        line, joins, dots, hollow, *gaps, data=alt.InlineData(values=[*rows, *_join_rows(rows)])
    ).properties(width=plot, height=92)
    made = body.facet(
        facet=alt.Facet("series:N", sort=names, header=alt.Header(labelExpr="split(datum.label, '\\n')")),
        columns=columns,
        spacing={"row": 16, "column": 22},
        title=chart.unit,
    )
    return _draw(made)


def stacked_svg(chart: Chart, *, width: int, height: int = 280) -> str:
    """Draw parts of a whole over time as stacked bars; what is withheld stands as its own pale part."""
    plot = width - 46
    every = _every(len(chart.order), plot, characters=max(map(len, chart.order), default=4))
    rows = [
        {
            "at": item.at,
            "series": item.series,
            "value": item.value,
            "place": chart.series.index(item.series),
            "provisional": item.status == "p",
        }
        for item in chart.points
        if item.value
    ]
    color = alt.Color("series:N", legend=None, scale=_color_scale(chart))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(stroke=palette.PAPER, strokeWidth=0.8)
        .encode(
            x=alt.X(
                "at:N",
                sort=list(chart.order),
                scale=alt.Scale(domain=list(chart.order), paddingInner=0.28),
                axis=alt.Axis(
                    title=None,
                    labelAngle=0,
                    grid=False,
                    labelOverlap=True,
                    values=[at for place, at in enumerate(chart.order) if place % every == 0],
                ),
            ),
            y=alt.Y("value:Q", stack="zero", axis=alt.Axis(title=None, tickCount=5, format=_axis_format(chart))),
            color=color,
            order=alt.Order("place:Q"),
            opacity=alt.condition("datum.provisional", alt.value(0.62), alt.value(1)),
        )
    )
    breaks = _break_layers(
        [{"at": item.at, "breaks": item.status == "b"} for item in chart.points],
        x=alt.X("at:N", sort=list(chart.order)),
        before=plot / max(len(chart.order), 1) / 2,
    )
    return _draw(alt.layer(bars, *breaks).properties(width=plot, height=height, title=chart.unit))


def rows_svg(chart: Chart, *, width: int, bars: bool) -> str:
    """Draw one row for each code: a bar from zero, or a dot with its interval; the number or the reason stands beside it."""
    is_wide = width >= WIDE
    wrap = 34 if is_wide else 15
    names = {name: "\n".join(textwrap.wrap(name, wrap)) for name in chart.order}
    lines = max((name.count("\n") + 1 for name in names.values()), default=1)
    room = 8 + _LETTER * max((len(line) for name in names.values() for line in name.split("\n")), default=4)
    text_room = 64 if is_wide else 52
    plot = max(width - room - text_room, 90)
    step = max(24, 14 * lines + 8) if bars else max(21, 14 * lines + 6)
    rows = [
        {
            "name": names[item.at],
            "value": item.value,
            "low": item.low,
            "high": item.high,
            "marker": item.marker,
            "text": item.text,
            "end": (item.high if item.high is not None else item.value) or 0,
        }
        for item in chart.points
    ]
    scale = alt.Scale(domain=[0, nice_top(chart.top)], nice=False)
    y = alt.Y(
        "name:N",
        sort=[names[name] for name in chart.order],
        axis=alt.Axis(
            title=None,
            labelExpr="split(datum.label, '\\n')",
            labelColor=palette.INK,
            labelLimit=400,
            minExtent=room,
            domain=False,
            labelLineHeight=14,
        ),
        scale=alt.Scale(paddingInner=0.3, paddingOuter=0.15),
    )
    axis = alt.Axis(
        title=None,
        tickCount=4 if is_wide else 3,
        format=_axis_format(chart),
        orient="top",
        domain=False,
        labelOverlap=True,
        labelSeparation=8,
    )
    x = alt.X("value:Q", scale=scale, axis=axis)
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=y)
    known = base.transform_filter("datum.value != null")
    layers: list[Any] = []
    if chart.whole is not None:
        layers.append(
            alt.Chart(alt.InlineData(values=[{"value": chart.whole}]))
            .mark_rule(color=palette.QUIET, strokeDash=[4, 3])
            .encode(x=x)
        )
    if bars:
        layers.append(known.mark_bar(color=palette.ACCENT).encode(x=x))
        rule_color = palette.INK
    else:
        rule_color = palette.ACCENT
    if any(row["low"] is not None for row in rows):
        layers.append(
            base.transform_filter("datum.low != null")
            .mark_rule(color=rule_color, strokeWidth=1.5)
            .encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
        )
    if not bars:
        layers.append(known.mark_point(filled=True, size=52, color=palette.ACCENT, opacity=1).encode(x=x))
    for some, place, style in (
        (known, alt.X("end:Q", scale=scale, axis=axis), {"dx": 7}),
        (
            base.transform_filter("datum.value == null"),
            alt.X(datum=0, scale=scale, type="quantitative", axis=axis),
            {"dx": 5, "fontStyle": "italic"},
        ),
    ):
        if chart.whole is not None:  # paper around the words, where the line of the whole may run behind them
            halo = some.mark_text(
                align="left", fontSize=12, color=palette.PAPER, stroke=palette.PAPER, strokeWidth=4, **style
            )
            layers.append(halo.encode(x=place, text="text:N"))
        ink = palette.INK if some is known else palette.QUIET
        layers.append(some.mark_text(align="left", fontSize=12, color=ink, **style).encode(x=place, text="text:N"))
    made = alt.layer(*layers).properties(width=plot, height=alt.Step(step), title=chart.unit)
    return _draw(made, room_right=text_room)


def _line_rows(chart: Chart) -> list[Row]:
    """Return a row for each point with its run: a run ends at a gap, at a break, and where provisional begins."""
    rows = []
    for series in chart.series or ("",):
        run, was = 0, ""
        by_at = {item.at: item for item in chart.points if item.series == series}
        for at in chart.order:
            item = by_at.get(at, Point(at=at, value=None, marker="x", series=series))
            is_provisional = item.status == "p"
            kind = "gap" if item.value is None else "provisional" if is_provisional else "final"
            if kind != was or item.status == "b":
                run += 1
            was = kind
            rows.append(
                {
                    "at": at,
                    "series": series,
                    "value": item.value,
                    "low": item.low,
                    "high": item.high,
                    "marker": item.marker,
                    "provisional": is_provisional,
                    "run": f"{series}-{run}",
                    "breaks": item.status == "b",
                }
            )
    return rows


def _join_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the dashed pieces: from each point to a provisional one that follows it without a gap or a break."""
    joins = []
    for number, (one, two) in enumerate(itertools.pairwise(rows)):
        same = one["series"] == two["series"] and not two["breaks"]
        if same and two["provisional"] and not one["provisional"] and None not in (one["value"], two["value"]):
            joins += [{**item, "join": f"join-{number}"} for item in (one, two)]
    return joins


def _gap_layers(rows: Sequence[Row], *, x: alt.X, scale: alt.Scale) -> list[Any]:
    """Return the marks that stand on the zero line where a number is absent: a square for withheld, a cross for unknown."""
    layers = []
    for marker, shape in _MARKER_SHAPES.items():
        gaps = [row for row in rows if row["marker"] == marker]
        if gaps:
            layers.append(
                alt.Chart(alt.InlineData(values=gaps))
                .mark_point(
                    shape=shape,
                    size=48,
                    filled=False,
                    stroke=palette.QUIET,
                    strokeWidth=1.5,
                    opacity=1,
                    fill=palette.PAPER,
                )
                .encode(x=x, y=alt.Y(datum=0, scale=scale, type="quantitative"))
            )
    return layers


def _break_layers(rows: Sequence[Row], *, x: alt.X, before: float = 14) -> list[Any]:
    breaks = list(dict.fromkeys(row["at"] for row in rows if row["breaks"]))
    if not breaks:
        return []
    data = alt.InlineData(values=[{"at": at, "text": say("break")} for at in breaks])
    # The rule stands between the last period of the old definition and the first of the new one.
    rule = alt.Chart(data).mark_rule(strokeDash=[5, 4], color=palette.QUIET, xOffset=-before).encode(x=x)
    word = (
        alt.Chart(data)
        .mark_text(
            align="right", baseline="top", dx=-before - 4, dy=2, fontSize=11, fontStyle="italic", color=palette.QUIET
        )
        .encode(x=x, y=alt.value(0), text="text:N")
    )
    return [rule, word]


def _end_labels(chart: Chart, rows: Sequence[Row], *, x: alt.X, y: alt.Y, height: int) -> Any:
    """Return the names of the series beside their last points, pushed apart so that none covers another."""
    last = {row["series"]: row["value"] for row in rows if row["value"] is not None}
    top = nice_top(chart.top)
    names = sorted(last, key=lambda name: -last[name])
    places = push_apart([height * (1 - last[name] / top) for name in names], gap=15, limit=height)
    color = alt.Color("series:N", legend=None, scale=_color_scale(chart))
    placed = [
        {"at": chart.order[-1], "series": name, "value": top * (1 - place / height)}
        for name, place in zip(names, places, strict=True)
    ]
    return (
        alt.Chart(alt.InlineData(values=placed))
        .mark_text(align="left", dx=12, fontSize=12, fontWeight="bold")
        .encode(x=x, y=y, text="series:N", color=color)
    )


def _color_scale(chart: Chart) -> alt.Scale:
    names = chart.series or ("",)
    return alt.Scale(domain=list(names), range=[color_of(chart, name) for name in names])


def _every(count: int, plot: float, *, characters: int) -> int:
    """Return how many periods share one label, so that labels never touch."""
    fit = max(1, int(plot // (characters * 7 + 12)))
    return max(1, -(-count // fit))


def _axis_format(chart: Chart) -> str:
    return ",.0f" if chart.top >= 4 else ",.1~f"


def _draw(chart: Any, *, room_right: int = 4) -> str:
    spec = chart.to_dict(validate=False)  # the shapes here are fixed; checking them again would double the time
    spec["config"] = palette.config()
    spec["padding"] = {"left": 2, "right": room_right, "top": 2, "bottom": 4}
    spec["autosize"] = {"type": "pad", "contains": "padding"}
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version="6.4", allowed_base_urls=[])
    return drawn
