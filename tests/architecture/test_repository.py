"""The repository holds the product alone: no machine's path, no index address, no record, and locks that agree with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from architecture.linter import ROOT, tracked_files

TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".cfg",
    ".ini",
    ".sh",
    ".html",
    ".css",
    ".js",
    ".json",
    ".csv",
    ".svg",
    "",
}
# Written in pieces, so that this file does not find itself.
TRACES = {
    "a path of one machine": re.compile("/" + "(work|root|opt|Users)/[a-z]|/home/" + "[a-z]+/|/tmp/" + "[a-z]"),
    "an index address": re.compile(
        r"-" + r"-(extra-index-url|index-url|find-links)\b|files\.pythonhosted|pypi\.org/" + "simple"
    ),
    "a private host": re.compile(r"https?://[a-z0-9.-]+\.(internal|local|lan|corp)\b"),
}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
LIMIT = 1_500_000


def text_files() -> list[Path]:
    """List the tracked files that hold text."""
    return [path for path in tracked_files() if path.suffix in TEXT]


def project() -> dict:
    """Read the project's own description."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: Path) -> dict[str, list[Requirement]]:
    """Read the pinned requirements of a lock, by name."""
    found: dict[str, list[Requirement]] = {}
    for line in lock.read_text().splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\").strip())
            found.setdefault(requirement.name.lower(), []).append(requirement)
    return found


@pytest.mark.parametrize("name", TRACES)
def test_no_trace_of_a_machine(name: str):
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in text_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if TRACES[name].search(line)
    ]
    assert found == []


def test_no_large_file_and_no_store():
    assert [str(path) for path in tracked_files() if path.stat().st_size > LIMIT] == []
    assert [str(path) for path in tracked_files() if path.suffix in {".duckdb", ".wal", ".key"}] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_version_and_a_hash(lock: Path):
    text = lock.read_text()
    for blocks in pins(lock).values():
        for pin in blocks:
            assert [item.operator for item in pin.specifier] == ["=="]
    assert len(re.findall(r"(?m)^[A-Za-z0-9].*\\\n    --hash=sha256:[0-9a-f]{64}", text)) == len(
        re.findall(r"(?m)^[A-Za-z0-9]", text)
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_what_the_project_asks_for(lock: Path):
    extras = [text for extra in project()["project"]["optional-dependencies"].values() for text in extra]
    asked = [*project()["project"]["dependencies"], *extras, *project()["dependency-groups"]["build"]]
    if lock.stem != "run":
        asked += project()["dependency-groups"][lock.stem]
    pinned = pins(lock)
    for text in asked:
        requirement = Requirement(text)
        versions = [Version(next(iter(pin.specifier)).version) for pin in pinned.get(requirement.name.lower(), [])]
        assert versions, f"{requirement.name} is not in {lock.name}: run make lock"
        assert all(requirement.specifier.contains(version) for version in versions), (
            f"{requirement.name}: run make lock"
        )


def test_no_two_locks_disagree():
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, blocks in pins(lock).items():
            versions.setdefault(name, set()).add(" ".join(sorted(str(pin) for pin in blocks)))
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_every_dependency_says_why():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if re.match(r'  "[a-z].*[><=]', line)]
    assert len(dependencies) > 20
    assert [line for line in dependencies if "#" not in line] == []


def test_every_target_of_the_day_is_in_the_makefile():
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    assert {"help", "demo", "test", "check", "fix", "bench", "site", "docs"} <= targets


def test_continuous_integration_calls_the_same_targets():
    script = (ROOT / ".ci" / "run").read_text()
    assert "for target in check test" in script
    assert not re.search(r"\b(pytest|ruff|mypy)\b", script)


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "internals", "base"])
def test_no_room_for_odds_and_ends(word: str):
    offenders = [path for path in (ROOT / "src").rglob("*") if path.stem == word and path.suffix in {".py", ""}]
    assert [str(path.relative_to(ROOT)) for path in offenders] == []


def test_every_module_and_room_says_what_it_is():
    says = re.compile(r'\s*(#[^\n]*\n)*r?"""\S')
    lacking = [str(path) for path in sorted((ROOT / "src").rglob("*.py")) if not says.match(path.read_text())]
    assert lacking == []


def test_modules_stay_readable():
    long = {
        str(path.relative_to(ROOT)): count
        for path in sorted((ROOT / "src").rglob("*.py"))
        if (count := len(path.read_text().splitlines())) >= 400
    }
    assert long == {}
