"""A copy of the sources in which a breach can be planted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from architecture.linter import ROOT, SOURCES, Verdict, lint


@pytest.fixture
def breach(tmp_path: Path) -> Callable[..., Verdict]:
    """Plant lines in a copy of the sources, and give the linter's verdict on the copy."""
    shutil.copytree(SOURCES, tmp_path / "src" / "openjustice", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)

    def plant(path: str, lines: str) -> Verdict:
        target = tmp_path / "src" / "openjustice" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in [target.parent, *target.parent.parents]:
            if folder == tmp_path / "src":
                break
            (folder / "__init__.py").touch()
        with target.open("a") as file:
            file.write(f"\n{lines}\n")
        return lint(tmp_path)

    return plant
