"""Measures the exact search and the risk figures on the literature's tables, beside ARX's own search time.

Usage: python benchmarks/microdata/run.py [--data FOLDER] [--only adult,fars] [--repeat N]. The folder holds the tables with
their hierarchies and `oracles.csv`. CPU seconds of one process, best of the repeats, kernels compiled beforehand. The search
includes everything from the coded table to the proof: distinct tuples, bounds, evaluation.

`--scale ROWS`: exact class sizes of so many invented records with eight columns, from Parquet (made in a temporary folder and
removed). `--memory TABLE`: the peak memory of a process that reads the table and searches at 5 %.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.protect import coded, risk
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.global_recoding import lattice
from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator

STANDARD = Path(__file__).resolve().parents[3] / "shared" / "data" / "anonbench"
K, SAME = 5, 1e-9
# The variable that the literature takes as sensitive; the other columns are the key where one is asked for.
SENSITIVE = {"adult": "occupation", "fars": "istatenum", "atus": "Highest level of school completed", "ihis": "EDUC"}
# ARX's search was run twice, once on a quiet machine; the lower of the two figures is the yardstick (seconds, by limit).
QUIET = {
    "adult": {0.0: 0.05, 0.02: 0.79, 0.05: 0.82, 1.0: 2.4}, "fars": {0.0: 0.09, 0.02: 2.7, 0.05: 3.1, 1.0: 8.9},
    "atus": {0.0: 2.3, 0.02: 39.0, 0.05: 27.0, 1.0: 45.0}, "ihis": {0.0: 4.7, 0.05: 116.0, 1.0: 370.0},
}  # fmt: skip
Value = TypeVar("Value")


@dataclass(frozen=True)
class Row:
    """One line of `oracles.csv`: what is asked, what ARX found, and in how many seconds."""

    table: str
    key: tuple[str, ...]
    kind: str
    wish: lattice.Wish
    levels: dict[str, int]
    loss: float
    suppressed: int
    seconds: float


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=STANDARD)
    parser.add_argument("--only", default="adult,fars,atus,ihis")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--scale", type=int)
    parser.add_argument("--memory")
    asked = parser.parse_args()
    if asked.scale:
        measure_scale(asked.scale)
        return
    if not asked.data.is_dir():
        print("the tables are not beside the repository; nothing is measured")
        return
    if asked.memory:
        measure_memory(read(asked.data, asked.memory))
        return
    warm_up()
    ratios: dict[str, list[float]] = {}
    for name in asked.only.split(","):
        measure_table(asked.data, name, repeat=asked.repeat, ratios=ratios)
    for kind, found in ratios.items():
        mean = math.exp(sum(math.log(ratio) for ratio in found) / len(found))
        print(f"{kind}: {len(found)} rows, geometric mean {mean:.1f} times ARX, least {min(found):.1f}")


def measure_table(folder: Path, name: str, *, repeat: int, ratios: dict[str, list[float]]) -> None:
    """Print the rows of one table: search, risk, equity, memory."""
    table = read(folder, name)
    for row in rows_of(folder / "oracles.csv", name, table):
        seconds, best = fastest(lambda row=row: search(table, row.key, row.wish), repeat)
        kind = "0 %" if not row.wish.suppress else "suppression"
        kind = f"{row.kind} at {kind}" if row.kind == "k" else "l and t"
        ratios.setdefault(kind, []).append(row.seconds / seconds)
        verdict = verdict_of(table, row, best)
        print(
            f"{name:6} {row.kind} {row.wish.suppress:4.0%} {row.wish.metric:14} {seconds:8.3f} s  ARX {row.seconds:8.3f} s  "
            f"{row.seconds / seconds:6.1f}x  {best.evaluated:4} evaluated  loss {best.loss:.10g}  {verdict}"
        )
    seconds, found = fastest(lambda: risk.measure_table(table, key=table.variables), repeat)
    print(f"{name:6} risk from codes {1000 * seconds:.1f} ms: {found.uniques:,} uniques, {found.classes:,} classes")
    measure_from_parquet(table, name, repeat)
    if name == "adult":
        wish = lattice.Wish(k=K, suppress=0.05, caps={"race": 0.1}, levels={"race": (0, 0)})
        seconds, best = fastest(lambda: search(table, table.variables, wish), repeat)
        print(
            f"adult  worst race at most 10 %, race in full: loss {best.loss:.6f} in {seconds:.3f} s, proved {best.is_proved}"
        )
    if name == "ihis":
        subprocess.run([sys.executable, __file__, "--data", str(folder), "--memory", name], check=True)


def verdict_of(table: CodedTable, row: Row, best: lattice.Best) -> str:
    """Say whether the optimum is ARX's; where it is not, whether ARX's own levels hold, and what 32-bit products make of them."""
    if not best.is_proved:
        return "NOT PROVED"
    if abs(best.loss - row.loss) <= SAME * max(1.0, row.loss) and best.suppressed == row.suppressed:
        return "same as ARX"
    task = lattice.make_task(table, key=row.key, wish=row.wish)
    node = tuple(row.levels[name] for name in row.key)
    seen = Evaluator(task).evaluate(node, Evaluator(task).raw())
    wrapped = suppressed_by_wrapped_products(task, node) if row.kind == "t" else -1
    return (
        f"ARX's levels break the model: {seen.suppressed:,} records fail there by definition; "
        f"ARX says {row.suppressed:,}, as do distances in 32-bit integers: {wrapped:,}"
    )


def suppressed_by_wrapped_products(task: lattice.Task, node: tuple[int, ...]) -> int:
    """Count the records that fail where counts are multiplied in 32 bits, as ARX's hierarchical distance does."""
    rule, evaluator = task.rules[0], Evaluator(task)
    class_of, sizes = evaluator.sizes_of(node, evaluator.raw())
    tree = task.others[0]
    histogram = np.zeros((len(sizes), tree.leaves), dtype=np.int32)
    np.add.at(histogram, (class_of, task.codes[:, rule.column]), task.counts.astype(np.int32))
    with np.errstate(over="ignore"):
        whole = histogram.sum(axis=0, dtype=np.int32)
        extra = whole * sizes.astype(np.int32)[:, np.newaxis] - histogram * np.int32(task.records)
        cost = np.zeros(len(sizes))
        for level in range(1, tree.levels):
            step = tree.step(level - 1, level)
            more, less = (np.zeros((len(sizes), tree.size(level)), dtype=np.int32) for _ in range(2))
            for code, into in enumerate(step):
                more[:, into] += np.maximum(extra[:, code], 0)
                less[:, into] += np.maximum(-extra[:, code], 0)
            cost += np.minimum(more, less).sum(axis=1) * (level / (tree.levels - 1))
            extra = more - less
    assert isinstance(rule.model, lattice.TCloseness)
    distance = cost / (sizes.astype(np.float64) * task.records)
    return int(sizes[(sizes < task.wish.k) | (distance > rule.model.t)].sum())


