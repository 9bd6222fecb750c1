"""Measures checking deliveries of stops: python benchmarks/stops/run.py [--stops N ...] [--faults] [--folder FOLDER].

Invents stops in the shape of 2024 (seeded), clean, and checks each delivery with all rules in a process of its own: wall and
processor seconds and peak memory. With --faults it plants each fault in stops that are right in all else, and prints for every edit
how many of the planted faults were found, and what else was.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stops", type=int, nargs="*", default=[1_000_000, 5_000_000])
    parser.add_argument("--faults", action="store_true", help="plant faults and print the table by edit")
    parser.add_argument("--folder", type=Path, help="where the deliveries are made; kept if given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        for stops in given.stops:
            place = folder / f"stops {stops}"
            if not place.exists():
                told = _measure([sys.executable, HERE / "make.py", place, str(stops)])
                print(f"{stops:,} stops made: {told['cpu']:.0f} processor s")
            told = _measure([sys.executable, HERE / "check.py", place])
            print(
                f"{stops:,} stops, {told['rows']:,} rows, {told['bytes'] / 1e9:.2f} GB: wall {told['wall']:.1f} s, processor "
                f"{told['cpu']:.1f} s, peak {told['memory']:.0f} MiB; found {told['found']}; load {os.getloadavg()[0]:.1f}"
            )
            if not given.folder:
                shutil.rmtree(place)
        if given.faults:
            subprocess.run([sys.executable, HERE / "faults.py", str(folder)], check=True)


def _measure(command: list[object]) -> dict[str, float]:
    """Run a command; return what it took beside what it told as JSON."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            raise SystemExit(f"{command[1]} failed")
        out.seek(0)
        told = json.loads(out.read())
    taken = {
        "wall": time.perf_counter() - started,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss / 1024,
    }
    return {**told, **taken}


if __name__ == "__main__":
    main()
