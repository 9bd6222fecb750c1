"""Plays random sequences of commands over the lifecycles of applications and licenses, by everybody, and checks after each.

Run: python benchmarks/office_lifecycles/run.py [--sequences 100000] [--steps 30]
Every sequence has its seed, so that one that fails can be played again. What is checked stands in tests/laws/office_world.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from laws.office_world import World, read_systems
from openjustice.office.applications.rules.lifecycle import APPLICATION
from openjustice.office.licenses.rules.lifecycle import LICENSE


def main() -> None:
    """Play, and print what was played as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=30)
    given = parser.parse_args()
    systems, began = read_systems("achs", "ripa"), time.process_time()
    done = refused = 0
    taken: Counter[tuple[str, str]] = Counter()
    for seed in range(given.sequences):
        world = World(systems=systems, choose=random.Random(seed).choice)
        if seed % 2:
            world.begin_with_licenses()
        for _ in range(given.steps):
            world.step()
            world.check()
        done, refused = done + world.done, refused + world.refused
        taken.update((str(item.source), item.act) for events in world.log.values() for item in events)
    ways = {(str(step.source), step.act) for item in (APPLICATION, LICENSE) for step in item.transitions}
    told = {
        "sequences": given.sequences, "commands": given.sequences * given.steps, "acts_done": done, "acts_refused": refused,
        "ways": len(ways), "ways_taken": len(ways & set(taken)), "ways_never_taken": sorted(map(str, ways - set(taken))),
        "violations": 0, "cpu_seconds": round(time.process_time() - began, 1),
    }  # fmt: skip
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
