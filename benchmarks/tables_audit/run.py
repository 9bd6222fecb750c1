"""Measures the audit of published tables: exact, by intervals, its certificate, seeded leaks, and five tables in one ledger.

Usage: python benchmarks/tables_audit/run.py [exact|intervals|leaks|ledger] [TABLE ...]. The tables are those of
`tabular_instances.py` in the shared folder beside the repository. What is hidden is chosen here, by a crude covering of sums
that is mended until the audit finds no exact leak (`exact`: not mended, so that there is something to find): the audit must not
care who protected. Processor seconds of one process, the best of three.
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from openjustice.contracts.attacker import Attacker
from openjustice.protect import cubes
from openjustice.protect.audit import audit, certificate, determined, published
from openjustice.protect.audit.certificate import Certificate
from openjustice.protect.audit.derivation import Derivations
from openjustice.protect.audit.published import PublishedCells, PublishedTable
from openjustice.protect.cubes import Cube, Dimension

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "bench" / "tabular_instances.py"
THRESHOLD = 10
WEAK = Attacker(zeros_public=False, minimum_width=1, never_inside=None)
SAMPLES = 1_000
PAIRS = 50


def main() -> None:
    """Run the parts that are named, or all that take minutes at most."""
    parts: dict[str, Callable[..., None]] = {
        "exact": measure_exact, "intervals": measure_intervals, "leaks": measure_leaks, "ledger": measure_ledger,
    }  # fmt: skip
    names = [name for name in sys.argv[1:] if name in parts] or list(parts)
    tables = [name for name in sys.argv[1:] if name not in parts]
    for name in names:
        parts[name](tables)


def measure_exact(tables: list[str]) -> None:
    """Find every hidden cell that follows exactly, in tables that were covered and not mended."""
    for name in tables or ["three_way_5k", "agency_17k", "four_way_57k"]:
        cube = load(name)
        system = published.join_published([publish(cube, cover(cube))])
        seconds, exact = best(lambda system=system: find_exact(system))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"exact {name}: {len(system):,} cells, {system.hidden.sum():,} hidden, {exact.sum():,} follow exactly, "
              f"{seconds:.2f} s, {peak:.1f} GiB")  # fmt: skip


def measure_intervals(tables: list[str]) -> None:
    """Audit the intervals of mended tables, make the certificate, and check it."""
    for name in tables or ["three_way_5k", "agency_17k", "four_way_57k"]:
        cube = load(name)
        hidden = mend([cube], [cover(cube)])[0]
        for words, attacker in (
            ("hidden >= 0, width 1", WEAK),
            ("hidden >= 1, width 1", Attacker(minimum_width=1, never_inside=None)),
        ):
            table = publish(cube, hidden, truth=True)
            started = time.process_time()
            found = audit.audit_tables([table], attacker=attacker, minimum_frequency=THRESHOLD + 1)
            seconds = time.process_time() - started
            kinds = {kind: sum(item.kind == kind for item in found.leaks) for kind in ("narrow", "undecided", "exact")}
            print(f"intervals {name}, {words}: {found.target_count:,} small counts, {kinds}, {seconds:.1f} s")
            if found.certificate is not None:
                check(found.certificate, published.join_published([table]))


def check(made: Certificate, system: PublishedCells) -> None:
    """Read a certificate from its bytes and check it."""
    content = made.to_bytes()
    seconds, faults = best(lambda: certificate.find_certificate_faults(Certificate.from_bytes(content), system))
    print(f"  certificate: {len(made.claims):,} cells, {len(made.changes) + 1} witnesses, {len(content) / 2**20:.1f} MiB, "
          f"checked in {seconds:.2f} s, {len(faults)} faults")  # fmt: skip


def measure_leaks(_tables: list[str]) -> None:
    """Seed leaks between releases, and harmless changes; an oracle by singular values says which is which."""
    for kind, seed_one in (("helper shown", show_helper), ("total shifted", shift_total), ("old pattern", old_pattern)):
        told = {"leaks": 0, "refused": 0, "derived": 0, "harmless": 0, "harmless refused": 0}
        started, number = time.process_time(), 0
        while told["leaks"] < SAMPLES and number < 20 * SAMPLES:
            number += 1
            count(told, seed_one(number), only_leaks=told["harmless"] >= SAMPLES)
        print(f"leaks, {kind}: {told}, {time.process_time() - started:.0f} s")
    told = {"leaks": 0, "refused": 0, "derived": 0, "harmless": 0, "harmless refused": 0}
    number = 0
    while told["harmless"] < SAMPLES:
        number += 1
        count(told, harmless(number), only_leaks=False)
    print(f"harmless pairs: {told}")


def count(told: dict[str, int], tables: list[PublishedTable], *, only_leaks: bool) -> None:
    """Audit one family, and hold the verdict and the derivations against the oracle."""
    system = published.join_published(tables)
    truth = oracle(system)
    if only_leaks and not truth.any():
        return
    found = audit.audit_tables([strip(table) for table in tables], attacker=WEAK, intervals=False)
    if not truth.any():
        told["harmless"] += 1
        told["harmless refused"] += bool(found.findings)
        return
    told["leaks"] += 1
    told["refused"] += not found.is_safe
    open_view = published.join_published([strip(table) for table in tables])
    exact = find_exact(open_view)
    derivations = Derivations(open_view.equations, open_view.hidden)
    derived = [derivations.derive(int(cell)) for cell in np.flatnonzero(exact)]
    true_counts = system.true_counts
    right = (
        true_counts is not None
        and (exact == truth).all()
        and all(item is not None and item.value(open_view.counts) == true_counts[item.cell] for item in derived)
    )
    told["derived"] += bool(right and all(item.derivation for item in found.leaks))


def oracle(system: PublishedCells) -> np.ndarray:
    """Say which hidden cells are fixed, by the null space of the dense matrix: another method, in floating numbers."""
    matrix = system.equations[:, np.flatnonzero(system.hidden)].toarray().astype(float)
    sizes, directions = np.linalg.eigh(matrix.T @ matrix)
    free = directions[:, sizes < 1e-9]
    fixed = np.zeros(len(system), dtype=bool)
    fixed[system.hidden] = np.abs(free).max(axis=1, initial=0) < 1e-7
    return fixed


@cache
def pair(number: int) -> tuple[Cube, Cube, np.ndarray, np.ndarray]:
    """Give one of the pairs of vintages that are safe as they stand."""
    return [found for seed in range(2 * PAIRS) if _is_safe(found := _pair(seed))][number]


def _is_safe(found: tuple[Cube, Cube, np.ndarray, np.ndarray]) -> bool:
    whole, first, now, before = found
    tables = [publish(whole, now, truth=True), publish(first, before, "first", truth=True)]
    return not oracle(published.join_published(tables)).any()


@cache
def _pair(number: int) -> tuple[Cube, Cube, np.ndarray, np.ndarray]:
    """Make two vintages, of three and of four years, protected together as far as the crude way can."""
    random = np.random.default_rng(number)
    area = Dimension("area", ("Total", "R1", "a", "b", "c", "R2", "d", "e"), (-1, 0, 1, 1, 1, 0, 5, 5))
    offense = Dimension("offense", ("Total", "p", "q", "r"), (-1, 0, 0, 0))
    whole = cubes.make_cube("second", (area, offense, years(4)), random.negative_binomial(1, 0.04, size=(5, 3, 4)))
    first = cubes.make_true_cube(whole, (area, offense, years(3)))
    hidden = mend([whole, first], [cover(whole), cover(first)], seed=number)
    return whole, first, hidden[0], hidden[1]


def show_helper(number: int) -> list[PublishedTable]:
    """Show one cell that was hidden, in the newer vintage."""
    whole, first, now, before = pair(number % PAIRS)
    open_now = now.copy()
    places = np.flatnonzero(now)
    open_now.ravel()[places[number * 7_919 % len(places)]] = False
    return [publish(whole, open_now, truth=True), publish(first, before, "first", truth=True)]


def shift_total(number: int) -> list[PublishedTable]:
    """Publish beside them a total that leaves one year out, for one area and offense."""
    whole, first, now, before = pair(number % PAIRS)
    tables = [publish(whole, now, truth=True), publish(first, before, "first", truth=True)]
    kept = ("Total", *(f"Y{year}" for year in range(1, 5) if year != 1 + number % 4))
    part = Dimension("year", kept, (-1, 0, 0, 0))
    other = cubes.make_true_cube(whole, (*whole.dimensions[:2], part))
    hidden = np.ones(other.shape, dtype=bool)
    places = np.argwhere(now[:, :, 1 + number % 4])
    hidden[(*places[number * 7_919 % len(places)], 0)] = False
    return [publish(other, hidden, "elsewhere", truth=True), *tables]


def old_pattern(number: int) -> list[PublishedTable]:
    """Publish the older years again with a pattern of helpers that was chosen alone."""
    whole, first, now, before = pair(number % PAIRS)
    alone = mend([first], [cover(first, seed=number)], seed=number)[0]
    return [
        publish(first, alone, "again", truth=True),
        publish(whole, now, truth=True),
        publish(first, before, "first", truth=True),
    ]


def harmless(number: int) -> list[PublishedTable]:
    """Publish the vintages as they were protected, sometimes with more hidden, the old one twice, or a part of it."""
    whole, first, now, before = pair(number % PAIRS)
    more = now | (np.random.default_rng(number).random(now.shape) < (number % 3) * 0.1)
    tables = [publish(whole, more, truth=True), publish(first, before, "first", truth=True)]
    return [*tables, publish(first, before, "copy", truth=True)] if number % 2 else tables


def measure_ledger(_tables: list[str]) -> None:
    """Audit five tables of about ten thousand cells together: linked, with another geography, a download, an old release."""
    whole = load("five_way_546k")
    county, offense, race, age, year = whole.dimensions
    leaves = [county.codes[leaf] for leaf in county.leaves]
    districts = Dimension(
        "county", ("Total", *(f"D{number}" for number in range(9)), *leaves),
        (-1, *[0] * 9, *(1 + place % 9 for place in range(len(leaves)))),
    )  # fmt: skip
    first_years = Dimension("year", year.codes[:4], year.parents[:4])
    family = [
        part(whole, "by race", (county, offense, race)), part(whole, "by age", (county, offense, age)),
        part(whole, "by year", (county, offense, year)), part(whole, "districts", (districts, offense, race)),
        part(whole, "earlier", (county, offense, first_years)),
    ]  # fmt: skip
    hidden = mend(family, [cover(cube) for cube in family])
    tables = [publish(cube, mask, cube.name) for cube, mask in zip(family, hidden, strict=True)]
    started = time.process_time()
    found = audit.audit_tables(tables, attacker=WEAK, intervals=False)
    print(f"ledger: {len(tables)} tables of {[table.hidden.size for table in tables]} cells, {found.cell_count:,} in all, "
          f"{found.hidden_count:,} hidden, {len(found.findings)} leaks, {time.process_time() - started:.1f} s")  # fmt: skip


def part(whole: Cube, name: str, dimensions: tuple[Dimension, ...]) -> Cube:
    """Sum a cube to some of its dimensions, which may have other trees over the same leaves."""
    kept = {item.name: item for item in dimensions}
    counts, axis = whole.counts, 0
    for dimension in whole.dimensions:
        if dimension.name in kept:
            at = {code: place for place, code in enumerate(dimension.codes)}
            mine = kept[dimension.name]
            counts = np.take(counts, [at[mine.codes[leaf]] for leaf in mine.leaves], axis=axis)
            axis += 1
        else:
            counts = np.take(counts, dimension.parents.index(-1), axis=axis)
    return cubes.make_cube(name, dimensions, counts)


def years(number: int) -> Dimension:
    """Make so many years under one total."""
    return Dimension("year", ("Total", *(f"Y{year + 1}" for year in range(number))), (-1, *[0] * number))


def load(name: str) -> Cube:
    """Load one of the shared tables."""
    shared = _shared()
    table = shared.load(name)
    dimensions = tuple(Dimension(item.name, tuple(item.codes), tuple(item.parent)) for item in table.dims)
    return Cube(name, dimensions, table.full)


def _shared() -> ModuleType:
    if not SHARED.is_file():
        raise SystemExit(f"The generator of the tables is not here: {SHARED}")
    spec = importlib.util.spec_from_file_location("tabular_instances", SHARED)
    if spec is None or spec.loader is None:
        raise SystemExit("The generator cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def publish(cube: Cube, hidden: np.ndarray, name: str = "", *, truth: bool = False) -> PublishedTable:
    """Publish a cube with these cells hidden."""
    counts = np.where(hidden, 0, cube.counts)
    return PublishedTable(name or cube.name, cube.dimensions, counts, hidden, cube.counts if truth else None)


def strip(table: PublishedTable) -> PublishedTable:
    """Leave a reader's view of a table."""
    return PublishedTable(table.name, table.dimensions, table.counts, table.hidden)


