"""Draws the plots of a disclosure report as SVG: risk against utility, blanks by variable, hidden cells by table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

Row = dict[str, Any]
FONT = "DejaVu Sans, Arial, Helvetica, sans-serif"
# Okabe and Ito's colors, which color-blind readers tell apart; each is also named in words or by shape.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8A8F98"
WIDTH = 290  # narrow enough that a phone shows the letters at their own size
LETTERS = 44  # in one line of a bar's name


def draw_risk_against_utility(points: Sequence[Row]) -> str:
    """Draw each alternative as a point: risk upward, utility to the right; the one chosen is named.

    Each point has `label`, `risk` and `utility` (both shares, 0 to 1) and `chosen`.
    """
    base = alt.Chart(alt.InlineData(values=list(points))).encode(
        x=alt.X(
            "utility:Q",
            title="Utility: share of values still shown",
            axis=alt.Axis(format="%", tickCount=4),
            scale=alt.Scale(zero=False, nice=True, padding=16),
        ),
        y=alt.Y("risk:Q", title="Risk: expected share re-identified", axis=alt.Axis(format="%")),
    )
    chosen = alt.datum.chosen
    marks = base.mark_point(filled=True, size=110, opacity=1).encode(
        color=alt.condition(chosen, alt.value(ORANGE), alt.value(BLUE)),
        shape=alt.condition(chosen, alt.value("diamond"), alt.value("circle")),
    )
    # A name stands on the side of its point where the drawing goes on.
    middle = sum(float(item["utility"]) for item in points) / max(len(points), 1)
    text: Row = {"dy": -7, "font": FONT, "fontSize": 12}
    before, after = alt.datum.utility > middle, alt.datum.utility <= middle
    names = (
        base.transform_filter(before).mark_text(align="right", dx=-9, **text).encode(text="label:N"),
        base.transform_filter(after).mark_text(align="left", dx=9, **text).encode(text="label:N"),
    )
    return _as_svg(alt.layer(marks, *names).properties(width=WIDTH, height=230))


def draw_blanks_by_variable(rows: Sequence[Row]) -> str:
    """Draw the share of blanks made in each variable. Each row has `variable` (its title) and `share` (0 to 1)."""
    return _draw_bars(rows, name="variable", title="Share of records left blank", color=BLUE)


def draw_blanks_by_group(rows: Sequence[Row]) -> str:
    """Draw the share of each group's records in which the group was left blank. Each row has `variable` and `share`."""
    return _draw_bars(rows, name="variable", title="Share of the group's records", color=BLUE)


def draw_telling(rows: Sequence[Row]) -> str:
    """Draw the share of records that some fields single out. Each row has `variable` (the fields) and `share`."""
    return _draw_bars(rows, name="variable", title="Share of records that are alone", color=ORANGE)


def draw_rates_of_attacks(rows: Sequence[Row]) -> str:
    """Draw the rate that each attack reached. Each row has `variable` (the attack, and what was reached) and `share`."""
    return _draw_bars(rows, name="variable", title="Rate reached", color=ORANGE)


def draw_hidden_cells(rows: Sequence[Row]) -> str:
    """Draw the share of each table's cells that is hidden. Each row has `table` (its title) and `share` (0 to 1).

    Surprise: it never says which hidden cell was small and which was hidden to protect another; with a small table and
    its totals that alone could give a number back.
    """
    return _draw_bars(rows, name="table", title="Share of the table's cells hidden", color=ORANGE)


def _draw_bars(rows: Sequence[Row], *, name: str, title: str, color: str) -> str:
    """Draw a bar for each row with its name above it, so that a long name is as legible on a phone as on paper."""
    wrapped = [{"name": "\n".join(textwrap.wrap(str(row[name]), LETTERS)), "share": row["share"]} for row in rows]
    height = 34 + 15 * max([1, *(item["name"].count("\n") + 1 for item in wrapped)])
    base = alt.Chart(alt.InlineData(values=wrapped)).encode(y=alt.Y("name:N", title=None, sort=None, axis=None))
    share = alt.X("share:Q", title=title, axis=alt.Axis(format="%", tickCount=4), scale=_from_zero(rows, "share"))
    bars = base.mark_bar(color=color, height=14, yOffset=height / 2 - 16).encode(x=share)
    text: Row = {"align": "left", "font": FONT, "fontSize": 12}
    figures = base.mark_text(dx=5, dy=height / 2 - 16, **text).encode(x=share, text=alt.Text("share:Q", format=".1%"))
    names = base.mark_text(baseline="top", dy=10 - height / 2, lineBreak="\n", **text).encode(
        x=alt.value(0), text="name:N"
    )
    return _as_svg((bars + figures + names).properties(width=WIDTH, height={"step": height}))


def _from_zero(rows: Sequence[Row], name: str) -> alt.Scale:
    # Room to the right for the figure beside the longest bar; an empty plot still has an axis.
    return alt.Scale(domain=[0, max([0.01, *(float(row[name]) for row in rows)]) * 1.2])


def _as_svg(chart: Any) -> str:
    config = {
        "font": FONT,
        "background": "white",
        "view": {"stroke": None},
        "axis": {
            "labelFont": FONT,
            "titleFont": FONT,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": "#E6E8EB",
            "domainColor": "#8A8F98",
            "tickColor": "#8A8F98",
        },
        "legend": {"labelFont": FONT, "labelFontSize": 12, "symbolType": "square"},
    }
    specification = {**chart.to_dict(), "config": config}
    svg: str = vl_convert.vegalite_to_svg(specification)
    return svg
