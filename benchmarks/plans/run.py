"""Measures how long it takes to find what identifies people in a real file and to propose plans, and what they keep."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from openjustice.confidential.collect import validate
from openjustice.confidential.drafting import suggestion
from openjustice.contracts import registry
from openjustice.ground import engine
from openjustice.ground.terms import Plane

FILE = "uk/police_uk_stop_search/2016-06-metropolitan-stop-and-search.csv.gz"
RUNS = 3


def run(data: Path) -> None:
    """Propose plans for one month of stop and search in London, three times, and print the median of processor seconds."""
    loaded = registry.load_registry([registry.shipped_registry()])
    jurisdiction = loaded.jurisdiction("england_wales")
    dataset = jurisdiction.datasets["stop_and_search"]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[data / FILE]) as opened:
            read, _ = validate.read_and_check(
                data / FILE, engine=opened, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction,
                today=date(2026, 3, 1),
            )  # fmt: skip
            assert read.records is not None
            seconds = []
            for _ in range(RUNS):
                started = time.process_time()
                found = suggestion.suggest_for(
                    read.records, dataset=dataset, jurisdiction=jurisdiction, k=5, blanks=0.02, seed=1
                )
                seconds.append(time.process_time() - started)
    print(f"{found.records:,} records, alone as collected: {found.telling[0].unique_share:.1%}")
    for item in found.suggestions:
        out = ", ".join(name for name, rung in item.rungs.items() if rung.rule is None)
        print(f"{item.wish.name}: k {item.k}, guess right {item.risk:.1%}, detail {item.utility:.1%}, left out: {out}")
    print(f"{statistics.median(seconds):.1f} s of processor time, median of {RUNS}")


if __name__ == "__main__":
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    if (place / FILE).exists():
        run(place)
    else:
        print(f"Not measured: {FILE} is not in {place}.")
