"""Measures checking a file beside its peers, in one run: python benchmarks/validation/run.py [--rows N] [--peers PYTHON].

Makes the file (seeded, with planted faults), then runs each in a process of its own and prints wall seconds, processor seconds
and peak memory. Frictionless runs on the first rows alone, since it would take hours; its time is scaled by the rows, which
flatters it: its fixed cost is scaled as well, and it is small.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SLICE = 50_000


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--file", type=Path, help="a file made before, to keep or to use again")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has frictionless and pandera[polars]")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.file or Path(folder) / "spells.csv"
        if not path.exists():
            subprocess.run([sys.executable, HERE / "generate.py", path, "--rows", str(given.rows)], check=True)
        print(
            f"{path.stat().st_size / 1e9:.2f} GB, {given.rows:,} rows, 30 columns, 40 rules; load {os.getloadavg()[0]:.1f}"
        )
        ours = measure("openjustice", [sys.executable, HERE / "ours.py", path])
        coerced, cast = (
            measure(f"pandera (Polars), {way}", [given.peers, HERE / "peer_pandera.py", path, way])
            for way in ("coerce", "cast")
        )
        rows = min(SLICE, given.rows)
        part = measure("Frictionless, first rows", [given.peers, HERE / "peer_frictionless.py", path, str(rows)])
        for name, told, scale in (
            ("pandera, coerce", coerced, 1.0), ("pandera, cast", cast, 1.0), ("Frictionless", part, given.rows / rows),
        ):  # fmt: skip
            if told and ours:
                print(f"{name}: {told['wall'] * scale / ours['wall']:.1f} times our wall, "
                      f"{told['cpu'] * scale / ours['cpu']:.1f} times our processor time")  # fmt: skip


def measure(name: str, command: list[Any]) -> dict[str, float] | None:
    """Run a command and print what it took; nothing where the peer is not installed."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        environment = {**os.environ, "POLARS_MAX_THREADS": "2"}
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=subprocess.PIPE, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        out.seek(0)
        told = out.read().decode().strip().splitlines()
    if status or not told:
        problem = (process.stderr.read().decode().strip().splitlines() or ["no output"])[-1] if process.stderr else ""
        print(f"{name}: not run ({problem})")
        return None
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"{name}: {wall:.1f} s wall, {cpu:.1f} s processor, {memory:,.0f} MiB peak; {json.loads(told[-1])}")
    return {"wall": wall, "cpu": cpu}


if __name__ == "__main__":
    main()
