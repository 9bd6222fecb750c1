"""What exists is documented: commands, refusals, lifecycles, links; and the reference pages are current."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from architecture.linter import ROOT, SOURCES, tracked_files
from openjustice.cli.main import JOURNEYS

PAGES = sorted(
    path for path in tracked_files() if path.suffix == ".md" and "registry" not in path.relative_to(ROOT).parts
)
REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")


def refusal_codes() -> set[str]:
    """Find every refusal's code in the sources: given to `because`, `fault` or `Fault`."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"] if name == "Fault" else []
            if name in {"because", "fault"} and node.args:
                given.append(node.args[0])
            found |= {item.value for item in given if isinstance(item, ast.Constant) and isinstance(item.value, str)}
    return found


def test_every_refusal_is_documented():
    page = (REFERENCE / "refusals.md").read_text()
    codes = refusal_codes()
    assert len(codes) > 10
    assert sorted(code for code in codes if f"`{code}`" not in page) == []


@pytest.mark.parametrize("name", JOURNEYS)
def test_every_command_is_documented(name: str):
    assert re.search(rf"(?m)^## {name}$", (REFERENCE / "commands.md").read_text())


def test_every_command_that_a_page_names_exists():
    told = {
        (str(path.relative_to(ROOT)), name)
        for path in PAGES
        for name in re.findall(r"(?m)^\s*openjustice ([a-z]+)", path.read_text())
    }
    assert len(told) > 10
    assert sorted((path, name) for path, name in told if name not in JOURNEYS) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_broken(page: Path):
    targets = [unquote(target) for target, _ in LINK.findall(page.read_text()) if not re.match(r"[a-z]+:", target)]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("folder", ["tutorials", "how-to", "reference", "explanation", "decisions"])
def test_each_part_of_the_documentation_stands(folder: str):
    assert [path for path in PAGES if path.parent == ROOT / "docs" / folder]


def test_every_decision_is_listed():
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text()
    records = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [path.name for path in records if path.name not in listed] == []


def test_every_test_that_security_names_exists():
    named = re.findall(r"`((?:tests|src)/[\w/.]+)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []
