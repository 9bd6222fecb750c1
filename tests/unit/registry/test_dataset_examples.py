"""Every dataset's own examples: the good file passes, and each bad one fails exactly the rule that it is named for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential.collect import tables, validate
from openjustice.confidential.collect.findings import Verdict
from openjustice.contracts.registry import Registry, load_registry
from openjustice.ground.terms import Severity

REGISTRY = Path(__file__).resolve().parents[3] / "registry"
TODAY = date(2026, 3, 2)
# Stops are taken until the end of March of the next year.
SENT = {"stops_2018": date(2020, 3, 2), "stops_2024": date(2025, 3, 2)}
EXAMPLES = sorted(path for path in REGISTRY.glob("*/datasets/*/examples/*") if path.suffix in (".csv", ".jsonl"))


@pytest.fixture(scope="module")
def loaded() -> Registry:
    """Load the registry once."""
    return load_registry([REGISTRY])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_an_example_does_what_its_name_says(loaded: Registry, path: Path) -> None:
    name, place = path.parts[-3], path.parts[-5]
    dataset = loaded.dataset(f"{place}/{name}")
    check = tables.check_delivery if dataset.contract.tables else validate.check_file
    result = check(path, dataset=dataset, jurisdiction=loaded.jurisdiction(place), today=SENT.get(name, TODAY))
    found = {tally.rule for tally in result.tallies}
    if path.stem == "good":
        assert (found, result.verdict) == (set(), Verdict.ACCEPTED)
        return
    assert found == {path.stem}
    is_hard = dataset.checks.checks[path.stem].severity is Severity.HARD
    assert result.verdict is (Verdict.RETURNED if is_hard else Verdict.ACCEPTED_WITH_QUERIES)
