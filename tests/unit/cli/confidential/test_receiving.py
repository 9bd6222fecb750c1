"""The commands of receiving: home, submit, submissions, queries; their exit codes; no value of a record in what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from openjustice.cli.confidential import home as home_commands
from openjustice.cli.confidential import queries as query_commands
from openjustice.cli.confidential import submit as submit_commands
from openjustice.ground import errors
from unit.confidential.home_fixture import AT, CANARY, PERIOD, REPORTER, write_rows


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder at a fixed moment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENJUSTICE_NOW", AT)
    return tmp_path


def run(*arguments: str) -> Result:
    """Run one command; a refusal comes back as the result's exception."""
    app = typer.Typer()
    for module in (home_commands, submit_commands, query_commands):
        module.register(app)
    result = CliRunner().invoke(app, arguments)
    assert CANARY not in result.output
    return result


def submit(path: Path, *more: str) -> Result:
    """Submit a file of deaths."""
    given = ["--dataset", "demo/custody_deaths", "--reporter", REPORTER, "--period", PERIOD]
    return run("submit", str(path), *given, *more)


def test_a_file_goes_from_a_new_home_to_settled(place: Path):
    assert run("home", "init").exit_code == 0
    path = write_rows(place / "deaths.csv", manner_of_death={1: "Natural"}, means_of_death={1: "Firearm"})
    sent = submit(path)
    assert sent.exit_code == 0
    assert "Submission 1: accepted with queries" in sent.output
    assert "natural_has_no_means" in sent.output
    assert "accepted with queries" in run("submissions", "list").output
    assert "1  open, due 2026-04-01" in run("queries", "list").output
    assert run("queries", "answer", "1", "--answer", "It was a mistake.").exit_code == 0
    assert "It was a mistake." in run("queries", "show", "1").output
    assert "accepted in full" in run("queries", "close", "1").output
    assert "submission settled" in run("submissions", "show", "1").output
    assert "1 accepted" in run("home", "show").output
    assert "whole" in run("home", "check").output


def test_a_returned_file_exits_as_a_refused_submission(place: Path):
    run("home", "init")
    sent = submit(write_rows(place / "deaths.csv", date_of_death={1: "1960-01-01"}))
    assert sent.exit_code == errors.SubmissionRefused.exit_code
    assert "death_after_birth" in sent.output


def test_a_receipt_can_be_read_by_a_machine(place: Path):
    run("home", "init")
    path = write_rows(place / "deaths.csv")
    first, again = (json.loads(submit(path, "--json").stdout) for _ in range(2))
    assert (first["number"], first["state"], first["repeated"], first["result"]["rows"]) == (1, "accepted", False, 4)
    assert (again["number"], again["repeated"], again["result"]) == (1, True, None)


def test_sending_without_a_home_is_refused(place: Path):
    refused = submit(write_rows(place / "deaths.csv")).exception
    assert isinstance(refused, errors.RegistryRefused)
    assert refused.codes == ("home_missing",)


def test_two_homes_have_two_keys(place: Path):
    for name in ("one", "two"):
        assert run("home", "init", name).exit_code == 0
    keys = {(place / name / "keys" / "pseudonym.key").read_bytes() for name in ("one", "two")}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 2


def test_an_empty_desk_says_so():
    run("home", "init")
    assert "Nothing was sent yet." in run("submissions", "list").output
    assert "Nothing is asked." in run("queries", "list").output


def test_a_home_keeps_itself_out_of_every_repository(place: Path):
    run("home", "init", "kept")
    assert (place / "kept" / ".gitignore").read_text(encoding="utf-8").splitlines()[-1] == "*"


def test_queries_and_submissions_are_found_by_the_name_a_file_was_sent_to(place: Path):
    run("home", "init")
    submit(write_rows(place / "deaths.csv", manner_of_death={1: "Natural"}, means_of_death={1: "Firearm"}))
    for command in ("queries", "submissions"):
        told = [run(command, "list", "--dataset", name).output for name in ("demo/custody_deaths", "custody_deaths")]
        assert told[0] == told[1]
        assert "custody_deaths" in told[0]


def test_a_returned_file_sent_again_says_where_its_faults_are(place: Path):
    run("home", "init")
    path = write_rows(place / "deaths.csv", date_of_death={1: "1960-01-01"})
    submit(path)
    assert "openjustice submissions show 1" in submit(path).output


@pytest.mark.parametrize("answer", [("--file", "none.txt"), ("--file", "."), ("--file", "answer.txt")])
def test_an_answer_that_cannot_be_read_is_a_wrong_option(place: Path, answer: tuple[str, str]):
    run("home", "init")
    (place / "answer.txt").write_bytes("Größe".encode("latin-1"))
    assert run("queries", "answer", "1", *answer).exit_code == 2


def test_an_unknown_number_says_which_command_names_them():
    run("home", "init")
    for command in ("queries", "submissions"):
        assert f"openjustice {command} list" in str(run(command, "show", "9").exception)
