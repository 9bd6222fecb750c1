"""Lock 2, continued: a linter cannot see a dynamic import, so only `ground.discovery` may make one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from architecture.linter import SOURCES

ALLOWED = SOURCES / "ground" / "discovery.py"
DYNAMIC = {"importlib", "imp", "runpy", "pkgutil", "zipimport"}
HARMLESS = {"importlib.metadata", "importlib.resources"}
BY_NAME = {"__import__", "exec", "eval", "compile"}


def dynamic_imports(source: str) -> list[int]:
    """Find the lines of a source that could import by a name made at run time."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), names=names):
                modules = [f"{module}.{alias.name}" if module in DYNAMIC else module for alias in names]
            case ast.Call(func=ast.Name(id=name)) if name in BY_NAME:
                found.append(node.lineno)
                continue
            case _:
                continue
        if any(module.partition(".")[0] in DYNAMIC and module not in HARMLESS for module in modules):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import importlib",
        "from importlib import import_module",
        "import importlib.util",
        "__import__('openjustice.confidential')",
        "exec('import openjustice.confidential')",
        "import runpy",
    ],
)
def test_a_dynamic_import_is_seen(source: str):
    assert dynamic_imports(source) == [1]


@pytest.mark.parametrize(
    "source", ["import json", "from importlib import resources", "import importlib.metadata", "re.compile('a')"]
)
def test_an_ordinary_import_is_not(source: str):
    assert dynamic_imports(source) == []


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCES)))
def test_only_discovery_imports_dynamically(path: Path):
    if path == ALLOWED:
        assert dynamic_imports(path.read_text())
    else:
        assert dynamic_imports(path.read_text()) == []
