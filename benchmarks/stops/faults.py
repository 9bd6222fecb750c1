"""Plants every fault many times among right stops and prints, by edit, how many were found: python benchmarks/stops/faults.py FOLDER.

The faults are those of the tests (tests/spec/stop_faults.py), each in a stop that is right in all else.
"""

from __future__ import annotations

import sys
from pathlib import Path

TIMES, RIGHT = 50, 5_000


def main(folder: Path) -> None:
    """Plant, check, print."""
    from openjustice.contracts.registry import load_registry
    from spec import stop_faults, stop_records

    registry = load_registry(only=["california"])
    shapes = (
        ("stops_2024", stop_faults.FAULTS, stop_records.TODAY),
        ("stops_2018", stop_faults.FAULTS_2018, stop_records.V1_TODAY),
    )
    print("| Edit | Planted | Found | Found beside |\n|---|---|---|---|")
    for shape, known, today in shapes:
        listed = [(edit, *fault) for _ in range(TIMES) for edit, faults in known.items() for fault in faults]
        stops = [
            stop_records.make_stop(number, changes, shape=shape)
            for number, (_, changes, _) in enumerate(listed, start=1)
        ]
        stops += [stop_records.make_stop(len(listed) + number, shape=shape) for number in range(1, RIGHT + 1)]
        result = stop_records.check_stops(stops, registry=registry, folder=folder, shape=shape, today=today)
        lines = stop_records.rules_by_line(result, hard_only=False)
        # Edits over many records see the planted days and codes as well, and are asked about apart.
        over_many = {"no_month_without_stops", "race_share_steady", "stops_for_each_officer_steady"}
        counts: dict[str, list[int]] = {}
        for number, (edit, _, wanted) in enumerate(listed, start=1):
            found = lines.get(number, set()) - over_many
            right = any(item.startswith(wanted) for item in found)
            count = counts.setdefault(edit, [0, 0, 0])
            count[0] += 1
            count[1] += right
            count[2] += len(found) > 1 and wanted != "codelist"
        for edit, count in counts.items():
            print(f"| {edit} | {count[0]} | {count[1]} | {count[2]} |")
        alarms = sum(bool(lines.get(number, set()) - over_many) for number in range(len(listed) + 1, len(stops) + 1))
        print(f"\n{shape}: {alarms} of {RIGHT:,} right stops raised an alarm.\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    main(Path(sys.argv[1]))
