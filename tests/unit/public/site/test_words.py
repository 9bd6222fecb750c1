"""Numbers, readings and notes are written for people, and claim no more than the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from openjustice.public.publish.content import Content
from openjustice.public.publish.release import PublishedRelease
from openjustice.public.site import markdown, numbers, pages, readings, statements, worked
from openjustice.public.site.figures import View
from openjustice.public.site.portal import Portal, _area_row, _why_absent, slug


@pytest.fixture
def portal(published: tuple[PublishedRelease, ...]) -> Portal:
    """Give the portal of the invented jurisdiction, without its ledger."""
    return Portal(releases=published, ledger=())


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(None, 0, ""), (0, 0, "0"), (9911, 0, "9,911"), (-3.25, 1, "\u22123.2"), (2.0, 2, "2.00")],
)
def test_a_number(value: float | None, decimals: int, text: str):
    assert numbers.number(value, decimals=decimals) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "2 kB"), (12_345_678, "12.3 MB")])
def test_a_size(count: int, text: str):
    assert numbers.size(count) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (1.0, "100 %"), (0.004, "0.4 %"), (0.996, "99.6 %"), (0.5, "50 %")]
)
def test_a_share_never_rounds_to_nothing_or_everything(value: float, text: str):
    assert numbers.share(value) == text


def test_a_day():
    assert numbers.day("2024-09-16T10:00:00Z") == "September 16, 2024"


@pytest.mark.parametrize(
    ("text", "expected"), [("San Luis Obispo", "san-luis-obispo"), ("Cañada  (new)", "canada-new"), ("***", "area")]
)
def test_a_slug(text: str, expected: str):
    assert slug(text) == expected


def test_notes_never_pass_raw_html_on():
    made = markdown.render(
        "# T\n\nA <script>alert(1)</script> *word* and [a](javascript:x) [b](https://b.example/).\n\n- one\n- two"
    )
    assert "<script>" not in made
    assert 'href="javascript' not in made
    assert "<em>word</em>" in made
    assert '<a href="https://b.example/">b</a>' in made
    assert made.endswith("<ul><li>one</li><li>two</li></ul>")


def test_notes_keep_their_outline_below_the_page_heading():
    assert markdown.render("# Title\n\n## Part\n\ntext\n\n### Piece\ntext", top=2) == (
        "<h3>Part</h3>\n<p>text</p>\n<h4>Piece</h4>\n<p>text</p>"
    )


def test_the_headline_is_the_latest_period_and_says_that_it_is_provisional(portal: Portal):
    view = portal.headline_view("deaths_count")
    assert view is not None
    headline = readings.make_headline(view)
    assert headline is not None
    assert (headline.when, headline.is_provisional) == ("2023", True)
    row = view.row(death_year="2023")
    assert row is not None
    assert headline.value == f"{row['value']:,.0f}"
    assert headline.reading == "Provisional: the number will still change, so it is not compared with earlier ones."


def test_overlapping_intervals_are_no_difference(portal: Portal):
    view = portal.headline_view("deaths_rate")
    assert view is not None
    final = [row | {"status_marker": None} for row in view.frame.rows]
    settled = replace(view, frame=replace(view.frame, rows=final))
    assert "Not clearly different from 2022" in (readings.make_headline(settled) or pytest.fail("no headline")).reading


def headline_of(view: View, rows: list[dict[str, Any]], **indicator: Any) -> readings.Headline:
    """Read a headline from a few rows of a table, over an indicator that is changed in parts."""
    blank = dict.fromkeys(view.frame.rows[0])
    given = [blank | {"numerator": 1, **row} for row in rows]
    names = tuple(name for name in rows[0] if name not in ("value", "status_marker", "value_low", "value_high"))
    frame = replace(view.frame, rows=given, variables=names)
    changed = view.indicator.model_copy(update=indicator)
    return readings.make_headline(replace(view, frame=frame, indicator=changed)) or pytest.fail("no headline")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (791, "58 more than in 2017 (733, +8 %). A difference of this size can be chance alone."),
        (900, "167 more than in 2017 (733, +23 %)."),
    ],
)
def test_two_counts_that_chance_could_tell_apart_say_so(portal: Portal, now: int, words: str):
    view = portal.headline_view("deaths_count") or pytest.fail("no table")
    made = headline_of(view, [{"death_year": "2017", "value": 733}, {"death_year": "2018", "value": now}])
    assert made.reading == words


def test_two_percentages_differ_by_percentage_points(portal: Portal):
    view = portal.headline_view("deaths_rate") or pytest.fail("no table")
    rows = [{"death_year": "2017", "value": 20.0}, {"death_year": "2018", "value": 25.0}]
    made = headline_of(view, rows, per=100, decimals=1, unit="percent of the year's deaths")
    assert made.reading == "5.0 percentage points higher than in 2017 (20.0)."


def test_so_many_for_each_hundred_that_are_no_share_differ_by_their_own_unit(portal: Portal):
    view = portal.headline_view("deaths_rate") or pytest.fail("no table")
    rows = [{"death_year": "2017", "value": 100.0}, {"death_year": "2018", "value": 125.0}]
    made = headline_of(view, rows, per=100, decimals=1, unit="clearances per 100 homicides")
    assert made.reading.startswith("25.0 higher than in 2017 (100.0, +25 %).")


def test_a_share_of_what_is_not_decided_yet_is_read_from_the_last_final_year(portal: Portal):
    view = portal.headline_view("deaths_rate") or pytest.fail("no table")
    rows = [
        {"death_year": year, "manner": manner, "value": value, "status_marker": status}
        for year, status, natural in (("2015", None, 54.0), ("2016", "p", 48.0))
        for manner, value in (("natural", natural), ("_T", 100.0))
    ]
    made = headline_of(view, rows, per=100, decimals=1)
    assert (made.when, made.value, made.is_provisional) == ("2015", "54.0", False)
    assert made.reading.endswith("Later numbers are provisional.")


def test_groups_with_denominators_of_their_own_are_named_and_not_hidden_in_their_whole(portal: Portal):
    view = portal.headline_view("deaths_rate") or pytest.fail("no table")
    denominator = view.indicator.denominator
    assert denominator is not None
    by_sex = denominator.model_copy(update={"by": {"death_year": "year", "sex": "sex"}})
    rows = [
        {"death_year": "2018", "sex": sex, "value": value}
        for sex, value in (("female", 0.2), ("male", 3.5), ("_T", 1.9))
    ]
    made = headline_of(view, rows, denominator=by_sex, decimals=1)
    assert made.reading == "Everybody together. By group: Female 0.2, Male 3.5."


def test_a_reader_is_told_what_is_the_matter_and_not_what_a_page_must_do(portal: Portal):
    page = next(page for page, _ in pages.all_pages(portal) if page.path == "indicators/deaths_count.html")
    assert "The definition changed." in page.text
    assert "break the line" not in page.text
    assert "From 2017 deaths during arrest are reported as well." in page.text


def test_a_break_stands_only_where_its_field_is_shown(portal: Portal):
    (view,) = (item for item in portal.views("deaths_rate") if item.frame.breakdown == "county")
    assert pages._breaks(view.content, [view]) == []


def test_a_worked_example_has_codes_in_words_and_its_number_last(contents: tuple[Content, ...]):
    example, *_ = worked.examples(contents[-1], contents[-1].indicators["deaths_count"])
    assert example.given[0].lines[0] == ("2022", "Aldermoor") or example.given[0].lines[0] == ("Aldermoor", "2022")
    assert example.expect.columns == ("Year of death", "Value")
    assert example.expect.lines[-1] == ("All", "3")


def test_a_period_after_a_break_is_not_compared_with_the_one_before(portal: Portal):
    view = portal.headline_view("deaths_count")
    assert view is not None
    kept = [row for row in view.frame.rows if row["death_year"] <= "2017"]
    frame = view.frame.__class__(**{**view.frame.__dict__, "rows": kept})
    headline = readings.make_headline(View(content=view.content, frame=frame, indicator=view.indicator))
    assert headline is not None
    assert headline.reading.startswith("The definition changed")


@pytest.mark.parametrize(("low", "high", "words"), [(3, 4, "higher"), (0, 1, "lower"), (1, 3, "unclear")])
def test_a_comparison_needs_intervals_that_do_not_overlap(low: float, high: float, words: str):
    one = {"value": (low + high) / 2, "value_low": low, "value_high": high}
    assert readings.compare(one, {"value": 2, "value_low": 1.5, "value_high": 2.5}) == words


def test_the_context_of_an_area_holds_its_population_income_poverty_and_unemployment(portal: Portal):
    facts = {fact.title: fact for fact in portal.facts(portal.areas[0])}
    assert portal.areas[0].label == "Aldermoor"
    assert facts["Population"].text == "3,214,000"
    assert set(facts) == {"Population", "Median household income", "In poverty", "Unemployment"}
    lowmark = {fact.title: fact for fact in portal.facts(portal.areas[-1])}
    assert lowmark["Unemployment"].marker == "x"


def test_an_area_whose_number_is_withheld_shows_why_and_no_number(portal: Portal):
    kestrel = next(area for area in portal.areas if area.label == "Kestrel Bluff")
    figure = next(portal.area_figures(kestrel))
    assert figure.marker == "c"
    assert figure.why == "Withheld, so that no person can be recognized. It is not zero."
    assert figure.value == "withheld"
    assert figure.comparison == ""


def test_an_area_with_too_few_cases_for_a_rate_says_how_many_there_are(portal: Portal):
    lowmark = next(area for area in portal.areas if area.label == "Lowmark")
    rate = next(item for item in portal.area_figures(lowmark) if item.view.frame.indicator == "deaths_rate")
    row = {"value": None, "value_marker": "x", "numerator": 3, "denominator": 20500.0}
    assert _why_absent(rate.view, row) == "3 counted over 20,500: too few for a rate, which needs at least 10."
    assert _why_absent(rate.view, row | {"numerator": 12}) == "12 counted over 20,500: too few to divide by for a rate."
    assert _why_absent(rate.view, row | {"denominator": None}).startswith("Not available")


def test_an_area_whose_table_has_one_period_says_which(portal: Portal):
    view = next(item for item in portal.views("deaths_count") if item.frame.breakdown == "year_county")
    rows = [row for row in view.frame.rows if row["death_year"] in ("2020", "_T")]
    one = replace(view, frame=replace(view.frame, rows=rows))
    _, when, _ = _area_row(one, None, portal.areas[0])
    assert when == "2020"


def test_the_disclosure_statement_counts_what_is_withheld(contents: tuple[Content, ...]):
    made = statements.disclosure(contents[-1])
    by_name = {item.name: item for item in made.tables}
    frame = next(item for item in contents[-1].frames if item.id == "deaths_count__by_year_county")
    assert by_name[frame.id].withheld == sum(row["numerator_marker"] == "c" for row in frame.rows) > 0
    assert any(text.startswith("Counts from 1 to 4 are withheld") for text in made.rules)
    assert {item.name for item in made.blanks if item.withheld} == {"age_band"}


def test_a_dataset_without_persons_withholds_nothing(contents: tuple[Content, ...]):
    made = statements.disclosure(contents[0])
    assert made.rules == ("This dataset holds no persons, so nothing in it is withheld to protect one.",)
    assert made.blanks == ()
