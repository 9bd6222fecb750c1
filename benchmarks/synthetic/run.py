"""Measures synthetic records on a standard table: how far the shares of all pairs are from the true ones, and CPU seconds.

Usage: OMP_NUM_THREADS=1 python benchmarks/synthetic/run.py [--epsilon 1,10]. All pairs are measured; the figure is the mean over the
pairs of the total variation between the synthetic shares and the true ones. Median of three runs, since the noise has no seed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from itertools import combinations
from pathlib import Path

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from openjustice.protect import coded
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.synthetic_records import method
from openjustice.protect.methods.synthetic_records.parameters import Parameters

ADULT = Path(__file__).resolve().parents[3] / "shared" / "data" / "anonbench" / "adult"
# How coarse each variable is made before it is counted, by declared levels: detail that is rare drowns in noise.
LEVELS = {"age": 1, "native-country": 1}


def main() -> None:
    """Print one line for each detail, noise and epsilon, and what drawing every variable alone would give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epsilon", default="1,10")
    epsilons = [float(part) for part in parser.parse_args().epsilon.split(",")]
    full = read_adult()
    for label, table in (("full detail", full), ("bands", at_levels(full))):
        print(
            f"{label}: {table.records} records, {len(table.variables)} variables, alone {mean_distance(table, alone(table)):.4f}"
        )
        for epsilon in epsilons:
            for delta in (0.0, 1e-6):
                told(label, table, Parameters(epsilon=epsilon, delta=delta))


def told(label: str, table: CodedTable, parameters: Parameters) -> None:
    """Print the medians of three runs."""
    distances, seconds = [], []
    for seed in range(3):
        start = time.process_time()
        made = method.synthesize(table, parameters=parameters, seed=seed)
        seconds.append(time.process_time() - start)
        distances.append(mean_distance(table, made.table.of(table.variables)))
    print(
        f"  {label}, epsilon {parameters.epsilon:g}, delta {parameters.delta:g}: mean distance of pairs "
        f"{statistics.median(distances):.4f}, {statistics.median(seconds):.2f} s"
    )


def read_adult() -> CodedTable:
    """Return the table over the values of its hierarchies' files."""
    folder = ADULT / "hierarchies"
    names = [path.stem.rpartition("_")[2] for path in sorted(folder.glob("*.csv"))]
    trees = coded.read_hierarchies(folder, variables=names)
    return coded.read_table(ADULT / "adult.csv.gz", variables=names, hierarchies=trees)


def at_levels(table: CodedTable) -> CodedTable:
    """Return the table with some variables coarser."""
    trees, columns = [], []
    for name, tree, column in zip(table.variables, table.hierarchies, table.columns, strict=True):
        level = LEVELS.get(name, 0)
        trees.append(coded.flat_hierarchy(name, tree.labels[level]))
        columns.append(tree.codes[level][column])
    return CodedTable(table.variables, tuple(trees), tuple(columns))


def alone(table: CodedTable) -> CodedTable:
    """Return the table with each column shuffled by itself: every variable right, nothing else."""
    luck = np.random.default_rng(0)
    return CodedTable(table.variables, table.hierarchies, tuple(luck.permutation(column) for column in table.columns))


def mean_distance(one: CodedTable, other: CodedTable) -> float:
    """Return the mean over all pairs of half the sum of the differences of shares."""
    return float(
        np.mean([np.abs(shares(one, pair) - shares(other, pair)).sum() / 2 for pair in combinations(one.variables, 2)])
    )


def shares(table: CodedTable, pair: tuple[str, ...]) -> np.ndarray:
    """Return the share of each combination."""
    part = table.of(pair)
    cells = np.ravel_multi_index(part.columns, part.sizes)
    return np.bincount(cells, minlength=part.sizes[0] * part.sizes[1]) / table.records


if __name__ == "__main__":
    main()
