"""The command that scores a table prints every line and the verdict, as text and as JSON, and refuses what it cannot judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli.house import tables
from openjustice.ground import errors

TABLE = """
title: Arrests of a county
smallest_count: 3
variables:
  - {as: residence_geography, population: 80000}
  - {as: race, choice: plus_aian_nhpi_mixed}
  - {as: age, years: 10}
  - {as: sex, choice: male_female}
  - {as: other, name: offense, categories: 4}
  - {as: period, choice: 1_year}
"""


@pytest.fixture
def described(tmp_path: Path) -> Path:
    path = tmp_path / "table.yaml"
    path.write_text(TABLE)
    return path


def run(*arguments: str) -> str:
    app = typer.Typer()
    tables.register(app)
    result = CliRunner().invoke(app, ["tables", "score", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_every_line_and_the_verdict_are_printed(described: Path) -> None:
    printed = " ".join(run(str(described)).split())
    for words in ("Arrests of a county", "+7", "+4", "24", "hide from 13", "must be hidden", "needs review"):
        assert words in printed


def test_the_same_as_json(described: Path) -> None:
    found = json.loads(run(str(described), "--json"))
    assert found["total"] == 24
    assert found["verdict"] == "suppress"
    assert sum(line["points"] for line in found["lines"]) == 24


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.write_text("title: t\nsmallest_count: 3\nvariables: [{as: sex, choice: male_female}]\n")
    printed = " ".join(run(str(path), "--rules", "calhhs_ddg_1").split())
    assert "not known" in printed
    assert "cannot be judged" in printed
    assert "(not verified)" in printed


def test_unknown_rules_and_a_table_that_says_too_little_are_refused(described: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.RegistryRefused) as refused:
        run(str(described), "--rules", "mine")
    assert refused.value.codes == ("unknown_scoring",)
    path = tmp_path / "other.yaml"
    path.write_text("title: t\nvariables: []\n")
    with pytest.raises(errors.RegistryRefused) as refused:
        run(str(path))
    assert refused.value.codes == ("missing_key",)
