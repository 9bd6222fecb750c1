"""A chart shows what the table holds: gaps are gaps, breaks break, provisional is hollow, withheld is not zero."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from openjustice.public.publish.release import PublishedRelease
from openjustice.public.publish.variables import Variable
from openjustice.public.site import charts, drawings, figures, maps, sparks, tables
from openjustice.public.site.charts import Chart, Point
from openjustice.public.site.portal import Portal

YEARS = ("2019", "2020", "2021", "2022")


@pytest.fixture(scope="module")
def portal(published: tuple[PublishedRelease, ...]) -> Portal:
    """Give the portal of the invented jurisdiction, without its ledger."""
    return Portal(releases=published, ledger=())


def view(portal: Portal, indicator: str, breakdown: str) -> figures.View:
    return next(item for item in portal.views(indicator) if item.frame.breakdown == breakdown)


def line(*points: Point) -> Chart:
    return Chart(points=points, unit="deaths", order=YEARS)


def test_no_line_crosses_a_gap_or_a_break():
    chart = line(
        Point("2019", 4.0), Point("2020", None, marker="c"), Point("2021", 6.0), Point("2022", 7.0, status="b"),
    )  # fmt: skip
    runs = [row["run"] for row in drawings._line_rows(chart) if row["value"] is not None]
    assert len(set(runs)) == 3


def test_a_dashed_piece_leads_to_a_provisional_point_but_not_over_a_break():
    chart = line(
        Point("2019", 4.0), Point("2020", 5.0, status="p"), Point("2021", 6.0, status="p"), Point("2022", 7.0, status="b"),
    )  # fmt: skip
    rows = drawings._line_rows(chart)
    assert [(row["at"], row["provisional"]) for row in drawings._join_rows(rows)] == [("2019", False), ("2020", True)]


def test_a_missing_point_is_not_available_and_never_zero():
    rows = drawings._line_rows(line(Point("2019", 4.0)))
    assert [(row["value"], row["marker"]) for row in rows[1:]] == [(None, "x")] * 3


@pytest.mark.parametrize(
    ("value", "top"), [(1.0, 1.0), (5.0, 5.0), (5.1, 6.0), (791.0, 800.0), (13.0, 15.0), (101, 120)]
)
def test_an_axis_ends_at_a_round_number_not_far_above_the_data(value: float, top: float):
    assert charts.nice_top(value) == top


def test_labels_are_pushed_apart_and_stay_inside():
    assert charts.push_apart([10, 12, 100], gap=15, limit=110) == [10, 25, 100]
    assert charts.push_apart([90, 95, 100], gap=15, limit=100) == [70, 85, 100]


def test_a_chart_says_in_words_what_it_shows(portal: Portal):
    figure = figures.make_figure(view(portal, "deaths_count", "county"), name="f")
    assert figure is not None
    assert "Highest: 725 (Aldermoor)" in figure.says
    assert "2 withheld." in figure.says
    assert f'<desc id="f-wide-d">{figure.says}</desc>' in figure.wide


def test_a_legend_explains_the_marks_that_occur_and_no_others(portal: Portal):
    by_year = figures.make_figure(view(portal, "deaths_rate", "year"), name="f")
    assert by_year is not None
    assert {item.mark for item in by_year.marks} == {"dot", "hollow", "cross", "break", "band"}


def test_what_parts_hide_stands_as_a_part_of_its_own(portal: Portal):
    figure = figures.make_figure(view(portal, "deaths_count", "year_manner"), name="f")
    assert figure is not None
    assert figure.legend[-1].words == "Withheld or not available"
    assert next(item.words for item in figure.legend) == "Natural"


def test_a_table_that_no_chart_can_show_has_none(portal: Portal):
    assert figures.make_figure(view(portal, "deaths_count", "year_county"), name="f") is None


def test_a_map_hatches_what_is_withheld_and_dots_what_is_not_available(portal: Portal):
    rate = figures.make_figure(view(portal, "deaths_rate", "county"), name="f")
    assert rate is not None
    assert rate.map.count('fill="url(#f-m-hatch)"') == 2
    assert rate.map.count('fill="url(#f-m-dots)"') == 1
    assert 'fill="#ffffff"><title>Lowmark: 0.0' in rate.map
    assert rate.map_legend[0].words == "0"


def test_steps_of_a_map_hold_every_value_once():
    values = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55]
    bounds = maps.class_bounds(values)
    assert bounds == sorted(set(bounds))
    assert bounds[-1] == 55
    assert len(maps.legend_steps(values, decimals=0)) == 6
    assert maps.legend_steps([4, 4, 4], decimals=0) == [maps.Step(fill="#6ba6cf", words="4")]


def test_degrees_are_drawn_with_north_up():
    square = {
        "type": "Feature",
        "properties": {"code": "a"},
        "geometry": {"type": "Polygon", "coordinates": [[[-120, 40], [-119, 40], [-119, 41], [-120, 41], [-120, 40]]]},
    }
    drawn = maps.map_svg({"features": [square]}, {}, labels={"a": "A"}, name="m", title="t", says="d", width=108)
    path = re.search(r'd="M4,([\d.]+)l', drawn)
    assert path is not None
    assert float(path[1]) > 100  # the southern corner stands below


def test_a_small_chart_uses_the_same_marks():
    drawn = sparks.spark_svg(
        [Point("2019", 0.0, text="0"), Point("2020", None, marker="c", text="withheld"), Point("2021", 5.0, status="p", text="5")],
        name="s", title="t", says="d",
    )  # fmt: skip
    assert drawn.count("<circle") == 2
    assert "<rect" in drawn
    assert "stroke-dasharray" not in drawn  # nothing leads to the provisional point


def test_a_small_chart_of_many_years_shows_where_its_series_breaks():
    points = [Point(str(year), 5.0, status="b" if year == 2014 else None, text="5") for year in range(1985, 2018)]
    drawn = sparks.spark_svg(points, name="s", title="t", says="d")
    line = re.search(r'<path d="(M[^"]*)" stroke="[^"]*" stroke-width="1.8"', drawn)
    assert line is not None
    assert line[1].count("M") == len(points) - 2  # every pair of neighbors but the one across the break
    assert drawn.count("stroke-dasharray") == 1
    radius = re.search(r' r="([\d.]+)"', drawn)
    assert radius is not None
    assert 2 * float(radius[1]) < (320 - 16) / (len(points) - 1)  # neighbors do not touch


def test_a_cross_table_puts_time_across_and_keeps_its_totals(portal: Portal):
    grid = tables.make_grid(view(portal, "deaths_count", "year_county"))
    assert grid.columns == (*(str(year) for year in range(2014, 2024)), "All")
    assert grid.stub == ("County",)
    assert [line.heads[0] for line in grid.lines][-1] == "All"
    assert {"c", "p", "b"} <= set(grid.markers)


def test_a_list_shows_count_divisor_value_and_interval(portal: Portal):
    grid = tables.make_grid(view(portal, "deaths_rate", "county"))
    assert grid.columns == ("Count", "Divided by", "Per 100,000 residents", "Interval")
    lowmark = next(line for line in grid.lines if line.heads == ("Lowmark",))
    assert lowmark.cells[0].text == "0"
    kestrel = next(line for line in grid.lines if line.heads == ("Kestrel Bluff",))
    assert (kestrel.cells[0].text, kestrel.cells[0].marker) == ("", "c")


def with_periods(view: figures.View, *periods: str) -> figures.View:
    """Return a count by county over other periods than it has."""
    rows = [
        row | {"death_year": at} for at in (*periods, "_T") for row in view.frame.rows if row["death_year"] == "2020"
    ]
    return replace(view, frame=replace(view.frame, rows=rows))


def test_counts_over_unequal_spans_carry_their_length(portal: Portal):
    unequal = with_periods(view(portal, "deaths_count", "year_county"), "2014-2017", "2018")
    assert tables.make_grid(unequal).columns == ("2014-2017 (4 years)", "2018 (1 year)", "All")
    equal = with_periods(view(portal, "deaths_count", "year_county"), "2014-2015", "2016-2017")
    assert tables.make_grid(equal).columns == ("2014-2015", "2016-2017", "All")


def test_a_table_of_one_period_says_it_once(portal: Portal):
    grid = tables.make_grid(with_periods(view(portal, "deaths_count", "year_county"), "2020"))
    assert (grid.stub, grid.note) == (("County",), "2020.")
    assert grid.columns == ("Deaths",)


def test_places_stand_by_name_and_never_as_a_ranking(portal: Portal):
    figure = figures.make_figure(view(portal, "deaths_rate", "county"), name="f")
    assert figure is not None
    names = re.findall(r">(Aldermoor|Bramblewick|Glasswick|Lowmark)<", figure.wide)
    assert names == sorted(names)


def test_the_whole_is_drawn_only_beside_rates_of_its_parts(portal: Portal):
    by_county = view(portal, "deaths_rate", "county")
    assert any(item.mark == "whole" for item in (figures.make_figure(by_county, name="f") or pytest.fail("none")).marks)
    denominator = by_county.indicator.denominator
    assert denominator is not None
    undivided = by_county.indicator.model_copy(update={"denominator": denominator.model_copy(update={"by": {}})})
    made = figures.make_figure(replace(by_county, indicator=undivided), name="f")
    assert made is not None
    assert not any(item.mark == "whole" for item in made.marks)


def test_stacked_bars_show_a_break_as_well():
    points = tuple(Point(at, 4.0, series="a", status="b" if at == "2021" else None) for at in YEARS)
    drawn = drawings.stacked_svg(Chart(points=points, unit="deaths", order=YEARS, series=("a",)), width=600)
    assert ">break<" in drawn
    whole = drawings.stacked_svg(
        Chart(points=tuple(replace(item, status=None) for item in points), unit="deaths", order=YEARS, series=("a",)),
        width=600,
    )
    assert ">break<" not in whole


def test_an_unknown_code_is_called_unknown_and_stands_before_the_total():
    variable = Variable(name="age_band", title="Age", says="")
    assert variable.label("_U") == "Unknown"
    assert variable.sorted_codes(["_T", "_U", "0-19", "70+"]) == ["0-19", "70+", "_U", "_T"]
