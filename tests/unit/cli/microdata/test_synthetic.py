"""The commands `microdata synthesize` and `redraw`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openjustice.cli import main
from openjustice.ground import errors


def call(*words: str | Path) -> Result:
    done = CliRunner().invoke(main.app, ["microdata", *map(str, words)])
    if isinstance(done.exception, errors.Refusal):
        raise done.exception
    return done


@pytest.fixture
def asked(tmp_path: Path) -> list[str | Path]:
    (tmp_path / "stops.csv").write_text("age;sex\n" + "20;F\n" * 30 + "30;M\n" * 40, encoding="utf-8")
    trees = tmp_path / "trees"
    trees.mkdir()
    (trees / "age.csv").write_text("20;*\n30;*\n40;*\n", encoding="utf-8")
    (trees / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    return ["synthesize", tmp_path / "stops.csv", "--hierarchies", trees, "--key", "age,sex", "--epsilon", "2"]


def test_the_file_says_that_it_is_synthetic_and_can_be_drawn_again(asked: list[str | Path], tmp_path: Path) -> None:
    out, again, kept = tmp_path / "synthetic.csv", tmp_path / "synthetic_again.csv", tmp_path / "noisy.json"
    report = tmp_path / "report.json"
    done = call(*asked, "--rows", "50", "--seed", "4", "--out", out, "--measurements", kept, "--report", report)
    assert done.exit_code == 0, done.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "synthetic;age;sex"
    assert len(lines) == 51
    assert all(line.startswith("synthetic;") for line in lines[1:])
    about = json.loads((tmp_path / "synthetic.csv-metadata.json").read_text())
    assert about["dc:description"].startswith("Synthetic records")
    facts = json.loads(report.read_text())
    assert facts["synthetic"] is True
    assert (facts["records"], facts["epsilon"], facts["seed"]) == (50, 2.0, 4)
    assert call("redraw", kept, "--rows", "50", "--seed", "4", "--out", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()


def test_the_ledger_keeps_the_budget_of_each_dataset(asked: list[str | Path], tmp_path: Path) -> None:
    ledger, out = tmp_path / "spent.jsonl", tmp_path / "synthetic.csv"
    report = tmp_path / "report.json"
    wanted = [*asked, "--out", out, "--ledger", ledger, "--budget", "4", "--report", report]
    assert call(*wanted).exit_code == 0
    assert call(*wanted).exit_code == 0
    assert json.loads(report.read_text())["spent_in_all"] == 4.0
    with pytest.raises(errors.ProtectionRefused) as refused:
        call(*wanted)
    assert refused.value.codes == ("budget_spent",)
    assert len(ledger.read_text().splitlines()) == 2
    assert call(*wanted, "--dataset", "arrests").exit_code == 0


@pytest.mark.parametrize("text", ["{}\n", "no json\n", '{"dataset": "stops", "epsilon": 1, "delta": 0}'])
def test_a_ledger_that_cannot_be_read_lets_nothing_be_spent(asked: list[str | Path], tmp_path: Path, text: str) -> None:
    ledger, out = tmp_path / "spent.jsonl", tmp_path / "synthetic.csv"
    ledger.write_text(text, encoding="utf-8")
    with pytest.raises(errors.ProtectionRefused) as refused:
        call(*asked, "--out", out, "--ledger", ledger, "--budget", "4")
    assert refused.value.codes == ("ledger_damaged",)
    assert ledger.read_text(encoding="utf-8") == text
    assert not out.exists()


def test_what_is_no_measurement_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("[", encoding="utf-8")
    with pytest.raises(errors.ProtectionRefused):
        call("redraw", tmp_path / "no.json", "--out", tmp_path / "synthetic.csv")


def test_options_that_do_not_go_together_are_said(asked: list[str | Path], tmp_path: Path) -> None:
    assert call(*asked, "--out", tmp_path / "file.csv").exit_code == 2
    assert call(*asked, "--out", tmp_path / "synthetic.csv", "--budget", "4").exit_code == 2
