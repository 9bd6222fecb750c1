"""The plots of a disclosure report say in words what they show, and are the same for the same numbers."""

from __future__ import annotations

import re

import pytest

from openjustice.confidential.drafting import plots

POINTS = [
    {"label": "k = 1", "risk": 0.61, "utility": 1.0, "chosen": False},
    {"label": "k = 5", "risk": 0.12, "utility": 0.93, "chosen": True},
]
BLANKS = [{"variable": "Age band", "share": 0.07}, {"variable": "Sex", "share": 0.0}]
HIDDEN = [{"table": "Deaths by year", "share": 0.0}, {"table": "Deaths by county and year", "share": 0.31}]


@pytest.mark.parametrize(
    ("draw", "given", "words"),
    [
        (plots.draw_risk_against_utility, POINTS, ["k = 1", "k = 5", "Utility", "Risk"]),
        (plots.draw_blanks_by_variable, BLANKS, ["Age band", "7.0%", "0.0%"]),
        (plots.draw_hidden_cells, HIDDEN, ["Deaths by county and year", "31.0%"]),
        (plots.draw_blanks_by_variable, [], ["Share of records left blank"]),
    ],
)
def test_a_plot_names_what_it_shows_and_is_repeatable(draw, given, words):
    svg = draw(given)
    assert svg == draw(given)
    assert all(word in svg for word in words)
    assert re.match(r"<svg[^>]+viewBox", svg)
    assert "<script" not in svg