def find_exact(system: PublishedCells) -> np.ndarray:
    """Run the exact audit alone."""
    return determined.find_determined(system.equations, system.hidden, parents=system.parents, blocks=system.blocks)


def cover(cube: Cube, *, seed: int = 0) -> np.ndarray:
    """Hide the small counts, and the cheapest helper of every sum that has one hidden cell alone."""
    system = published.join_published([publish(cube, np.zeros(cube.shape, dtype=bool))])
    hidden = np.zeros(len(system), dtype=bool)
    hidden[system.places[0][(cube.counts >= 1) & (cube.counts <= THRESHOLD)]] = True
    _cover(system, system.counts, hidden, seed=seed)
    return hidden[system.places[0]]


def mend(family: list[Cube], masks: list[np.ndarray], *, seed: int = 0) -> list[np.ndarray]:
    """Hide more until the exact audit finds nothing in the tables together."""
    system = published.join_published(
        [publish(cube, np.zeros(cube.shape, dtype=bool), str(place)) for place, cube in enumerate(family)]
    )
    hidden = np.zeros(len(system), dtype=bool)
    for place, mask in zip(system.places, masks, strict=True):
        hidden[place[mask]] = True
    while True:
        _cover(system, system.counts, hidden, seed=seed)
        exact = determined.find_determined(system.equations, hidden, parents=system.parents, blocks=system.blocks)
        if not exact.any():
            return [hidden[place] for place in system.places]
        before = int(hidden.sum())
        _help(system, exact, hidden)
        if int(hidden.sum()) == before:  # nothing is left that could help: the leak stays, and is there to be found
            return [hidden[place] for place in system.places]


