"""A ranking is given as spans that hold for all areas at once, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from openjustice.public.publish.release import PublishedRelease
from openjustice.public.site import comparison, figures, ranking
from openjustice.public.site.portal import Portal


@pytest.fixture
def portal(published: tuple[PublishedRelease, ...]) -> Portal:
    """Give the portal of the invented jurisdiction, without its ledger."""
    return Portal(releases=published, ledger=())


def rate_view(portal: Portal, **cells: dict[str, Any]) -> figures.View:
    """Give the rate by county; `cells` overwrites numbers of one county."""
    view = next(item for item in portal.views("deaths_rate") if item.frame.variables == ("county",))
    rows = [row | {"status_marker": None} | cells.get(f"c{row['county']}", {}) for row in view.frame.rows]
    return replace(view, frame=replace(view.frame, rows=rows))


def test_an_area_can_stand_below_only_those_that_are_certainly_higher(portal: Portal):
    found = ranking.rank_areas(rate_view(portal), area="county", at=None)
    assert found.reasons == ()
    low, high = ranking._joint_interval(rate_view(portal), [item.row for item in found.standings])
    for place, item in enumerate(found.standings):
        assert item.first == 1 + sum(low > high[place])
        assert item.last == len(found.standings) - sum(high < low[place])
        assert item.first <= place + 1 <= item.last, "the order by value is inside every span"


def test_the_spans_hold_for_all_areas_at_once(portal: Portal):
    """Draws counts of known rates again and again: the true ranking is inside all spans at least as often as promised."""
    view, random = rate_view(portal), np.random.default_rng(11)
    base = np.full(8, 50_000.0)
    truth = np.array([40, 42, 60, 61, 90, 140, 141, 200]) / 100_000
    order = (truth[None, :] > truth[:, None]).sum(axis=1) + 1
    held, rounds = 0, 400
    for _ in range(rounds):
        rows = [
            {"numerator": count, "denominator": people}
            for count, people in zip(random.poisson(truth * base), base, strict=True)
        ]
        low, high = ranking._joint_interval(view, rows)
        first = (low[None, :] > high[:, None]).sum(axis=1) + 1
        last = len(base) - (high[None, :] < low[:, None]).sum(axis=1)
        held += bool(((first <= order) & (order <= last)).all())
    assert held / rounds >= 0.95


def test_joint_intervals_are_wider_than_those_of_one_area(portal: Portal):
    view = rate_view(portal)
    rows = [{"numerator": 100, "denominator": 1000.0}] * 10
    low, high = ranking._joint_interval(view, rows)
    alone_low, alone_high = ranking._joint_interval(view, rows[:1])
    assert low[0] < alone_low[0] < 0.1 < alone_high[0] < high[0]


def test_counts_are_never_ranked(portal: Portal):
    view = comparison.view_by_area(portal, "deaths_count")
    assert view is not None
    found = ranking.rank_areas(view, area=view.others[0], at=view.common_period)
    assert found.standings == ()
    assert "counts" in found.reasons[0]


def test_a_flag_that_forbids_a_ranking_is_obeyed(portal: Portal):
    view = rate_view(portal)
    flags = {"COVERAGE_AGENCY": {"says": "Some agencies are absent.", "acts": ["hatch_area", "no_rank"]}}
    flagged = replace(
        view,
        content=replace(view.content, comparability=flags),
        indicator=view.indicator.model_copy(update={"flags": ("COVERAGE_AGENCY",)}),
    )
    assert ranking.rank_areas(flagged, area="county", at=None).reasons == ("Some agencies are absent.",)


def test_no_interval_and_a_provisional_period_forbid_a_ranking(portal: Portal):
    view = rate_view(portal)
    without = replace(view, indicator=view.indicator.model_copy(update={"interval": "none"}))
    assert "no interval" in " ".join(ranking.rank_areas(without, area="county", at=None).reasons)
    early = replace(view, frame=replace(view.frame, rows=[row | {"status_marker": "p"} for row in view.frame.rows]))
    assert "provisional" in " ".join(ranking.rank_areas(early, area="county", at=None).reasons)


def test_withheld_and_partly_reported_areas_have_no_place(portal: Portal):
    view = rate_view(portal, c01={"coverage": 0.5}, c02={"numerator": None, "value": None, "value_marker": "c"})
    found = ranking.rank_areas(view, area="county", at=None)
    assert found.of("01") is None
    assert found.of("02") is None
    assert found.of("03") is not None
