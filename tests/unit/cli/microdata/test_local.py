"""The commands `microdata localize` and `microdata suppress`: what they write, say and refuse."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openjustice.cli import main
from openjustice.ground import errors

ROWS = [("30", "F"), ("30", "F"), ("30", "F"), ("31", "F"), ("31", "M"), ("50", "M"), ("50", "")]
AGES = "30;30-39;*\n31;30-39;*\n50;50-59;*\n"
SEXES = "F;*\nM;*\n;*\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("age;sex;note\n" + "".join(f"{age};{sex};x\n" for age, sex in ROWS), encoding="utf-8")
    folder = tmp_path / "trees"
    folder.mkdir()
    (folder / "age.csv").write_text(AGES, encoding="utf-8")
    (folder / "sex.csv").write_text(SEXES, encoding="utf-8")
    return path


def call(*words: str | Path) -> str:
    done = CliRunner().invoke(main.app, ["microdata", *map(str, words)])
    if isinstance(done.exception, errors.Refusal):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def read(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8") as stream:
        return [tuple(row) for row in csv.reader(stream, delimiter=";")][1:]


def test_localize_shows_each_class_alike_and_loses_nobody(table: Path, tmp_path: Path):
    out, report = tmp_path / "out.csv", tmp_path / "report.json"
    said = call(
        "localize", table, "--hierarchies", tmp_path / "trees", "--key", "age,sex", "--k", "2", "--out", out,
        "--report", report, "--certificate", "--importance", "age=2",
    )  # fmt: skip
    rows = read(out)
    assert len(rows) == 7
    assert min(Counter(rows).values()) >= 2
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["records"], told["dropped"], told["k"]) == (7, 0, 2)
    assert told["lower_bound"] <= told["loss"]
    assert sum(told["records_by_level"]["age"]) == 7
    assert "smallest class" in said


@pytest.mark.parametrize("blank", ["strict", "matches-anything"])
def test_suppress_blanks_single_values(table: Path, tmp_path: Path, blank: str):
    out, report = tmp_path / "out.csv", tmp_path / "report.json"
    said = call(
        "suppress", table, "--key", "age,sex", "--k", "2", "--blank", blank, "--out", out, "--report", report
    )  # fmt: skip
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["blanked_in_all"] == sum(told["blanked"].values())
    assert "written: out.csv" in said
    rows = read(out)
    assert len(rows) == 7
    if blank == "strict":
        assert min(Counter(rows).values()) >= 2
        assert told["least_price"] <= told["price"]
    else:
        assert told["fewest_matches"] >= 2
        assert told["blanked_in_all"] <= 2


def test_the_same_records_give_the_same_bytes(table: Path, tmp_path: Path):
    for name in ("one", "two"):
        call("suppress", table, "--key", "age,sex", "--k", "3", "--out", tmp_path / f"{name}.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ["--key", "age,age"],
        ["--key", "age,"],
        ["--key", "age", "--importance", "age=many"],
        ["--key", "age", "--importance", "b=1"],
    ],
)
def test_names_and_numbers_that_cannot_be_meant_are_refused(table: Path, tmp_path: Path, words: list[str]):
    done = CliRunner().invoke(main.app, ["microdata", "suppress", str(table), *words, "--out", str(tmp_path / "o.csv")])
    assert done.exit_code == 2


@pytest.mark.parametrize("blank", ["strict", "matches-anything"])
def test_fewer_records_than_k_are_refused(table: Path, tmp_path: Path, blank: str):
    with pytest.raises(errors.ProtectionRefused) as caught:
        call("suppress", table, "--key", "age", "--k", "9", "--blank", blank, "--out", tmp_path / "o.csv")
    assert caught.value.codes == ("too_few_records",)


def test_the_weaker_reading_takes_few_variables_alone(tmp_path: Path):
    names = [f"v{place}" for place in range(17)]
    table = tmp_path / "wide.csv"
    table.write_text("\n".join([";".join(names), *[";".join("1" * 17)] * 3]) + "\n", encoding="utf-8")
    with pytest.raises(errors.ProtectionRefused) as caught:
        call(
            "suppress",
            table,
            "--key",
            ",".join(names),
            "--k",
            "2",
            "--blank",
            "matches-anything",
            "--out",
            tmp_path / "o.csv",
        )
    assert caught.value.codes == ("reading_too_weak",)
