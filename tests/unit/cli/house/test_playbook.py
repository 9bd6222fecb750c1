"""Every dataset has a playbook made from its contract, in the reference and as a file for the clerk."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from openjustice.cli.house.reference import playbooks
from openjustice.cli.main import app
from openjustice.contracts import registry
from openjustice.ground.terms import Severity

LOADED = registry.load_registry()
DATASETS = [item for place in LOADED.jurisdictions.values() for item in place.datasets.values()]


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda item: item.address)
def test_a_playbook_names_every_column_and_every_rule_that_returns_a_file(dataset):
    page = playbooks.make_page(dataset, jurisdiction=LOADED.jurisdiction(dataset.jurisdiction))
    assert [name for name in dataset.contract.fields if f"| `{name}` |" not in page] == []
    hard = [item.says for item in dataset.checks.checks.values() if item.severity is Severity.HARD]
    assert [says for says in hard if says.replace("|", "\\|") not in page] == []
    assert ("To be confirmed" in page) == (dataset.contract.status == "to_confirm")
    assert f"openjustice check FILE --dataset {dataset.address}" in page


def test_a_playbook_is_written_for_the_clerk(tmp_path):
    done = CliRunner().invoke(
        app, ["registry", "playbook", "demo/custody_deaths", "--out", str(tmp_path / "playbook.md")]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "playbook.md").read_text().startswith("# Playbook: ")
