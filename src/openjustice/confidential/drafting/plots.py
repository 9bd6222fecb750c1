"""Draws the plots of a disclosure report as SVG: risk against utility, blanks by variable, hidden cells by table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

Row = dict[str, Any]
FONT = "DejaVu Sans, Arial, Helvetica, sans-serif"
# Okabe and Ito's colors, which color-blind readers tell apart; each is also named in words or by shape.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8A8F98"
WIDTH = 520


def draw_risk_against_utility(points: Sequence[Row]) -> str:
    """Draw each alternative as a point: risk upward, utility to the right; the one chosen is named.

    Each point has `label`, `risk` and `utility` (both shares, 0 to 1) and `chosen`.
    """
    base = alt.Chart(alt.InlineData(values=list(points))).encode(
        x=alt.X(
            "utility:Q",
            title="Utility: share of values still shown",
            axis=alt.Axis(format="%"),
            scale=alt.Scale(zero=False, nice=True, padding=24),
        ),
        y=alt.Y("risk:Q", title="Risk: expected share re-identified", axis=alt.Axis(format="%")),
    )
    chosen = alt.datum.chosen
    marks = base.mark_point(filled=True, size=110, opacity=1).encode(
        color=alt.condition(chosen, alt.value(ORANGE), alt.value(BLUE)),
        shape=alt.condition(chosen, alt.value("diamond"), alt.value("circle")),
    )
    names = base.mark_text(align="left", dx=9, dy=-7, font=FONT, fontSize=12).encode(text="label:N")
    return _as_svg((marks + names).properties(width=WIDTH, height=260))


def draw_blanks_by_variable(rows: Sequence[Row]) -> str:
    """Draw the share of blanks made in each variable. Each row has `variable` (its title) and `share` (0 to 1)."""
    base = alt.Chart(alt.InlineData(values=list(rows))).encode(
        y=alt.Y("variable:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X(
            "share:Q", title="Share of records left blank", axis=alt.Axis(format="%"), scale=_from_zero(rows, "share")
        ),
    )
    names = base.mark_text(align="left", dx=5, font=FONT, fontSize=12).encode(text=alt.Text("share:Q", format=".1%"))
    return _as_svg((base.mark_bar(color=BLUE, height=14) + names).properties(width=WIDTH, height={"step": 26}))


def draw_hidden_cells(rows: Sequence[Row]) -> str:
    """Draw the share of each table's cells that is hidden. Each row has `table` (its title) and `share` (0 to 1).

    Surprise: it never says which hidden cell was small and which was hidden to protect another; with a small table and
    its totals that alone could give a number back.
    """
    base = alt.Chart(alt.InlineData(values=list(rows))).encode(
        y=alt.Y("table:N", title=None, sort=None, axis=alt.Axis(labelLimit=420)),
        x=alt.X(
            "share:Q",
            title="Share of the table's cells hidden",
            axis=alt.Axis(format="%"),
            scale=_from_zero(rows, "share"),
        ),
    )
    names = base.mark_text(align="left", dx=5, font=FONT, fontSize=12).encode(text=alt.Text("share:Q", format=".1%"))
    return _as_svg((base.mark_bar(color=ORANGE, height=12) + names).properties(width=WIDTH, height={"step": 22}))


def _from_zero(rows: Sequence[Row], name: str) -> alt.Scale:
    # Room to the right for the figure beside the longest bar; an empty plot still has an axis.
    return alt.Scale(domain=[0, max([0.01, *(float(row[name]) for row in rows)]) * 1.15])


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
