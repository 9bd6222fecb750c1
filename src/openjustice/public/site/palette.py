"""The colors, type and marks that every chart of the portal shares."""

from __future__ import annotations

from typing import Any

INK, QUIET, RULE, PAPER = "#1c2430", "#525d6b", "#dfe3e9", "#ffffff"
ACCENT = "#14507a"
# Told apart by people with any color vision and in gray: dark and light alternate; each has 3:1 contrast on white.
SERIES = ("#14507a", "#c2571a", "#0f8a6d", "#8a3b82", "#5e6b7a", "#a07800", "#3d7fc1", "#7a2230")
WITHHELD_FILL = "#e9ecf0"
# Five steps of one hue, light to dark: order is visible without color.
STEPS = ("#dcebf5", "#a9cde6", "#6ba6cf", "#2f78ad", "#0f4670")
# Liberation Sans has the widths of Arial and Helvetica, so text measured here fits there.
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"


def config() -> dict[str, Any]:
    """Return the chart configuration: quiet grid, no frame, one text size."""
    words = {"font": FONT, "labelFont": FONT, "titleFont": FONT}
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **{key: value for key, value in words.items() if key != "font"},
            "labelFontSize": 12,
            "labelColor": QUIET,
            "titleColor": QUIET,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": RULE,
            "domainColor": "#8a94a3",
            "tickColor": "#8a94a3",
            "ticks": False,
            "labelPadding": 6,
        },
        "axisY": {"domain": False},
        "header": {
            "labelFont": FONT,
            "labelFontSize": 12,
            "labelColor": INK,
            "labelFontWeight": "bold",
            "title": None,
            "labelAnchor": "start",
            "labelPadding": 4,
        },
        "title": {
            "font": FONT,
            "fontSize": 12,
            "fontWeight": "normal",
            "color": QUIET,
            "anchor": "start",
            "offset": 8,
            "frame": "group",
        },
    }