def measure_from_parquet(table: CodedTable, name: str, repeat: int) -> None:
    """Write the table as Parquet into a temporary folder and measure its risk from there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.parquet"
        tuples = coded.find_distinct(table.columns, sizes=table.sizes)
        labels = [tree.labels[0] for tree in table.hierarchies]
        coded.write_table(path, variables=table.variables, labels=labels, codes=tuples.codes, counts=tuples.counts)
        trees = {tree.variable: tree for tree in table.hierarchies}

        def run() -> risk.Exposure:
            read_again = coded.read_table(path, variables=table.variables, hierarchies=trees)
            return risk.measure_table(read_again, key=table.variables)

        seconds, _ = fastest(run, repeat)
        print(f"{name:6} risk from Parquet {seconds:.3f} s")


def measure_memory(table: CodedTable) -> None:
    """Print the peak memory of this process after a search at 5 %."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    search(table, table.variables, lattice.Wish(k=K, suppress=0.05))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory after reading {before:.2f} GiB, after the search at 5 % {after:.2f} GiB")


def measure_scale(rows: int) -> None:
    """Invent records of eight columns as Parquet, count their classes in a process of its own, and remove them."""
    columns = {"year": 20, "month": 12, "day": 28, "county": 58, "age": 70, "race": 7, "sex": 2, "offense": 40}
    parts, below = [], 1
    for column, size in columns.items():
        parts.append(f"'{column} ' || CAST((h // {below}) % {size} AS VARCHAR) AS {column}")
        below *= size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.parquet"
        with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=Path(folder), threads=1) as opened:
            hashed = f"SELECT hash(i) >> 1 AS h FROM range({rows}) AS numbers(i)"
            opened.change(f"COPY (SELECT {', '.join(parts)} FROM ({hashed})) TO '{path}' (FORMAT parquet)")
        started, wall = time.process_time(), time.perf_counter()
        sizes, often = coded.count_classes(path, key=list(columns))
        seconds, wall = time.process_time() - started, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{int(sizes @ often):,} records, {int(often.sum()):,} classes: {seconds:.1f} CPU s, {wall:.1f} s of wall time, "
        f"peak {peak:.2f} GiB with the invention"
    )