def _help(system: PublishedCells, exact: np.ndarray, hidden: np.ndarray) -> None:
    rows = system.equations
    by_cell = rows.tocsc()
    for cell in np.flatnonzero(exact):
        sums = by_cell.indices[by_cell.indptr[cell] : by_cell.indptr[cell + 1]]
        near = np.unique(rows[sums].indices)
        helpers = near[~hidden[near] & (system.counts[near] > 0)]
        if len(helpers):
            hidden[helpers[np.argmin(system.counts[helpers])]] = True


def _cover(system: PublishedCells, counts: np.ndarray, hidden: np.ndarray, *, seed: int) -> None:
    rows = system.equations
    noise = np.random.default_rng(seed).random(len(counts)) * (0.9 if not seed else 5.0)
    cost = np.where(counts > 0, counts + noise, np.inf)
    while True:
        alone = np.flatnonzero(abs(rows.sign()) @ hidden.astype(np.int64) == 1)
        before = int(hidden.sum())
        for row in alone:
            cells = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            if hidden[cells].sum() == 1:
                helpers = cells[~hidden[cells]]
                cheapest = helpers[np.argmin(cost[helpers])]
                hidden[cheapest] |= bool(np.isfinite(cost[cheapest]))
        if int(hidden.sum()) == before:
            return


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least processor time of three runs, and the answer."""
    times, answer = [], None
    for _ in range(3):
        started = time.process_time()
        answer = work()
        times.append(time.process_time() - started)
        if times[0] > 60:
            break
    return min(times), answer


if __name__ == "__main__":
    main()
