"""Measures the local methods on the standard tables: local recoding, local suppression, special uniques. CPU seconds.

Usage: python benchmarks/microdata_local/run.py [recoding] [bound] [suppression] [uniques] [--tables adult,fars]. Every kernel
runs once on a few records before anything is timed, so that no figure holds the compiling. Each figure is the best of three
runs of one process; tables of over 400,000 records run once.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from openjustice.protect import coded, special_uniques
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.local_recoding import method as local_recoding
from openjustice.protect.methods.local_recoding.parameters import Parameters

STANDARD = Path(__file__).resolve().parents[3] / "shared" / "data" / "anonbench"
FILES = {
    "adult": "adult/adult.csv.gz",
    "fars": "fars/fars.csv.gz",
    "atus": "atus/atus_standin.csv.gz",
    "ihis": "ihis/ihis_standin.csv.gz",
    "creditcard": "highdim/creditcard_int.csv.gz",
}
K, ONCE = 5, 400_000


def main() -> None:
    """Print one line for each table and task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=list(TASKS))
    parser.add_argument("--tables", default=",".join(FILES))
    given = parser.parse_args()
    for name in given.tables.split(","):
        table = read(name)
        few = CodedTable(table.variables, table.hierarchies, tuple(column[:200] for column in table.columns))
        for task in given.tasks:
            if name in TASKS[task][1]:
                TASKS[task][0](few)
                print(f"{name:10} {TASKS[task][0](table)}", flush=True)


def read(name: str) -> CodedTable:
    """Read a standard table with its hierarchies; all its columns are the key."""
    path = STANDARD / FILES[name]
    columns = [column.strip() for column in _header(path)]
    folder = path.parent / "hierarchies"
    return coded.read_table(path, variables=columns, hierarchies=coded.read_hierarchies(folder, variables=columns))


def recoding(table: CodedTable) -> str:
    """Recode locally."""
    made, seconds = timed(lambda: local_recoding.recode(table, parameters=Parameters(k=K)), table)
    smallest = int(made.grouping.sizes.min())
    return (
        f"local recoding: loss {made.loss:.5f} (1 - loss {1 - made.loss:.4f}), {seconds:.2f} s, "
        f"{len(made.grouping.sizes):,} classes, smallest {smallest}, dropped {made.dropped}"
    )


def bound(table: CodedTable) -> str:
    """Compute the certificate of a recoding."""
    made = local_recoding.recode(table, parameters=Parameters(k=K))
    least, seconds = timed(lambda: made.lower_bound, table)
    return f"bound: no file loses less than {least:.5f}; ours {made.loss / max(least, 1e-12):.3f} times that; {seconds:.1f} s"


def uniques(table: CodedTable) -> str:
    """Find the special uniques of all records."""
    found, seconds = timed(lambda: _find_uniques(table), table)
    by_size = ", ".join(f"{count:,}" for count in found.counts.sum(axis=0))
    return (
        f"special uniques: {seconds:.2f} s, {len(found.rows):,} sample uniques, highest score {found.scores.max():,.0f}, "
        f"minimal uniques by size: {by_size}"
    )


def _find_uniques(table: CodedTable) -> special_uniques.SpecialUniques:
    found = special_uniques.find_special_uniques(table.columns, sizes=table.sizes, variables=table.variables)
    found.scores, found.contributions, found.dis_scores()
    return found


def timed(work: Callable[[], Any], table: CodedTable) -> tuple[Any, float]:
    """Return what the work returns, and its best CPU seconds of three runs, or of one for a large table."""
    best, made = float("inf"), None
    for _ in range(3 if table.records < ONCE else 1):
        started = time.process_time()
        made = work()
        best = min(best, time.process_time() - started)
    return made, best


def _header(path: Path) -> list[str]:
    import gzip

    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return stream.readline().split(";")


TASKS: dict[str, tuple[Callable[[CodedTable], str], tuple[str, ...]]] = {
    "recoding": (recoding, tuple(FILES)),
    "uniques": (uniques, ("adult", "fars", "atus", "ihis")),
    "bound": (bound, ("adult", "fars")),
}

if __name__ == "__main__":
    main()
