"""Measures each method that may stand in for suppression on the same generated tables: what it costs, and what it does to numbers.

Usage: OMP_NUM_THREADS=1 python benchmarks/table_methods/run.py [--tables three_way_5k,agency_17k] [--instances PATH] [--only METHOD]

The tables come from `tabular_instances.py` beside the repository (../shared/bench); its digests are checked. Seconds are of the
processor, in one thread, each once: the search of controlled rounding dominates.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from openjustice.ground import discovery, errors
from openjustice.protect import methods
from openjustice.protect.cells import CellSystem
from openjustice.protect.cubes import Cube, Dimension, make_sums
from openjustice.protect.perturbation import Perturbed, Secrets

ROOT = Path(__file__).parents[2]
BESIDE = ROOT.parent / "shared" / "bench" / "tabular_instances.py"
RULES: dict[str, list[dict[str, Any]]] = {
    "controlled_rounding": [{"base": 5, "gap": 0.02, "nodes": 200}],
    "random_rounding": [{"base": 5}],
    "cell_key": [
        {"rounding": {"threshold": 10, "base": 5}, "threshold": 10},
        {"noise": {"largest_change": 5, "variance": 2}},
    ],
    "dp_cubes": [
        {"epsilon": 1, "budget": 1},
        {"epsilon": 1, "budget": 1, "measure": "all"},
        {"epsilon": 8, "budget": 8},
    ],
}
SMALL = 10


def main() -> None:
    """Apply each method to each table, and print a line for each."""
    given = _arguments()
    instances = _load(given.instances)
    print(
        "| table | cells | method | CPU s | mean change | mean change of 1 to 10 | off by over half, of 1 to 10 | hidden | largest sum missed |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in given.tables.split(","):
        system = make_system(instances.load(name), digest=instances.DIGESTS[name])
        for method_name, rules in _methods(given.only):
            print(_line(name, system, method_name, rules), flush=True)
    measure_percentages(instances.load("three_way_5k"))


def make_system(table: Any, *, digest: str) -> CellSystem:
    """Read a generated table as a system of cells; each level of a tree is a variable of its own."""
    assert table.digest() == digest, "the generated table is not the one that others measured"
    dimensions = [Dimension(item.name, tuple(item.codes), tuple(item.parent)) for item in table.dims]
    cube = Cube(table.name, tuple(dimensions), table.full)
    places = np.arange(cube.counts.size).reshape(cube.shape)
    equations = make_sums(cube.dimensions, places, cells=cube.counts.size).astype(np.int64)
    every, none = np.ones(cube.counts.size, dtype=np.bool_), np.zeros(cube.counts.size, dtype=np.bool_)
    rows = np.ones(equations.shape[0], dtype=np.bool_)
    return CellSystem(
        addresses=tuple(_addresses(cube)), values=cube.counts.ravel().copy(), equations=equations, in_draft=every,
        shown_before=none, hidden_before=none, draft_rows=rows, earlier_rows=~rows, positions={}, releases={},
    )  # fmt: skip


def _addresses(cube: Cube) -> Iterator[tuple[tuple[str, str], ...]]:
    pairs = [[_pair(item, place) for place in range(len(item))] for item in cube.dimensions]
    for index in np.ndindex(*cube.shape):
        found = [pairs[axis][place] for axis, place in enumerate(index)]
        yield (("", "invented/rows"), *(pair for pair in found if pair))


def _pair(dimension: Dimension, place: int) -> tuple[str, str] | None:
    depth, above = 0, place
    while dimension.parents[above] >= 0:
        depth, above = depth + 1, dimension.parents[above]
    return (f"{dimension.name}{depth}", dimension.codes[place]) if depth else None


def _line(name: str, system: CellSystem, method_name: str, rules: dict[str, Any]) -> str:
    method = discovery.load_plugin(methods, method_name, attribute="METHOD")
    # Record keys are even chances; so is the sum of any number of them, by what the method makes of it.
    keys = np.random.default_rng(7).integers(0, 2**32, size=len(system))
    started = time.process_time()
    said = ", ".join(f"{key} {value}" for key, value in rules.items())
    try:
        done: Perturbed = method.apply(
            system, parameters=method.read_parameters(rules), secrets=Secrets(key=b"benchmark", record_keys=keys)
        )
    except errors.ProtectionRefused as refusal:
        return f"| {name} | {len(system):,} | {method_name}: {said} | {time.process_time() - started:.1f} | refused: {refusal.codes[0]} ||||"
    took = time.process_time() - started
    shown = ~done.hidden
    off = np.abs(done.values - system.values)
    small = shown & (system.values > 0) & (system.values <= SMALL)
    half = np.mean(off[small] > system.values[small] / 2) if small.any() else 0.0
    missed = int(np.abs(system.equations @ np.where(shown, done.values, 0)).max())
    gap = f", gap {done.figures['gap']:.2%}" if "gap" in done.figures else ""
    tiny = f"{off[small].mean():.2f}" if small.any() else "none shown"
    return (
        f"| {name} | {len(system):,} | {method_name}: {said}{gap} | {took:.1f} | {off[shown].mean():.2f} | {tiny} | {half:.0%} "
        f"| {int(done.hidden.sum()):,} | {missed:,} |"
    )


def measure_percentages(table: Any) -> None:
    """Code the percentages of each offense within each county and race, and print how many are shown, in a band, or nothing."""
    method = discovery.load_plugin(methods, "percentage_coding", attribute="METHOD")
    sizes = ((11, 20), (20, 10), (40, 5), (100, 2), (300, 1))
    parameters = method.read_parameters(
        {"smallest_group": 11, "caps": [{"group_at_least": size, "cap": cap} for size, cap in sizes]}
    )
    full = table.full
    leaves = [list(item.leaves) for item in table.dims]
    parts = full[np.ix_(leaves[0], leaves[1], leaves[2])].transpose(0, 2, 1)
    wholes = np.broadcast_to(full[np.ix_(leaves[0], [0], leaves[2])].transpose(0, 2, 1), parts.shape)
    members = np.arange(parts.size).reshape(-1, parts.shape[2])
    started = time.process_time()
    coded = method.apply(
        parts.ravel().astype(float), wholes.ravel().astype(float), parameters=parameters, parts=list(members)
    )
    shown = ~np.isnan(coded.values)
    band = ~shown & ~np.isnan(coded.low)
    print(
        f"\npercentage_coding, {parts.size:,} percentages of {table.name} (offenses within county and race): {shown.mean():.0%} shown, "
        f"{band.mean():.0%} in a band, {(~shown & ~band).mean():.0%} withheld; {time.process_time() - started:.2f} CPU s"
    )


def _methods(only: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, each in RULES.items():
        if only in (None, name):
            yield from ((name, rules) for rules in each)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", default="two_way_50x20,three_way_5k,agency_17k")
    parser.add_argument("--instances", type=Path, default=BESIDE)
    parser.add_argument("--only", choices=sorted(RULES))
    return parser.parse_args()


def _load(path: Path) -> Any:
    if not path.is_file():
        sys.exit(f"The generated tables are not here: {path}")
    spec = importlib.util.spec_from_file_location("tabular_instances", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tabular_instances"] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
