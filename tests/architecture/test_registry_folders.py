"""One folder is enough: every folder of the registry and every plug-in folder is complete."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from architecture.linter import ROOT, SOURCES
from openjustice.contracts import registry, synthetic

REGISTRY = ROOT / "registry"
JURISDICTIONS = sorted(path.parent.name for path in REGISTRY.glob("*/jurisdiction.yaml"))
DATASETS = sorted(path for path in REGISTRY.glob("*/datasets/*") if path.is_dir())
INDICATORS = sorted(path for path in REGISTRY.glob("*/indicators/*") if path.is_dir())
METHODS = sorted((SOURCES / "protect" / "methods").glob("*/__init__.py"))
ATTACKS = sorted((SOURCES / "protect" / "attacks").glob("*/__init__.py"))
CHECKS = sorted((SOURCES / "confidential" / "collect" / "checks").glob("*/__init__.py"))
FORMATS = sorted((SOURCES / "public" / "publish" / "formats").glob("*/__init__.py"))
METHOD_SAYS = ("claim", "assum", "intruder", "vetting")
ATTACK_SAYS = ("intruder", "verdict", "vetting")


def named(path: Path) -> str:
    """Name a folder for a test's report."""
    return str((path.parent if path.name == "__init__.py" else path).relative_to(ROOT))


def lacks(folder: Path, *names: str) -> list[str]:
    """List the files that a folder should have and has not, or has empty."""
    return [name for name in names if not (folder / name).is_file() or not (folder / name).read_text().strip()]


def test_there_is_something_to_look_at():
    assert "demo" in JURISDICTIONS
    assert len(DATASETS) >= 3


def test_the_whole_registry_loads():
    loaded = registry.load_registry([REGISTRY])
    assert sorted(loaded.jurisdictions) == JURISDICTIONS


@pytest.mark.parametrize("name", JURISDICTIONS)
def test_a_jurisdiction_is_complete(name: str):
    assert lacks(REGISTRY / name, "jurisdiction.yaml", "license.md") == []


@pytest.mark.parametrize("folder", DATASETS, ids=named)
def test_a_dataset_is_complete(folder: Path):
    assert lacks(folder, "contract.yaml", "checks.yaml", "policy.yaml", "notes.md") == []
    # Records within records are shown as such: one line for each, with those that hang on it inside.
    assert not lacks(folder, "examples/good.csv") or not lacks(folder, "examples/good.jsonl")


@pytest.mark.parametrize("folder", DATASETS, ids=named)
def test_notes_say_what_can_and_what_cannot_be_inferred(folder: Path):
    notes = (folder / "notes.md").read_text().lower()
    assert "can be inferred" in notes
    assert "cannot be inferred" in notes


@pytest.mark.parametrize("folder", INDICATORS, ids=named)
def test_an_indicator_is_complete_with_its_worked_examples(folder: Path):
    assert lacks(folder, "indicator.yaml", "examples.yaml") == []
    assert yaml.safe_load((folder / "examples.yaml").read_text())["examples"]


@pytest.mark.parametrize("path", METHODS, ids=named)
def test_a_method_is_complete(path: Path):
    assert lacks(path.parent, "method.py", "parameters.py", "claim.md", "examples.yaml") == []


@pytest.mark.parametrize("path", ATTACKS, ids=named)
def test_an_attack_is_complete(path: Path):
    assert lacks(path.parent, "attack.py", "parameters.py", "claim.md", "examples.yaml") == []


@pytest.mark.parametrize(
    ("path", "words"),
    [*((path, METHOD_SAYS) for path in METHODS), *((path, ATTACK_SAYS) for path in ATTACKS)],
    ids=lambda value: named(value) if isinstance(value, Path) else "",
)
def test_a_claim_says_against_whom_it_holds_and_who_vetted_it(path: Path, words: tuple[str, ...]):
    claim = (path.parent / "claim.md").read_text().lower()
    assert [word for word in words if word not in claim] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((path, "METHOD") for path in METHODS),
        *((path, "ATTACK") for path in ATTACKS),
        *((path, "CHECK") for path in CHECKS),
        *((path, "FORMAT") for path in FORMATS),
    ],
    ids=lambda value: named(value) if isinstance(value, Path) else value,
)
def test_a_plug_in_exports_its_one_name(path: Path, name: str):
    bound = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
    assert {item for item in bound if item.isupper()} == {name}


@pytest.mark.parametrize("folder", [path for path in DATASETS if path.parts[-3] == "demo"], ids=named)
def test_the_demo_invents_every_dataset(folder: Path):
    dataset = registry.load_registry([REGISTRY], only=["demo"]).jurisdiction("demo").datasets[folder.name]
    assert synthetic.read_generator(dataset) is not None