def search(table: CodedTable, key: tuple[str, ...], wish: lattice.Wish) -> lattice.Best:
    """Search from the coded table to the proof."""
    return lattice.find_best(lattice.make_task(table, key=key, wish=wish))


def read(folder: Path, name: str) -> CodedTable:
    """Read a table with its hierarchies."""
    path = next((folder / name).glob("*.csv.gz"))
    with coded.tables.open_table(path) as opened:
        names = opened.column_names
    return coded.read_table(
        path, variables=names, hierarchies=coded.read_hierarchies(folder / name / "hierarchies", variables=names)
    )


def rows_of(path: Path, name: str, table: CodedTable) -> Iterator[Row]:
    """Read the rows of one table."""
    with path.open(encoding="utf-8") as stream:
        for line in csv.DictReader(stream):
            if line["table"] != name:
                continue
            model, limit, sensitive = line["privacy_model"], float(line["suppression_limit"]), SENSITIVE[name]
            kind = "l" if "recursive" in model else "t" if "closeness" in model else "k"
            models: tuple[lattice.LDiversity | lattice.TCloseness, ...] = ()
            if kind == "l":
                models = (lattice.LDiversity(sensitive, 3, lattice.Diversity.RECURSIVE, 4.0),)
            elif kind == "t":
                models = (lattice.TCloseness(sensitive, 0.2),)
            levels = {
                part.rpartition("=")[0]: int(part.rpartition("=")[2]) for part in line["optimal_levels"].split(";")
            }
            seconds = float(line["arx_search_cpu_ms"]) / 1000
            if kind == "k" and line["metric"] == "loss":
                seconds = min(seconds, QUIET[name].get(limit, seconds))
            yield Row(
                table=name, kind=kind, levels=levels, loss=float(line["information_loss"]),
                key=tuple(column for column in table.variables if line["qis"] == "all columns" or column != sensitive),
                wish=lattice.Wish(
                    k=K if "5-anonymity" in model else 1, models=models, suppress=limit, metric=lattice.Metric(line["metric"])
                ),
                suppressed=int(line["suppressed_records"]), seconds=seconds,
            )  # fmt: skip


def fastest(run: Callable[[], Value], repeat: int) -> tuple[float, Value]:
    """Run a few times and return the least CPU seconds with the last answer."""
    least = math.inf
    for _ in range(max(repeat, 1)):
        started = time.process_time()
        answer = run()
        least = min(least, time.process_time() - started)
    return least, answer


def warm_up() -> None:
    """Compile every kernel, on a few invented records."""
    random = np.random.default_rng(1)
    trees = tuple(
        coded.make_hierarchy(f"v{at}", [(str(leaf), f"{leaf // 3}", "*") for leaf in range(9)]) for at in range(5)
    )
    columns = tuple(random.integers(0, 9, 3000).astype(np.uint8) for _ in trees)
    table = CodedTable(tuple(tree.variable for tree in trees), trees, columns)
    key = table.variables[:4]
    for metric in lattice.Metric:
        search(table, key, lattice.Wish(k=K, suppress=0.1, metric=metric, caps={"v4": 0.5}))
        search(table, key, lattice.Wish(k=K, suppress=0.1, metric=metric))
        search(table, key, lattice.Wish(k=K, metric=metric, models=(lattice.TCloseness("v4", 0.5),)))
    risk.measure_table(table, key=key)


if __name__ == "__main__":
    main()
