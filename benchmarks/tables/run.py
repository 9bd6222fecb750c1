"""Measures the protection of tables and its audit on invented counts: cells, small counts, cells hidden, processor seconds.

Usage: python benchmarks/tables/run.py. The counts are seeded, with many small ones, as justice tables have: two tables that
share a margin, protected as one problem to the safety interval of the invented state's policy.
"""

from __future__ import annotations

import itertools
import time

import numpy as np

from openjustice.protect import cells
from openjustice.protect.attacks.interval import ATTACK
from openjustice.protect.cells import CountTable
from openjustice.protect.methods.cell_suppression import METHOD

RULES = {"minimum_frequency": 5, "hidden_at_least": 1, "safety_interval": {"minimum_width": 4, "must_contain_over": 4}}
SIZES = ((20, 8, 6), (58, 14, 8), (58, 14, 14))


def main() -> None:
    """Protect and audit each size, and print what it took."""
    for places, years, kinds in SIZES:
        system = cells.make_cell_system(make_tables(places, years, kinds, seed=7))
        started = time.process_time()
        done = METHOD.apply(system, parameters=METHOD.read_parameters(RULES))
        protected = time.process_time()
        audit = ATTACK.run(system, done.hidden, parameters=ATTACK.read_parameters(RULES)).result
        print(
            f"{places} x {years} and {places} x {kinds}: {len(system):,} cells, {int(done.primary.sum()):,} small, "
            f"{int(done.secondary.sum()):,} hidden beside them, {protected - started:.1f} s to protect, "
            f"{time.process_time() - protected:.1f} s to audit, {'safe' if audit.passed else 'NOT SAFE'}"
        )


def make_tables(places: int, years: int, kinds: int, *, seed: int) -> list[CountTable]:
    """Make counts by place and year and by place and kind, of the same invented events, with their totals."""
    random = np.random.default_rng(seed)
    rate = random.lognormal(mean=0.5, sigma=1.5, size=places)[:, None, None]
    counts = random.poisson(rate * random.gamma(0.6, 1.0, size=(1, 1, kinds)), size=(places, years, kinds))
    return [_table("by_year", ("place", "year"), counts.sum(2)), _table("by_kind", ("place", "kind"), counts.sum(1))]


def _table(name: str, variables: tuple[str, str], counts: np.ndarray) -> CountTable:
    full = np.pad(counts, ((0, 1), (0, 1)))
    full[-1, :], full[:, -1] = full.sum(0), full.sum(1)
    full[-1, -1] = counts.sum()
    codes = [[*(str(item) for item in range(size)), "_T"] for size in counts.shape]
    values = dict(zip(itertools.product(*codes), full.ravel().tolist(), strict=True))
    return CountTable(id=name, variables=variables, population="invented/rows", cells=values)


if __name__ == "__main__":
    main()
