"""What the architecture tests share: the tracked files of the repository, and the import linter."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "openjustice"
REPORT = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True, no_logo=True))"


@dataclass(frozen=True)
class Verdict:
    """What the linter said: whether all contracts were kept, and its whole report."""

    kept: bool
    report: str

    def breaks(self, contract: str) -> bool:
        """Say whether the contract of this name is among the broken ones."""
        return any(contract in line and "BROKEN" in line for line in self.report.splitlines())


def lint(folder: Path) -> Verdict:
    """Run the import contracts of a folder that holds `.importlinter` and `src`."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", REPORT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Verdict(kept=done.returncode == 0, report=done.stdout + done.stderr)


def tracked_files() -> list[Path]:
    """List the files that git tracks (or, outside a checkout, the files that are not ignored by name)."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0:
        return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    ignored = {".venv", "home", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not ignored & set(path.relative_to(ROOT).parts)]
