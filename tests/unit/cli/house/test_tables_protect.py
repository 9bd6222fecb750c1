"""The command `tables protect`: from inner cells to a marked table that the audit finds safe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from laws.invented_cubes import random_cube
from openjustice.cli import main
from openjustice.protect.cubes import Cube
from unit.protect.test_plan_cubes import write, write_cells

RUNNER = CliRunner()


@pytest.fixture
def cube() -> Cube:
    return random_cube(7, sizes=(6, 4, 5))


def run(*arguments: object):
    return RUNNER.invoke(main.app, ["tables", *map(str, arguments)], catch_exceptions=False)


def test_a_table_is_protected_audited_and_protected_again_with_the_next_year(tmp_path: Path, cube: Cube):
    cells, dims = write_cells(tmp_path, cube, "t.cells.csv"), write(tmp_path, cube)
    marked, report = tmp_path / "t.marked.csv", tmp_path / "r.json"
    done = run("protect", cells, "--dims", dims, "--threshold", 4, "--out", marked, "--report", report)
    assert done.exit_code == 0
    assert "No attacker was declared" in done.stdout
    figures = json.loads(report.read_text())
    assert figures["threshold"] == 4
    rows = [line.split(",") for line in marked.read_text().splitlines()]
    assert rows[0] == ["v0", "v1", "v2", "freq", "status"]
    assert sum(row[-2] == "" for row in rows) == figures["small_counts_hidden"] + figures["others_hidden"]
    assert {row[-1] for row in rows[1:] if row[-2] == ""} == {"c"}
    assert run("audit", marked, "--dims", dims, "--exact-only").exit_code == 0
    attacker, known = tmp_path / "attacker.yaml", tmp_path / "known.csv"
    known.write_bytes(marked.read_bytes())
    attacker.write_text("known: [known.csv]\nminimum_width: 1\nnever_inside: null\n")
    second = tmp_path / "second.csv"
    asked = ["protect", cells, "--dims", dims, "--threshold", 4, "--out", second, "--attacker", attacker]
    done = run(*asked, "--earlier", marked, "--earlier-cells", cells)
    assert done.exit_code == 0
    assert "No attacker" not in done.stdout
    hidden = [[row.split(",")[-2] == "" for row in path.read_text().splitlines()] for path in (marked, second)]
    assert all(now or not before for before, now in zip(*hidden, strict=True)) or second.exists()
