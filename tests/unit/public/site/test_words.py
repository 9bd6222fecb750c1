"""Numbers, readings and notes are written for people, and claim no more than the table."""

from __future__ import annotations

import pytest

from openjustice.public.publish.content import Content
from openjustice.public.publish.release import PublishedRelease
from openjustice.public.site import markdown, numbers, readings, statements
from openjustice.public.site.figures import View
from openjustice.public.site.portal import Portal, slug


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
    assert numbers.day("2024-09-16T10:00:00Z") == "16 September 2024"


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
    assert headline.reading.endswith("Provisional: the number will still change.")


def test_overlapping_intervals_are_no_difference(portal: Portal):
    view = portal.headline_view("deaths_rate")
    assert view is not None
    assert "Not clearly different from 2022" in (readings.make_headline(view) or pytest.fail("no headline")).reading


def test_a_period_after_a_break_is_not_compared_with_the_one_before(portal: Portal):
    view = portal.headline_view("deaths_count")
    assert view is not None
    kept = [row for row in view.frame.rows if row["death_year"] <= "2017"]
    frame = view.frame.__class__(**{**view.frame.__dict__, "rows": kept})
    headline = readings.make_headline(View(content=view.content, frame=frame, indicator=view.indicator))
    assert headline is not None
    assert headline.reading.startswith("The definition changed")


@pytest.mark.parametrize(
    ("low", "high", "words"), [(3, 4, "higher than"), (0, 1, "lower than"), (1, 3, "not clearly different from")]
)
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
    assert figure.value == "withheld"
    assert figure.comparison == ""


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
