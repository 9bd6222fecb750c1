"""The commands on quality: assess, list, show, and an agency's own page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from openjustice.cli.confidential import home as home_commands
from openjustice.cli.confidential import quality as quality_commands
from openjustice.cli.confidential import submit as submit_commands
from openjustice.ground import errors
from unit.confidential.home_fixture import AT, CANARY, PERIOD, REPORTER, write_rows


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside a new home at a fixed moment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENJUSTICE_NOW", AT)
    assert run("home", "init").exit_code == 0
    return tmp_path


def run(*arguments: str) -> Result:
    """Run one command."""
    app = typer.Typer()
    for module in (home_commands, submit_commands, quality_commands):
        module.register(app)
    result = CliRunner().invoke(app, arguments)
    assert CANARY not in result.output
    return result


def test_reports_are_assessed_listed_shown_and_put_on_the_agencys_page(place: Path):
    path = write_rows(place / "deaths.csv")
    given = ["--dataset", "demo/custody_deaths", "--reporter", REPORTER, "--period", PERIOD]
    assert run("submit", str(path), *given).exit_code == 0
    made = run("quality", "assess", "--dataset", "demo/custody_deaths")
    assert "Assessment 1 of custody_deaths" in made.output
    assert "alarms are to be expected" in made.output
    assert "custody_deaths" in run("quality", "list").output
    assert "missing" in run("quality", "show", "1").output
    found = json.loads(run("quality", "show", "1", "--reporter", REPORTER, "--json").output)
    assert {row["reporter"] for row in found["found"]} == {REPORTER}
    assert run("quality", "page", "--jurisdiction", "demo", "--reporter", REPORTER, "--to", "own.html").exit_code == 0
    page = (place / "own.html").read_text(encoding="utf-8")
    assert "Aldermoor County Probation" in page
    assert CANARY not in page


def test_an_unknown_assessment_names_the_way_out():
    refused = run("quality", "show", "7").exception
    assert isinstance(refused, errors.AccessRefused)
    assert "quality list" in refused.faults[0].way_out


def test_nothing_is_assessed_before_there_are_records():
    assert isinstance(run("quality", "assess", "--dataset", "demo/custody_deaths").exception, errors.SubmissionRefused)
    assert "Nothing was assessed" in run("quality", "list").output
