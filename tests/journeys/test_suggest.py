"""A steward asks for plans: real files, whose risk is found without being told, and an invented one in a home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openjustice.cli.main import app, load_command

STOPS = "uk/police_uk_stop_search/2016-06-metropolitan-stop-and-search.csv.gz"


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


def test_the_command_is_loaded_when_it_runs():
    assert load_command("protect").name == "protect"
