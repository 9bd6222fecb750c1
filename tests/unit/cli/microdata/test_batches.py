"""The commands `microdata apply`, `hierarchy` and `special`."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openjustice.cli import main
from openjustice.ground import errors

FIRST = [("30", "F"), ("30", "F"), ("31", "M"), ("31", "F"), ("50", "M"), ("50", "M")]


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    path.write_text("age;sex\n" + "".join(f"{age};{sex}\n" for age, sex in rows), encoding="utf-8")
    return path


def call(*words: str | Path) -> str:
    done = CliRunner().invoke(main.app, ["microdata", *map(str, words)])
    if isinstance(done.exception, errors.Refusal):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder, kept = tmp_path / "trees", tmp_path / "frozen.json"
    folder.mkdir()
    call("hierarchy", "--ages", "30", "59", "--widths", "10", "--out", folder / "age.csv")
    (folder / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    call(
        "localize", write(tmp_path / "first.csv", FIRST), "--hierarchies", folder, "--key", "age,sex", "--k", "2",
        "--out", tmp_path / "first_out.csv", "--freeze", kept,
    )  # fmt: skip
    return kept


def test_a_batch_that_fits_is_shown_in_the_classes_that_went_out(frozen: Path, tmp_path: Path):
    batch = write(tmp_path / "second.csv", [("30", "F"), ("50", "M")])
    out, union, report = tmp_path / "second_out.csv", tmp_path / "union.json", tmp_path / "report.json"
    said = call(
        "apply", batch, "--recoding", frozen, "--hierarchies", tmp_path / "trees", "--out", out, "--union", union,
        "--report", report,
    )  # fmt: skip
    assert "every class holds at least" in " ".join(said.split())
    with out.open(encoding="utf-8") as stream:
        shown = [tuple(row) for row in csv.reader(stream, delimiter=";")][1:]
    published = {tuple(item["labels"]) for item in json.loads(frozen.read_text())["classes"]}
    assert len(shown) == 2
    assert set(shown) <= published
    counted = Counter({tuple(item["labels"]): item["records"] for item in json.loads(union.read_text())["classes"]})
    assert sum(counted.values()) == len(FIRST) + 2
    assert json.loads(report.read_text())["is_safe"]


def test_a_batch_that_fits_no_class_is_refused_and_reported(frozen: Path, tmp_path: Path):
    batch, report = write(tmp_path / "second.csv", [("44", "F")]), tmp_path / "report.json"
    with pytest.raises(errors.ProtectionRefused) as caught:
        call(
            "apply", batch, "--recoding", frozen, "--hierarchies", tmp_path / "trees", "--out", tmp_path / "no.csv",
            "--report", report,
        )  # fmt: skip
    assert caught.value.codes == ("union_unsafe",)
    assert json.loads(report.read_text())["unfit_records"] == 1
    assert not (tmp_path / "no.csv").exists()


@pytest.mark.parametrize("text", ["no json", "[]", "{}"])
def test_what_is_no_recoding_is_refused(frozen: Path, tmp_path: Path, text: str):
    frozen.write_text(text, encoding="utf-8")
    with pytest.raises(errors.ProtectionRefused):
        call(
            "apply",
            write(tmp_path / "b.csv", FIRST),
            "--recoding",
            frozen,
            "--hierarchies",
            tmp_path / "trees",
            "--out",
            tmp_path / "o.csv",
        )


@pytest.mark.parametrize(
    ("words", "lines", "first"),
    [
        (["--days", "2024-01-30", "2024-02-01"], 3, "2024-01-30;2024-01;2024-Q1;2024;*"),
        (["--ages", "18", "20", "--missing"], 4, "18;15-19;10-19;0-19;*"),
        (["--codelist", "demo/counties", "--by", "region"], 12, "Aldermoor;Coast;*"),
        (["--crosswalk", "offense_summary_to_arrest_group"], 0, "01;violent;*"),
    ],
)
def test_hierarchies_are_written(tmp_path: Path, words: list[str], lines: int, first: str):
    out = tmp_path / "tree.csv"
    assert "levels" in call("hierarchy", *words, "--out", out)
    written = out.read_text(encoding="utf-8").splitlines()
    assert written[0] == first
    assert not lines or len(written) == lines


def test_lists_that_nobody_declared_and_attributes_that_do_not_nest_are_refused(tmp_path: Path):
    out = tmp_path / "tree.csv"
    for words in (["--codelist", "demo/nothing"], ["--codelist", "nowhere/counties"], ["--crosswalk", "nothing"]):
        with pytest.raises(errors.RegistryRefused):
            call("hierarchy", *words, "--out", out)
    with pytest.raises(errors.ProtectionRefused):
        call("hierarchy", "--codelist", "demo/counties", "--by", "small_area", "--out", out)
    for words in ([], ["--ages", "1", "2", "--crosswalk", "x"], ["--ages", "1", "9", "--widths", "wide"]):
        assert CliRunner().invoke(main.app, ["microdata", "hierarchy", *words, "--out", str(out)]).exit_code == 2


def test_attributes_climb_one_above_the_other(tmp_path: Path):
    call("hierarchy", "--codelist", "demo/counties", "--by", "region,region", "--out", tmp_path / "tree.csv")
    assert "Aldermoor;Coast;Coast;*" in (tmp_path / "tree.csv").read_text(encoding="utf-8")


def test_special_uniques_are_counted_by_size(tmp_path: Path):
    table = write(tmp_path / "t.csv", [("30", "F"), ("30", "M"), ("31", ""), ("32", "F"), ("32", "F")])
    told = json.loads(call("special", table, "--key", "age,sex", "--json"))
    assert told["sample_uniques"] == 3
    assert told["minimal_uniques_by_size"] == {"1": 2, "2": 1}
    said = call("special", table, "--key", "age,sex")
    assert "3 of them unique" in " ".join(said.split())
