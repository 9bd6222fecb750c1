"""The commands on owed reports: what they list and count, and how a statement of none is handed in and taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from openjustice.cli.confidential import home as home_commands
from openjustice.cli.confidential import obligations as obligation_commands
from openjustice.ground import errors
from unit.confidential.home_fixture import AT, REPORTER

ASKED = ("--dataset", "demo/custody_deaths", "--from", "2024-01-01", "--until", "2026-01-01")


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
    for module in (home_commands, obligation_commands):
        module.register(app)
    return CliRunner().invoke(app, arguments)


def none(period: str) -> Result:
    """State that there was none."""
    return run("obligations", "none", "--dataset", "demo/custody_deaths", "--reporter", REPORTER, "--period", period)


def test_an_agency_sees_what_it_owes_and_states_that_there_was_none():
    assert "Statement 1" in none("2025").output
    listed = json.loads(run("obligations", "list", *ASKED, "--reporter", REPORTER, "--json").output)
    assert [(item["period"], item["state"]) for item in listed] == [("2024", "missing"), ("2025", "none_stated")]
    assert "none stated" in run("obligations", "list", *ASKED, "--reporter", REPORTER).output
    assert run("obligations", "withdraw", "1", "--reason", "A mistake.").exit_code == 0
    listed = json.loads(
        run("obligations", "list", *ASKED, "--reporter", REPORTER, "--state", "missing", "--json").output
    )
    assert [item["period"] for item in listed] == ["2024", "2025"]


def test_counts_are_by_dataset_and_period():
    none("2025")
    counted = json.loads(run("obligations", "count", *ASKED, "--json").output)
    assert [(item["period"], item["none_stated"]) for item in counted] == [("2024", 0), ("2025", 1)]
    assert all(item["owed"] == item["missing"] + item["none_stated"] for item in counted)
    assert "reported" in run("obligations", "count", *ASKED).output


def test_a_whole_jurisdiction_is_listed_with_what_was_left_out():
    shown = run("obligations", "list", "--jurisdiction", "demo", "--from", "2015-01-01")
    assert "more; see all with --json" in shown.output


def test_without_a_jurisdiction_the_way_out_is_told():
    assert isinstance(run("obligations", "list").exception, errors.RegistryRefused)


def test_a_statement_that_is_not_owed_exits_as_a_refused_submission():
    refused = none("2030").exception
    assert isinstance(refused, errors.SubmissionRefused)
