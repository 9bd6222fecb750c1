"""Compares what the tests touch with the floor of each room. Usage: python .ci/coverage_floors.py .coverage.json."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path, PurePosixPath

# 100 where a mistake would hurt a person, 95 elsewhere.
FLOORS = {"ground": 100.0, "protect": 100.0, "airlock": 100.0}
ELSEWHERE = 95.0


def room_of(path: str) -> str:
    """Return the room that a source file stands in."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    inside = parts[parts.index("openjustice") + 1 :]
    return inside[0] if len(inside) > 1 else "openjustice"


def shares(report: dict) -> dict[str, tuple[float, list[str]]]:
    """Return the covered share of each room, in percent, with the files that fall short."""
    covered: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    short: dict[str, list[str]] = defaultdict(list)
    for path, file in sorted(report["files"].items()):
        room, summary = room_of(path), file["summary"]
        count = summary["num_statements"] + summary.get("num_branches", 0)
        hit = summary["covered_lines"] + summary.get("covered_branches", 0)
        covered[room] += hit
        total[room] += count
        if hit < count:
            short[room].append(f"{path}: {count - hit} not touched")
    return {room: (100 * covered[room] / total[room] if total[room] else 100.0, short[room]) for room in sorted(total)}


def main() -> int:
    """Print the share of each room, and fail where one is under its floor."""
    failed = 0
    for room, (share, short) in shares(json.loads(Path(sys.argv[1]).read_text())).items():
        floor = FLOORS.get(room, ELSEWHERE)
        verdict = "ok" if share >= floor else "UNDER"
        print(f"  {verdict:6} {room:14} {share:6.2f} %   (floor {floor:.0f})")
        if share < floor:
            failed += 1
            print("\n".join(f"           {line}" for line in short))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
