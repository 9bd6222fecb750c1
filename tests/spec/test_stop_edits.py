"""Every edit finds its planted fault, and nothing else is found; the edits over many records find theirs; clean stops have none."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from openjustice.confidential.collect import tables
from openjustice.contracts import invented_stops, related, stop_bodies
from openjustice.contracts.registry import Registry, load_registry
from spec import stop_faults, stop_records

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "us" / "ripa_validation_rules.yml"
LEVELS = {"fatal": "record_refused", "error": "record_held", "warn": "asked"}
OVER_MANY = {"R03", "R33", "R34", "R35"}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Load California once."""
    return load_registry(only=["california"])


@pytest.mark.parametrize(
    ("shape", "known", "today"),
    [
        ("stops_2024", stop_faults.FAULTS, stop_records.TODAY),
        ("stops_2018", stop_faults.FAULTS_2018, stop_records.V1_TODAY),
    ],
)
def test_each_planted_fault_is_found_and_nothing_else(registry, tmp_path, shape, known, today):
    planted = [item for faults in known.values() for item in faults]
    stops = [
        stop_records.make_stop(number, changes, shape=shape) for number, (changes, _) in enumerate(planted, start=1)
    ]
    result = stop_records.check_stops(stops, registry=registry, folder=tmp_path, shape=shape, today=today)
    over_many = {"no_month_without_stops", "stops_for_each_officer_steady", "race_share_steady"}
    found = {line: item - over_many for line, item in stop_records.rules_by_line(result, hard_only=False).items()}
    for number, (_, wanted) in enumerate(planted, start=1):
        assert any(item.startswith(wanted) for item in found.get(number, ())), (number, wanted, found.get(number))
    alone = [
        number for number, (_, wanted) in enumerate(planted, start=1) if len(found[number]) > 1 and wanted != "codelist"
    ]
    assert alone == []


@pytest.mark.parametrize("shape", ["stops_2018", "stops_2024"])
@pytest.mark.skipif(
    not REFERENCE.exists(), reason="../shared/reference is not here, so the levels are not held against it"
)
def test_every_edit_stands_at_the_states_level(registry, shape):
    told = {item["id"]: LEVELS[item["severity"]] for item in yaml.safe_load(REFERENCE.read_text())["rules"]}
    edits = registry.dataset(f"california/{shape}").checks.edits
    other = {"R28"} if shape == "stops_2024" else {"R12", "R27", "R30", "R36", "R37"}
    assert {name: edit.level for name, edit in edits.items()} == {
        name: told[name] for name in told if name not in other
    }


def test_every_edit_has_a_fault_planted_for_it(registry):
    edits = set(registry.dataset("california/stops_2024").checks.edits) | set(
        registry.dataset("california/stops_2018").checks.edits
    )
    assert edits == set(stop_faults.FAULTS) | set(stop_faults.FAULTS_2018) | OVER_MANY
    assert len(edits) == 37


def test_a_stop_that_stands_twice(registry, tmp_path):
    found = stop_records.rules_by_line(
        stop_records.check_stops(
            [stop_records.make_stop(1), stop_records.make_stop(1)], registry=registry, folder=tmp_path
        )
    )
    assert "record_once" in found[2]


def _year(month_of_few=0, left_out=(), race=lambda day: "3"):
    """Make a year of stops of one agency: many officers, the same number each day."""
    stops: list[dict[str, Any]] = []
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        for place in range(4):
            if day.month in left_out or (day.month == month_of_few and place):
                continue
            stops.append(stop_records.make_stop(len(stops) + 1, {
                "stop_date": day.strftime("%m/%d/%Y"), "officer": {"officer_id": f"A{place}"},
                "person": {"perceived_race": [race(day) if place % 2 else "7"]},
            }))  # fmt: skip
    return stops


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, set()),
        ({"left_out": (5,)}, {"no_month_without_stops"}),
        ({"month_of_few": 6}, set()),
        ({"race": lambda day: "7" if day.month > 9 else "3"}, {"race_share_steady"}),
    ],
    ids=["steady", "a month without", "fewer officers, not fewer stops for each", "another share of one race"],
)
def test_edits_over_many_records(registry, tmp_path, given, wanted):
    found = stop_records.check_stops(_year(**given), registry=registry, folder=tmp_path)
    assert set(found.counts) == wanted


