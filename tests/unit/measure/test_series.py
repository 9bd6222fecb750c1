"""Counts of agencies by period: what is judged beside what, and what is not there is never zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from openjustice.ground.engine import Engine
from openjustice.measure import series
from openjustice.measure.series import OWN, PEERS, Counted
from unit.measure import world

HOW: Any = {"rate": 0.005, "minimum_history": 6, "history_periods": 12, "judged_periods": 1, "minimum_peers": 8}


def counts(reporter: str, values: list[int], *, first: int = 2000) -> list[Counted]:
    """Make the yearly counts of one agency."""
    return [Counted(reporter, str(first + place), "records", value, None) for place, value in enumerate(values)]


def test_records_and_sums_are_by_submission_reporter_and_period(opened: Engine):
    given = [
        {"_submission": "1", "agency": "A", "year": "2001", "calls": "2"},
        {"_submission": "1", "agency": "A", "year": "2001", "calls": "3"},
        {"_submission": "1", "agency": "B", "year": "2002", "calls": "7"},
    ]
    table = world.table(opened, "records", given, columns=("_submission", "agency", "year", "calls"))
    typed = opened.derive(
        "typed",
        "SELECT _submission, agency, year, CAST(calls AS BIGINT) AS calls FROM records",
        inputs={"records": table},
    )
    made = series.sum_records(typed, reporter="agency", period="year", sums={"calls": "calls"})
    assert [(row["reporter"], row["at"], row["records"], row["calls"]) for row in made] == [
        ("A", "2001", 2, 5.0), ("B", "2002", 1, 7.0),
    ]  # fmt: skip


def test_a_short_history_is_not_judged_and_a_gap_is_no_zero():
    assert series.judge(counts("A", [5, 6, 5, 6, 5, 90]), kinds={}, **HOW) == []
    gap = [item for item in counts("A", [5, 6, 5, 6, 5, 6, 5, 90]) if item.period != "2003"]
    (judged,) = series.judge(gap, kinds={}, **HOW)
    assert (judged.beside, judged.judged.compared, judged.judged.is_unusual) == (OWN, 6, True)


def test_years_are_not_compared_with_months():
    months = [Counted("A", f"2010-{month:02}", "records", 3, None) for month in range(1, 13)]
    judged = series.judge([*months, Counted("A", "2011", "records", 40, None)], kinds={}, **HOW)
    assert {item.counted.period for item in judged} == {"2010-12"}


def test_what_befell_one_of_many_peers_stands_out_and_what_befell_all_does_not():
    random = np.random.default_rng(2)
    kinds = {f"A{place}": "Police" for place in range(30)}
    given = [item for name in kinds for item in counts(name, [*random.poisson(300, 9), random.poisson(150)])]
    steady = counts("A0", [*random.poisson(300, 9), 300])
    judged = series.judge([*steady, *given[10:]], kinds=kinds, **HOW)
    unusual = {item.counted.reporter for item in judged if item.beside == PEERS and item.judged.is_unusual}
    assert unusual == {"A0"}
    assert sum(item.judged.is_unusual for item in judged if item.beside == OWN) > 20


def test_peers_are_of_one_kind():
    kinds = {f"A{place}": "Police" if place < 9 else "Sheriff" for place in range(12)}
    judged = series.judge([item for name in kinds for item in counts(name, [9] * 8)], kinds=kinds, **HOW)
    assert {item.counted.reporter for item in judged if item.beside == PEERS} == {f"A{place}" for place in range(9)}
