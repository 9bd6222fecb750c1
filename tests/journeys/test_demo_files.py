"""The invented files pass their own checks, and the checks find exactly the oddities that the rows have."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential.collect import validate
from openjustice.contracts import registry, synthetic
from openjustice.contracts.jurisdiction import Jurisdiction

TODAY = date(2026, 3, 2)
DATASETS = ["county_arrests", "custody_deaths", "population"]


@pytest.fixture(scope="module")
def demo(registry_root: Path) -> Jurisdiction:
    """Load the invented jurisdiction."""
    return registry.load_registry([registry_root], only=["demo"]).jurisdiction("demo")


@pytest.fixture(scope="module")
def files(demo: Jurisdiction, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Invent the files once."""
    return synthetic.make_synthetic_files(demo, directory=tmp_path_factory.mktemp("invented"), seed=7)


def found_in(path: Path, demo: Jurisdiction, name: str) -> dict[str, list[int]]:
    """Check a file, and return the lines that each rule found."""
    result = validate.check_file(
        path, dataset=demo.datasets[name], jurisdiction=demo, today=TODAY, limit_per_rule=10_000
    )
    assert result.verdict in {"accepted", "accepted_with_queries"}
    lines: dict[str, list[int]] = {}
    for finding in result.findings:
        assert finding.line is not None
        lines.setdefault(finding.rule, []).append(finding.line)
    return lines


def odd(row: dict[str, str]) -> list[str]:
    """Say by hand which soft rules a row of deaths fails."""
    age = int(row["age"]) if row["age"].isdigit() else None
    return [
        rule
        for rule, fails in {
            "natural_has_no_means": (row["manner_of_death"], row["means_of_death"]) == ("Natural", "Other"),
            "arrest_has_a_scene": row["custody_status"] == "Process of Arrest"
            and row["facility"] not in {"Arrest Scene", "Local Hospital"},
            "young_in_a_juvenile_facility": row["facility"] == "Juvenile Facility" and age is not None and age >= 25,
        }.items()
        if fails
    ]


@pytest.mark.parametrize("name", DATASETS)
def test_the_worked_example_of_a_dataset_is_accepted_without_a_finding(demo: Jurisdiction, name: str):
    example = demo.datasets[name].folder.path.parent / "examples" / "good.csv"
    assert found_in(example, demo, name) == {}


@pytest.mark.parametrize("name", ["county_arrests", "population"])
def test_an_invented_file_without_persons_has_no_oddity(demo: Jurisdiction, files: dict[str, Path], name: str):
    assert found_in(files[name], demo, name) == {}


def test_the_invented_deaths_have_exactly_their_oddities(demo: Jurisdiction, files: dict[str, Path]):
    with files["custody_deaths"].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected: dict[str, list[int]] = {}
    for line, row in enumerate(rows, start=2):
        for rule in odd(row):
            expected.setdefault(rule, []).append(line)
    assert len(expected) == 3
    assert found_in(files["custody_deaths"], demo, "custody_deaths") == expected


def test_the_small_counties_have_small_counts(files: dict[str, Path]):
    with files["custody_deaths"].open(encoding="utf-8", newline="") as stream:
        counts = Counter(row["county"] for row in csv.DictReader(stream))
    assert counts["Aldermoor"] > 500
    assert 0 < counts["Lowmark"] < 20
