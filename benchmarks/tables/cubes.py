"""Measures the protection of cubes on generated tables: cells and counts hidden, what follows exactly, processor seconds.

Usage: python benchmarks/tables/cubes.py FOLDER [NAME ...]. FOLDER has tabular_instances.py, which makes the tables and checks
their digests. Counts from 1 to 10 are small, zeros are shown. The audit is `openjustice tables audit`, which shares no line
with the method. One thread; the median of three runs after a first one that loads the kernels.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np

from openjustice.contracts.attacker import Attacker
from openjustice.protect import cubes
from openjustice.protect.audit.audit import audit_tables
from openjustice.protect.audit.published import PublishedTable
from openjustice.protect.cubes import Cube, Dimension, Release
from openjustice.protect.plan.cubes import ProtectedCubes, protect_cubes

THRESHOLD = 10
KNOWS_ZEROS = Attacker(minimum_width=1, never_inside=None)
NAMES = ("two_way_50x20", "three_way_5k", "agency_17k", "four_way_57k")


def main() -> None:
    """Protect and audit each table for a reader who only adds and subtracts, then for one who knows that zeros are shown."""
    instances = load_instances(Path(sys.argv[1]))
    names = sys.argv[2:] or NAMES
    for name in names:
        cube = as_cube(instances.load(name))
        for label, attacker in (("adds and subtracts", None), ("knows that a mark is at least 1", KNOWS_ZEROS)):
            if attacker is None or cube.counts.size < 20_000:
                report(name, label, cube, attacker)
    if not sys.argv[2:]:
        rolling(instances)


def load_instances(folder: Path) -> ModuleType:
    """Load the generator of the tables."""
    spec = importlib.util.spec_from_file_location("tabular_instances", folder / "tabular_instances.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"There is no tabular_instances.py in {folder}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def as_cube(table: object) -> Cube:
    """Return a generated table as a cube."""
    dimensions = tuple(Dimension(item.name, tuple(item.codes), tuple(item.parent)) for item in table.dims)  # type: ignore[attr-defined]
    return Cube(table.name, dimensions, table.full)  # type: ignore[attr-defined]


def report(name: str, label: str, cube: Cube, attacker: Attacker | None, *releases: Release) -> ProtectedCubes:
    """Protect one cube three times, audit it once, and print what it took."""
    seconds = []
    for _ in range(4 if cube.counts.size < 100_000 else 1):
        started = time.process_time()
        done = protect_cubes([cube], threshold=THRESHOLD, attacker=attacker, earlier=releases)
        seconds.append(time.process_time() - started)
    tables = [published(name, cube, done.hidden[0])]
    tables += [published(item.name, item.cube, item.hidden) for item in releases]
    started = time.process_time()
    audit = audit_tables(
        tables,
        attacker=attacker or KNOWS_ZEROS,
        minimum_frequency=THRESHOLD + 1,
        intervals=attacker is not None and cube.counts.size < 2_000,
    )
    audited = time.process_time() - started
    figures = done.figures
    print(
        f"{name}, a reader who {label}: {figures['cells']:,} cells, {figures['small_counts_hidden']:,} small, "
        f"{figures['others_hidden']:,} hidden beside them ({figures['sum_of_others_hidden']:,} counted in them), "
        f"{statistics.median(seconds[1:] or seconds):.2f} s to protect, {audited:.2f} s to audit, {audit.says()}",
        flush=True,
    )
    return done


def published(name: str, cube: Cube, hidden: np.ndarray) -> PublishedTable:
    """Return a protected cube as the audit has it."""
    return PublishedTable(name, cube.dimensions, np.where(hidden, 0, cube.counts), hidden, cube.counts)


def rolling(instances: ModuleType) -> None:
    """Protect four years, then five with the first release known: county by group of offenses by race by year."""
    whole = as_cube(instances.load("five_way_546k"))
    county, offence, race, _, year = whole.dimensions
    groups = [place for place, parent in enumerate(offence.parents) if parent <= 0]
    top = Dimension("offence", tuple(offence.codes[place] for place in groups), (-1, *[0] * (len(groups) - 1)))
    later = Cube("years 1-5", (county, top, race, year), np.ascontiguousarray(whole.counts[:, groups][:, :, :, 0]))
    before = cubes.make_true_cube(later, (county, top, race, year.restrict(set(year.codes[:-1]))))
    first = report("years 1-4", "adds and subtracts", before, None)
    report("years 1-5", "has both releases", later, None, Release("years 1-4", before, first.hidden[0]))


if __name__ == "__main__":
    main()
