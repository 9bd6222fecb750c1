"""The command `check`: what a clerk sees, and what a program reads."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from openjustice.cli import main
from openjustice.contracts import registry
from openjustice.ground import errors

GOOD = registry.shipped_registry() / "demo" / "datasets" / "custody_deaths" / "examples" / "good.csv"


@pytest.fixture
def run(monkeypatch):
    """Run the command line."""
    monkeypatch.setenv("OPENJUSTICE_NOW", "2026-03-02T10:00:00+00:00")
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *words: CliRunner().invoke(main.app, ["check", *map(str, words)])


@pytest.fixture
def bad(tmp_path):
    """Give a file with one unknown code."""
    path = tmp_path / "bad.csv"
    path.write_text(GOOD.read_text(encoding="utf-8").replace("Male", "Mail", 1), encoding="utf-8")
    return path


def test_a_good_file_exits_with_0(run):
    answer = run(GOOD, "--dataset", "demo/custody_deaths")
    assert answer.exit_code == 0
    assert "This file can be sent." in answer.output


def test_a_bad_file_exits_with_11_and_says_where_and_what_to_do(run, bad):
    answer = run(bad, "--dataset", "demo/custody_deaths")
    assert answer.exit_code == errors.SubmissionRefused.exit_code == 11
    assert "cannot be accepted yet" in answer.output
    assert "codelist" in answer.output
    assert "Next:" in answer.output
    assert "Mail" not in answer.output


def test_json_is_all_that_is_printed(run, bad):
    answer = run(bad, "--dataset", "demo/custody_deaths", "--json")
    told = json.loads(answer.stdout)
    assert (told["verdict"], told["rules"][0]["lines"]) == ("returned", [2])


def test_a_page_is_written(run, bad, tmp_path):
    run(bad, "--dataset", "demo/custody_deaths", "--html", tmp_path / "page.html")
    assert "cannot be accepted yet" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_an_unknown_file_or_dataset_is_refused(run, tmp_path):
    assert isinstance(
        run(tmp_path / "none.csv", "--dataset", "demo/custody_deaths").exception, errors.SubmissionRefused
    )
    assert isinstance(run(GOOD, "--dataset", "nothing").exception, errors.RegistryRefused)


def test_a_narrow_terminal_gets_a_block_for_each_rule(run, bad, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    told = run(bad, "--dataset", "demo/custody_deaths").output
    assert "\n  sex, line 2 " in told
    assert "registry show demo/custody_deaths --field sex" in told
    assert "┃" not in told
    assert max(map(len, told.splitlines())) <= 80


def test_a_good_file_is_told_how_it_is_sent(run):
    assert f"openjustice submit {GOOD} --dataset demo/custody_deaths" in run(GOOD, "--dataset", "custody_deaths").output


@pytest.mark.parametrize(
    ("words", "code"), [((".",), "file_is_folder"), ((GOOD, "--layout", "none"), "layout_unknown")]
)
def test_what_cannot_be_checked_is_refused(run, words, code):
    assert run(*words, "--dataset", "demo/custody_deaths").exception.codes == (code,)


@pytest.mark.parametrize("option", [("--html", "none/page.html"), ("--html", "."), ("--registry", "none")])
def test_a_place_that_is_not_there_stops_before_the_check(run, option):
    assert run(GOOD, "--dataset", "demo/custody_deaths", *option).exit_code == 2


def test_where_lines_are_left_out_the_way_to_all_of_them_is_said(run, tmp_path):
    head, *rows = GOOD.read_text(encoding="utf-8").splitlines()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("\n".join([head, *(row.replace("Male", "Mail") for row in rows)]), encoding="utf-8")
    told = run(wrong, "--dataset", "demo/custody_deaths", "--lines", "2").output
    longest = sum("Mail" in row for row in wrong.read_text(encoding="utf-8").splitlines())
    assert f"See every line: --lines {longest}" in told
    assert "See every line" not in run(wrong, "--dataset", "demo/custody_deaths", "--lines", longest).output
