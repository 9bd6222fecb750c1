"""A steward asks for plans: real files, whose risk is found without being told, and an invented one in a home."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openjustice.cli.main import app, load_command
from openjustice.confidential.drafting import suggestion
from openjustice.contracts import registry as registries
from unit.airlock import homes

DEATHS = "demo/custody_deaths"
STOPS = "uk/police_uk_stop_search/2016-06-metropolitan-stop-and-search.csv.gz"


@pytest.fixture(scope="module")
def home(registry_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home of Meridia with deaths in force."""
    meridia = homes.load_registry(registry_root).jurisdiction("demo")
    rows = homes.invent_rows(meridia, rows=400)["custody_deaths"]
    return homes.make_home(
        tmp_path_factory.mktemp("meridia") / "home", jurisdiction=meridia, rows={"custody_deaths": rows}
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*args: str) -> str:
    """Run the command and return what it prints."""
    done = CliRunner().invoke(app, ["protect", "suggest", *args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.real_data
def test_the_stops_of_london_are_found_risky_and_a_plan_keeps_month_age_and_outcome(real_data: Path, tmp_path: Path):
    page = tmp_path / "plans.html"
    told = json.loads(
        run("england_wales/stop_and_search", "--table", str(real_data / STOPS), "--html", str(page), "--json")
    )
    everything, *rest = told["telling"]
    assert everything["unique_share"] > 0.917
    assert any("Moment" in item["fields"] and item["unique_share"] > 0.7 for item in rest)
    keeps = [
        item
        for item in told["plans"]
        if {"Age range", "Outcome"} <= {*item["keeps"], *item["coarser"]} and "to: month" in item["policy"]
    ]
    assert keeps
    for item in told["plans"]:
        assert {"Latitude", "Longitude"} <= set(item["leaves_out"])
        assert item["risk"] < 0.03
        assert item["highest_risk"] <= 1 / item["k"]
    text = page.read_text()
    assert "For the office alone" in text
    assert text.count("<svg") == 2
    assert "<script" not in text


def test_a_steward_reads_plans_for_the_records_of_a_home_and_prints_the_page(home: Path, tmp_path: Path):
    page = tmp_path / "plans.html"
    before = bytes_of(home)
    printed = run(DEATHS, "--home", str(home), "--html", str(page))
    first, *telling = printed.splitlines()
    assert first.startswith(
        "100.0% of 400 records are alone to somebody who knows agency, county, date of death, age, sex"
    )
    assert sum(" by " in line and line.startswith("  ") for line in telling) == 3
    assert re.search(r"^A +Every field counts ", printed, flags=re.MULTILINE)
    assert str(page) in printed
    text = page.read_text()
    for words in ("For the office alone", "(invented)", "What identifies people", "Plan A"):
        assert words in text
    assert text.count("<svg") == 2
    assert "<script" not in text
    assert bytes_of(home) == before


def test_the_plans_for_a_home_are_the_same_for_programs_and_hold_what_was_asked(home: Path, registry_root: Path):
    told = json.loads(run(DEATHS, "--home", str(home), "--k", "7", "--seed", "3", "--json"))
    meridia = registries.load_registry([registry_root], only=["demo"]).jurisdiction("demo")
    again = suggestion.suggest_in_home(
        home, dataset=meridia.datasets["custody_deaths"], jurisdiction=meridia, k=7, blanks=0.02, seed=3
    )
    assert json.loads(suggestion.as_json(again)) == told
    assert told["records"] == 400
    assert told["telling"][0]["unique_share"] == 1
    for item in told["plans"]:
        assert item["k"] >= 7
        assert item["highest_risk"] <= 1 / 7
        assert "date of death" not in item["keeps"]
        assert len(item["worked"]) == 3
    assert [item["letter"] for item in told["plans"]] == list("ABCDE")[: len(told["plans"])]


def test_a_plan_without_a_page_says_how_to_get_one(home: Path):
    printed = run(DEATHS, "--home", str(home))
    assert "See each plan with pictures and its policy: --html FILE" in printed


def test_the_command_is_loaded_when_it_runs():
    assert load_command("protect").name == "protect"
