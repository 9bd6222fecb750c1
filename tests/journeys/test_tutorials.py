"""The first tutorial, run as it is written: every command works, and ends with the exit code that the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTING_UP = ("make setup\n", ". .venv/bin/activate\n")


def blocks(page: str) -> list[str]:
    """Return the shell blocks of a tutorial, without the lines that set up the environment."""
    found = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "tutorials" / page).read_text(encoding="utf-8"), re.DOTALL)
    for line in SETTING_UP:
        found = [block.replace(line, "") for block in found]
    return [block for block in found if block.strip()]


@pytest.fixture
def walk(tmp_path: Path):
    """Run a block in a folder that looks like the project's, where the tutorial may leave its files."""
    (tmp_path / "registry").symlink_to(ROOT / "registry")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "80"}
    return lambda block: subprocess.run(
        ["bash", "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_the_first_check_goes_as_the_tutorial_says(walk, tmp_path: Path):
    done = [walk(block) for block in blocks("first-check.md")]
    assert [item.returncode for item in done] == [0, 0, 0, 11, 11], [item.stderr for item in done]
    shown, codes, good, broken, mended = (item.stdout for item in done)
    assert "record_number" in shown
    assert "Harrowdale" in codes
    assert "This file can be sent." in good
    assert all(
        rule in broken for rule in ("record_number_once", "codelist", "death_after_birth", "age_agrees_with_birth")
    )
    assert "codelist" not in mended
    assert (tmp_path / "report.html").is_file()
