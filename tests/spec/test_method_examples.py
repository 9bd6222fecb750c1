"""Every worked example of every protection method and attack, run: the same files are rendered in the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from openjustice.ground import discovery
from openjustice.protect import attacks, methods

PLUGINS = [
    (package, attribute, name)
    for package, attribute in ((methods, "METHOD"), (attacks, "ATTACK"))
    for name in discovery.plugin_names(package)
]


def _folder(package: Any, name: str) -> Path:
    return Path(package.__path__[0]) / name


def _examples(package: Any, name: str) -> list[dict[str, Any]]:
    file = _folder(package, name) / "examples.yaml"
    return list(yaml.safe_load(file.read_text(encoding="utf-8"))["examples"]) if file.is_file() else []


EXAMPLES = [
    pytest.param(package, attribute, name, example, id=f"{name}: {example['title']}")
    for package, attribute, name in PLUGINS
    for example in _examples(package, name)
]


@pytest.mark.parametrize(("package", "attribute", "name", "example"), EXAMPLES)
def test_an_example_comes_out_as_written(package: Any, attribute: str, name: str, example: dict[str, Any]) -> None:
    plugin = discovery.load_plugin(package, name, attribute=attribute)
    assert plugin.example(example["given"]) == example["expect"]


@pytest.mark.parametrize(("package", "attribute", "name"), PLUGINS)
def test_a_plugin_has_its_claim_its_vetting_record_and_examples(package: Any, attribute: str, name: str) -> None:
    claim = (_folder(package, name) / "claim.md").read_text(encoding="utf-8")
    assert "## Vetting record" in claim
    assert "Sources" in claim
    assert _examples(package, name)
    assert discovery.load_plugin(package, name, attribute=attribute).name == name


@pytest.mark.parametrize(("package", "attribute", "name"), PLUGINS)
def test_each_parameter_is_explained(package: Any, attribute: str, name: str) -> None:
    parameters = discovery.load_plugin(package, name, attribute=attribute).parameters
    untold = [field for field in parameters.model_fields if field not in (parameters.__doc__ or "")]
    assert untold == []
