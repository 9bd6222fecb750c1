"""Agencies hand in files while the intake is killed and started again: no file is lost, and none is doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_nothing_is_lost_and_nothing_doubled_by_an_intake_that_is_killed(root: Path):
    script = root / "benchmarks" / "intake" / "run.py"
    command = [sys.executable, str(script), "--agencies", "5", "--seconds", "9", "--kills", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert found["files"] >= 5
    assert found["states"] == {"accepted": found["files"]}
    assert found["lost"] == found["doubled"] == found["not_receipted"] == found["not_genuine"] == 0
