"""Every dataset's own examples: the good file passes, and each bad one fails exactly the rule that it is named for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from openjustice.confidential.collect import validate
from openjustice.confidential.collect.findings import Verdict
from openjustice.contracts.registry import Registry, load_registry
from openjustice.ground.terms import Severity

REGISTRY = Path(__file__).resolve().parents[3] / "registry"
TODAY = date(2026, 3, 2)
EXAMPLES = sorted(REGISTRY.glob("*/datasets/*/examples/*.csv"))


@pytest.fixture(scope="module")
def loaded() -> Registry:
    """Load the registry once."""
    return load_registry([REGISTRY])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_an_example_does_what_its_name_says(loaded: Registry, path: Path) -> None:
    name, place = path.parts[-3], path.parts[-5]
    dataset = loaded.dataset(f"{place}/{name}")
    result = validate.check_file(path, dataset=dataset, jurisdiction=loaded.jurisdiction(place), today=TODAY)
    found = {tally.rule for tally in result.tallies}
    if path.stem == "good":
        assert (found, result.verdict) == (set(), Verdict.ACCEPTED)
        return
    assert found == {path.stem}
    is_hard = dataset.checks.checks[path.stem].severity is Severity.HARD
    assert result.verdict is (Verdict.RETURNED if is_hard else Verdict.ACCEPTED_WITH_QUERIES)
