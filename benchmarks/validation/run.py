"""Measures checking a file beside its peers, in one run: python benchmarks/validation/run.py [--rows N] [--rounds N] [--peers PYTHON].

Makes the file (seeded, with planted faults), then runs each in a process of its own, in turn over some rounds, and prints wall
seconds, processor seconds and peak memory; the least of each is compared. The first round of all compiles our kernels, which are
kept afterwards. Frictionless runs on the first rows alone, since it would take hours; its time is scaled by the rows, which
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
    parser.add_argument("--rounds", type=int, default=3)
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
        commands = {
            "openjustice": [sys.executable, HERE / "ours.py", path],
            "pandera (Polars), cast": [given.peers, HERE / "peer_pandera.py", path, "cast"],
            "pandera (Polars), coerce": [given.peers, HERE / "peer_pandera.py", path, "coerce"],
        }
        told: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
        for _ in range(given.rounds):  # in turn, so that what else the machine does meets all of them alike
            for name, command in commands.items():
                told[name] += [item for item in [measure(name, command)] if item]
        rows = min(SLICE, given.rows)
        part = measure("Frictionless, first rows", [given.peers, HERE / "peer_frictionless.py", path, str(rows)])
        told["Frictionless"] = [{key: value * given.rows / rows for key, value in part.items()}] if part else []
        ours = best(told.pop("openjustice"))
        for name, taken in told.items():
            if taken and ours:
                peer = best(taken)
                print(f"{name}: {peer['wall'] / ours['wall']:.1f} times our wall, "
                      f"{peer['cpu'] / ours['cpu']:.1f} times our processor time")  # fmt: skip


def best(taken: list[dict[str, float]]) -> dict[str, float]:
    """Return the least wall and processor time of some rounds."""
    return {key: min(item[key] for item in taken) for key in ("wall", "cpu")} if taken else {}


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
