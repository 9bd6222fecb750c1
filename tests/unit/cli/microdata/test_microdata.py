"""The commands on microdata: what is written satisfies what was asked, and no message holds a record's value."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli.microdata import microdata
from openjustice.ground import errors

HEAD = "age;place;race;outcome"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a table of 120 invented records, a population of twice as many, and hierarchies."""
    random = np.random.default_rng(4)
    rows = [
        f"{age};{'north' if place else 'south'};{'AB'[race]};{'xyz'[outcome]}"
        for age, place, race, outcome in random.integers(0, [6, 2, 2, 3], (120, 4)).tolist()
    ]
    (tmp_path / "records.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    (tmp_path / "people.csv").write_text("\n".join([HEAD, *rows, *rows]) + "\n")
    trees = tmp_path / "hierarchies"
    trees.mkdir()
    (trees / "age.csv").write_text("".join(f"{age};{age // 2 * 2}+;*\n" for age in range(6)))
    (trees / "x_hierarchy_place.csv").write_text("north;*\nsouth;*\n")
    (trees / "outcome.csv").write_text("x;*\ny;*\nz;*\n")
    return tmp_path


def run(*arguments: str | Path) -> str:
    app = typer.Typer()
    microdata.register(app)
    result = CliRunner().invoke(app, ["microdata", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return f"{result.exit_code}\n{result.output}"


def test_risk_is_told_in_figures(folder: Path):
    said = run(
        "risk", folder / "records.csv", "--key", "age, place", "--sensitive", "outcome", "--severe", "outcome=x",
        "--severe", "outcome=y", "--population", folder / "people.csv", "--population-size", "1000",
    )  # fmt: skip
    assert said.startswith("0\n")
    for words in ("records", "120", "fewest persons behind a record", "fewest values in a class", "by estimate"):
        assert words in said
    bare = run("risk", folder / "records.csv", "--key", "age", "--sensitive", "outcome")
    assert "by estimate" not in bare
    assert "records whose class tells outcome" in bare


def test_risk_as_json_is_the_same(folder: Path):
    said = run("risk", folder / "records.csv", "--key", "age,place,race", "--k", "3", "--json")
    found = json.loads(said.partition("\n")[2])
    assert (found["records"], found["key"], found["k"]) == (120, ["age", "place", "race"], 3)
    assert sum(int(size) * often for size, often in found["sizes"].items()) == 120


def test_harm_and_misfit_are_told_where_they_are(folder: Path):
    (folder / "small.csv").write_text(f"{HEAD}\n1;north;A;x\n1;north;A;x\n")
    (folder / "one.csv").write_text(f"{HEAD}\n1;north;A;x\n")
    said = run(
        "risk", folder / "small.csv", "--key", "age,place", "--sensitive", "outcome", "--severe", "outcome=x",
        "--population", folder / "one.csv",
    )  # fmt: skip
    assert "records in classes of severe values alone" in said
    assert "records that the population table lacks" in said


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_what_is_recoded_satisfies_what_was_asked(folder: Path, name: str):
    said = run(
        "recode", folder / "records.csv", "--hierarchies", folder / "hierarchies", "--key", "age,place", "--k", "7",
        "--suppress", "0.2", "--sensitive", "outcome", "--l", "recursive:4:2", "--t", "0.6", "--cap", "race=0.3",
        "--weight", "age=2", "--keep", "place", "--group", "race", "--certificate",
        "--out", folder / name, "--report", folder / "report.json",
    )  # fmt: skip
    assert said.startswith("0\n")
    assert "No other levels lose less." in said
    assert "Any file recoded along these hierarchies loses at least" in said
    report = json.loads((folder / "report.json").read_text())
    assert report["levels"]["place"] == 0
    assert report["lower_bound"] == pytest.approx(report["loss"])
    assert report["any_file_bound"] <= report["loss"]
    assert {group["label"] for group in report["groups"]} == {"A", "B"}
    assert set(report["seconds"]) == {"read", "prepare", "search", "write"}
    if name == "out.csv":
        lines = (folder / name).read_text().splitlines()
        assert lines[0] == "age;place;outcome"
        assert min(Counter(line.rpartition(";")[0] for line in lines[1:]).values()) >= 7
        assert len(lines) - 1 == report["records"] - report["suppressed"]


def test_a_search_without_time_has_an_answer_and_says_what_is_open(folder: Path):
    said = run(
        "recode", folder / "records.csv", "--hierarchies", folder / "hierarchies", "--key", "age,place", "--k", "30",
        "--suppress", "0.5", "--deadline", "0", "--out", folder / "out.csv",
    )  # fmt: skip
    assert "Stopped before it was proved: no levels lose less than 0.0" in " ".join(said.split())


def test_a_population_lets_more_be_kept_and_uneven_groups_are_named(folder: Path):
    rows = ["1;north;A;x"] * 50 + [f"{age};south;B;y" for age in range(6)]
    (folder / "records.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    asked: list[str | Path] = [
        "--hierarchies",
        folder / "hierarchies",
        "--key",
        "age,place",
        "--k",
        "2",
        "--suppress",
        "0.2",
    ]
    asked += ["--keep", "age", "--keep", "place", "--out"]
    said = run("recode", folder / "records.csv", *asked, folder / "out.csv", "--group", "race", "--metric", "entropy")
    assert "fare otherwise than chance would have it" in " ".join(said.split())
    (folder / "people.csv").write_text("\n".join([HEAD, *rows, *rows]) + "\n")
    said = run(
        "recode", folder / "records.csv", *asked, folder / "out.csv", "--population", folder / "people.csv", "--json"
    )
    assert json.loads(said.partition("\n")[2])["suppressed"] == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--key", "age,age"], "name each variable once"),
        (["--key", "age", "--cap", "race"], "variable=number"),
        (["--key", "age", "--cap", "race=much"], "variable=number"),
        (["--key", "age", "--l", "distinct:2"], "goes together"),
        (["--key", "age", "--sensitive", "outcome"], "goes together"),
        (["--key", "age", "--sensitive", "outcome", "--l", "recursive:4"], "recursive:4:3"),
        (["--key", "age", "--sensitive", "outcome", "--l", "much:4"], "recursive:4:3"),
        (["--key", "age", "--sensitive", "outcome", "--l", "distinct:x"], "recursive:4:3"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_the_way_to_write_it(folder: Path, more: list[str], words: str):
    said = run(
        "recode", folder / "records.csv", "--hierarchies", folder / "hierarchies", "--out", folder / "o.csv", *more
    )
    assert said.startswith("2\n")
    assert words in said


def test_a_value_without_a_line_is_refused_without_being_shown(folder: Path):
    (folder / "records.csv").write_text(f"{HEAD}\n77;north;A;x\n1;north;A;x\n")
    with pytest.raises(errors.ProtectionRefused) as caught:
        run(
            "recode",
            folder / "records.csv",
            "--hierarchies",
            folder / "hierarchies",
            "--key",
            "age",
            "--out",
            folder / "o",
        )
    assert caught.value.codes == ("hierarchy_incomplete",)
    assert "77" not in str(caught.value)