def test_fewer_stops_for_each_officer(registry, tmp_path):
    stops = [item for item in _year() if not (item["stop_date"].startswith("06/") and int(item["stop_date"][3:5]) > 8)]
    found = stop_records.check_stops(stops, registry=registry, folder=tmp_path)
    assert set(found.counts) == {"stops_for_each_officer_steady"}


class TestInventedStops:
    def test_clean_stops_raise_no_alarm(self, registry, tmp_path):
        dataset = registry.dataset("california/stops_2024")
        made = invented_stops.invent_stops(
            tmp_path / "d", dataset=dataset, stops=3_000, seed=3, year=2024, is_clean=True
        )
        (tmp_path / "d" / "truth.csv").unlink()
        result = tables.check_delivery(
            tmp_path / "d", dataset=dataset, jurisdiction=registry.jurisdiction("california"), today=stop_records.TODAY
        )
        assert (result.tallies, result.table_rows) == ((), dict(made.rows))

    def test_every_planted_error_is_found_on_its_line_and_nothing_else(self, registry, tmp_path):
        dataset = registry.dataset("california/stops_2024")
        made = invented_stops.invent_stops(tmp_path / "d", dataset=dataset, stops=2_000, seed=4, year=2024, scale=8)
        with (tmp_path / "d" / "truth.csv").open() as stream:
            truth = [row for row in csv.DictReader(stream) if row["planted"] != "false_race"]
        (tmp_path / "d" / "truth.csv").unlink()
        result = tables.check_delivery(
            tmp_path / "d", dataset=dataset, jurisdiction=registry.jurisdiction("california"), today=stop_records.TODAY,
            limit_per_rule=10_000,
        )  # fmt: skip
        found = stop_records.rules_by_line(result)
        assert found == {int(row["line"]): {stop_bodies.FOUND_BY[row["planted"]]} for row in truth}
        assert made.planted["consensual_without_search"] > 100

    def test_the_same_seed_gives_the_same_bytes(self, registry, tmp_path):
        dataset = registry.dataset("california/stops_2024")
        for name, seed in (("a", 1), ("b", 1), ("c", 2)):
            invented_stops.invent_stops(tmp_path / name, dataset=dataset, stops=500, seed=seed, year=2024)
        read = {name: [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in "abc"}
        assert read["a"] == read["b"]
        assert read["a"] != read["c"]

    def test_what_is_invented_is_true_to_the_published_totals(self, registry, tmp_path):
        dataset = registry.dataset("california/stops_2024")
        given = invented_stops.read_invented(dataset)
        assert sum(item.persons for item in given.agencies.values()) == given.persons_published["2018"] == 1_800_054
        made = invented_stops.invent_stops(tmp_path / "d", dataset=dataset, stops=20_000, seed=5, year=2024)
        assert made.rows["person"] / made.rows["stop"] == pytest.approx(given.persons_for_each_stop, abs=0.01)
        lines = (tmp_path / "d" / "stop.csv").read_text().splitlines()[1:]
        share = sum(line.startswith("CA0349900") for line in lines) / len(lines)
        assert share == pytest.approx(1_033_421 / 1_800_054, abs=0.02)
        errors = given.errors["consensual_without_search"]
        assert made.planted["consensual_without_search"] / made.rows["person"] == pytest.approx(
            errors.records / errors.persons, rel=0.1
        )

    def test_an_invented_race_is_told_apart_from_what_was_perceived(self, registry, tmp_path):
        dataset = registry.dataset("california/stops_2024")
        invented_stops.invent_stops(tmp_path / "d", dataset=dataset, stops=2_000, seed=6, year=2024)
        names = list(related.fields_of_table(dataset.contract, "person"))
        with (tmp_path / "d" / "person.csv").open() as stream:
            written = [row[names.index("perceived_race")] for row in csv.reader(stream)]
        with (tmp_path / "d" / "truth.csv").open() as stream:
            false = [row for row in csv.DictReader(stream) if row["planted"] == "false_race"]
        assert false
        assert {written[int(row["line"]) - 1] for row in false} == {"7"}
        assert any(row["perceived"] != "7" for row in false)
