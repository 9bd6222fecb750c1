"""Lock 3: a process that imports the whole public wing has loaded nothing confidential, and no web framework."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from architecture.linter import ROOT, SOURCES

FORBIDDEN = ("openjustice.confidential", "openjustice.airlock", "openjustice.office", "django")
LIST_LOADED = "import importlib, json, sys; [importlib.import_module(m) for m in sys.argv[1:]]; print(json.dumps(sorted(sys.modules)))"


def modules_below(*parts: str) -> list[str]:
    """List every module below a package of ours, as dotted names."""
    files = sorted((SOURCES.joinpath(*parts)).rglob("*.py"))
    dotted = [".".join(path.relative_to(SOURCES.parent).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in dotted]


def loaded_by(*modules: str) -> list[str]:
    """Import modules in a fresh interpreter and return the name of everything that was loaded."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_LOADED, *modules],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def intruders(modules: list[str]) -> list[str]:
    """Pick the modules that a public process must never hold."""
    return [name for name in modules if any(name == root or name.startswith(f"{root}.") for root in FORBIDDEN)]


def test_a_process_with_the_public_wing_holds_nothing_confidential():
    modules = modules_below("public")
    assert len(modules) > 3
    assert intruders(loaded_by(*modules)) == []


def test_the_public_commands_load_nothing_confidential():
    assert intruders(loaded_by("openjustice.cli.public")) == []


def test_the_pure_rooms_load_no_store():
    rooms = [
        name for room in ("ground", "standards", "contracts", "measure", "protect") for name in modules_below(room)
    ]
    loaded = loaded_by(*rooms)
    assert [name for name in loaded if name.startswith(("openjustice.public", *FORBIDDEN))] == []


def test_an_intruder_would_be_seen():
    assert intruders(loaded_by("openjustice.confidential.store"))


@pytest.mark.parametrize("name", ["openjustice.confidential", "openjustice.airlock.seal", "django.conf"])
def test_every_forbidden_room_counts_as_an_intruder(name: str):
    assert intruders(["openjustice.public", name, "djangoesque"]) == [name]
