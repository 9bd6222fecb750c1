"""The attack command works on public files alone, prints row numbers and no value, and refuses what cannot be looked up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openjustice.cli import main
from openjustice.ground import errors

RELEASE = "area,age_band,cause\nNorth,30-39,A\nNorth,30-39,B\nNorth,70+,A\nSouth,30-39,B\nSouth,30-39,A\n"
PEOPLE = "name,area,age\nZzyzx Canary,North,74\nZzyzx Other,South,33\nZzyzx Third,East,20\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    release, people = tmp_path / "released.csv", tmp_path / "people.csv"
    release.write_text(RELEASE)
    people.write_text(PEOPLE)
    return release, people


def run(release: Path, people: Path, *more: str) -> Result:
    return CliRunner().invoke(main.app, ["attack", str(release), "--with", str(people), *more], env={"COLUMNS": "160"})


def test_matches_are_row_numbers_with_their_probability(files):
    result = run(*files, "--key", "area,age_band=age", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["matches"] == [
        {"person": 1, "candidates": 1, "record": 3, "probability": 1.0, "tied": 1},
        {"person": 2, "candidates": 2, "record": 4, "probability": 0.5, "tied": 2},
    ]
    assert (told["people"], told["placed"], told["alone"], told["surely_named"]) == (3, 2, 1, 1)
    assert told["reveals"] == ["cause"]


@pytest.mark.parametrize("more", [(), ("--json",), ("--show", "0"), ("--in-file", "0.5", "--within", "age_band=1")])
def test_no_name_and_no_value_is_printed(files, more):
    result = run(*files, "--key", "area,age_band=age", *more)
    assert result.exit_code == 0
    assert not {word for word in ("Zzyzx", "Canary", "North", "South", "30-39", "74") if word in result.output}


def test_words_for_people(files):
    result = run(*files, "--key", "area,age_band=age")
    assert "1 point at one record alone" in result.output
    assert "4 and 1 more" in result.output
    assert "shows besides: cause" in result.output


def test_columns_of_one_name_are_taken_without_a_key(files):
    result = run(*files, "--json")
    assert json.loads(result.stdout)["key"] == ["area"]


def test_nothing_in_common_is_refused_with_the_way_out(files):
    release, people = files
    people.write_text("name,age\nZzyzx,4\n")
    with pytest.raises(errors.ProtectionRefused) as refused:
        main.load_command("attack").main([str(release), "--with", str(people)], standalone_mode=False)
    assert refused.value.codes == ("no_common_column",)


def test_unknown_columns_are_refused_all_at_once(files):
    result = run(*files, "--key", "areas,age_band=ages")
    assert isinstance(result.exception, errors.ProtectionRefused)
    assert result.exception.codes == ("unknown_column", "unknown_column", "unknown_column")


def test_a_tolerance_is_a_number(files):
    assert "--within wants whole numbers" in run(*files, "--within", "age=one").output


def test_an_exclusion_is_told_by_record_numbers(files, tmp_path):
    court = tmp_path / "court.csv"
    court.write_text("area,age_band\nNorth,30-39\n")
    result = run(files[0], court, "--attack", "exclusion")
    assert "succeeded" in result.output
    assert "Records: 3, 4, 5" in result.output
    shorter = run(files[0], court, "--attack", "exclusion", "--show", "1")
    assert "Records: 3 and 2 more" in shorter.output


def test_two_vintages_are_laid_side_by_side(files, tmp_path):
    before = tmp_path / "before.csv"
    before.write_text(RELEASE.rsplit("South", 1)[0])
    result = run(files[0], before, "--attack", "record_differencing", "--wants", "cause", "--json")
    told = json.loads(result.stdout)
    assert told["figures"]["differences"] > 0
    assert not told["passed"]
    again = run(files[0], files[0], "--attack", "record_differencing", "--key", "area,age_band")
    assert "withstood" in again.output


def test_the_folder_of_a_release_holds_one_record_file(files, tmp_path):
    _, people = files
    folder = tmp_path / "release" / "microdata"
    folder.mkdir(parents=True)
    (folder / "deaths.csv").write_text(RELEASE)
    assert run(tmp_path / "release", people).exit_code == 0
    plain = tmp_path / "unpacked"
    plain.mkdir()
    result = run(plain, people)
    assert isinstance(result.exception, errors.ProtectionRefused)
    assert result.exception.codes == ("record_file_unclear",)
