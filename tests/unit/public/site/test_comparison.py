"""Areas stand side by side on one scale where that is fair, and apart with the reason where it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from openjustice.contracts.indicator import Indicator
from openjustice.public.publish.release import PublishedRelease
from openjustice.public.site import comparing, comparison, fairness, neighbors
from openjustice.public.site.portal import Area, Portal
from unit.public.release_fixture import geojson


@pytest.fixture
def portal(published: tuple[PublishedRelease, ...]) -> Portal:
    """Give the portal of the invented jurisdiction, without its ledger."""
    return Portal(releases=published, ledger=())


def area(portal: Portal, code: str) -> Area:
    return next(item for item in portal.areas if item.code == code)


def some(portal: Portal, *codes: str, home: str | None = None) -> dict[str, comparison.Comparison]:
    chosen = [area(portal, code) for code in codes]
    made = comparison.compare_areas(portal, chosen, home=area(portal, home) if home else None, with_lines=True)
    return {item.name: item for item in made}


def test_counts_stand_apart_with_the_reason_and_nothing_is_drawn(portal: Portal):
    made = some(portal, "01", "02")["deaths_count"]
    assert "counts" in made.unfair[0]
    assert all(not side.bar and not side.line for side in made.sides)
    assert made.whole is None


def test_rates_share_one_scale_and_every_number_is_the_sealed_one(portal: Portal):
    made = some(portal, "01", "02", "03")["deaths_rate"]
    assert made.unfair == ()
    end = float(made.scale_end)
    for side in made.sides:
        assert side.row is not None
        place = re.search(r'circle cx="([\d.]+)"', side.bar)
        assert place is not None
        assert float(place[1]) == pytest.approx(6 + 208 * side.row["value"] / end, abs=0.06)
        assert side.words == f"{side.row['value']:,.1f}"


def test_lines_of_one_indicator_end_at_the_same_height(portal: Portal):
    made = some(portal, "01", "02", "03")["deaths_rate"]
    tops = {re.search(r'text-anchor="start"[^>]*>([\d,.]+)<', side.line)[1] for side in made.lines}  # type: ignore[index]
    assert len(made.lines) == 3
    assert len(tops) == 1


def test_a_withheld_number_is_marked_and_has_no_bar(portal: Portal):
    made = some(portal, "01", "10", "11")["deaths_rate"]
    marked = [side for side in made.sides if side.marker]
    assert marked
    assert all(not side.bar for side in marked)
    assert set(made.marks) >= {side.marker for side in marked}


def test_a_difference_is_said_only_where_intervals_do_not_touch(portal: Portal):
    made = some(portal, "01", "02", "03", home="01")["deaths_rate"]
    own = next(side for side in made.sides if side.area.code == "01")
    assert own.row is not None
    for side in made.sides:
        if side.area.code == "01" or side.row is None:
            continue
        is_apart = own.row["value_low"] > side.row["value_high"] or own.row["value_high"] < side.row["value_low"]
        line = next(text for text in made.readings if side.area.label in text)
        assert line.startswith(("Higher", "Lower")) is is_apart


def test_an_area_that_did_not_wholly_report_stands_apart(portal: Portal):
    view = comparison.view_by_area(portal, "deaths_rate")
    assert view is not None
    rows = [row | ({"coverage": 0.5} if row.get("county") == "01" else {}) for row in view.frame.rows]
    partly = replace(view, frame=replace(view.frame, rows=rows))
    at = partly.common_period
    made = comparison._compare("deaths_rate", partly, [area(portal, "01"), area(portal, "02")], home=None, with_lines=False, prefix="c")  # fmt: skip
    assert at is not None
    assert made.sides[0].apart
    assert not made.sides[0].bar
    assert made.sides[1].bar


def test_areas_are_compared_in_the_latest_period_in_which_nobody_is_lost(portal: Portal):
    view = comparison.view_by_area(portal, "deaths_rate")
    assert view is not None
    at = view.common_period
    known = {
        period: sum(
            row["value"] is not None for row in view.frame.rows if row["death_year"] == period and row["county"] != "_T"
        )
        for period in {row["death_year"] for row in view.frame.rows}
    }
    assert known[at or "_T"] >= known["_T"]


def test_areas_that_share_an_edge_are_neighbors_and_a_corner_is_none():
    found = neighbors.find_neighbors(geojson(), [f"{number:02}" for number in range(1, 13)])
    assert found["01"] == ("02", "05")
    assert set(found["06"]) == {"02", "05", "07", "10"}
    assert neighbors.find_neighbors(None, ["01"]) == {"01": ()}


def test_areas_of_like_size_are_found_by_ratio():
    residents = {"a": 100.0, "b": 110.0, "c": 1000.0, "d": 50.0, "e": 95.0}
    assert neighbors.find_alike(residents, list(residents), most=2)["a"] == ("e", "b")
    assert neighbors.find_alike({}, ["a"]) == {"a": ()}
    assert neighbors.choose_neighbors("a", ["b", "c", "d"], residents, most=2) == ("b", "d")


def test_a_page_of_comparisons_has_context_and_at_most_five_areas(portal: Portal):
    given = comparing.area_page(portal, area(portal, "06"))
    assert [group["title"] for group in given["groups"]] == ["Beside its neighbors", "Beside places of its size"]
    for group in given["groups"]:
        assert len(group["facts"]) <= 5
        assert group["fact_titles"][0] == "Population"
        assert "06" in group["codes"].split(",")


def _indicator(**more: Any) -> Indicator:
    return Indicator.model_validate(
        {
            "indicator": "one", "title": "One", "dataset": "d", "question": "?", "says": ".", "unit": "per 100,000 residents",
            "numerator": {"dataset": "d", "says": "."}, "interval": "none", "breakdowns": {}, "can_infer": [], "cannot_infer": [],
        } | more
    )  # fmt: skip


def test_measures_in_different_units_may_not_share_a_scale():
    one, two = (fairness.as_number(_indicator(unit=unit), period="2000") for unit in ("arrests", "persons"))
    assert fairness.find_obstacles(one, one) == ()
    assert fairness.find_obstacles(one, two) == ("They are counted in different units: arrests; persons.",)


def test_a_flag_names_the_areas_that_a_period_lacks(portal: Portal):
    content = replace(
        portal.releases[-1].content,
        comparability={
            "COVERAGE_AGENCY": {
                "says": "x",
                "acts": ["hatch_area"],
                "areas": [{"areas": "01, 05", "from": "1995", "until": "1996"}],
            }
        },
    )
    assert fairness.incomplete_areas(content, ["COVERAGE_AGENCY"], period="1995") == {"01", "05"}
    assert fairness.incomplete_areas(content, ["COVERAGE_AGENCY"], period="1997") == frozenset()
    assert fairness.incomplete_areas(content, ["OTHER"], period="1995") == frozenset()
