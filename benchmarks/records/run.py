"""Measures the protection of records: seconds, blanks, and how far the answer is from a bound that nothing can undercut.

Usage: python benchmarks/records/run.py [--adult FILE]. Without a file the records are invented, the same each time; with the
public census extract of 1994 that the literature uses (`adult.csv.gz`, semicolons), its first 10,000 records in a fixed
random order are taken, and all nine variables are the key.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from pathlib import Path

import numpy as np

from openjustice.protect import risk
from openjustice.protect.methods.local_suppression import compatible, search
from openjustice.protect.risk import Integers

STANDARD = Path(__file__).resolve().parents[3] / "shared" / "data" / "anonbench" / "adult" / "adult.csv.gz"
K, RECORDS, SEED = 5, 10_000, 1


def main() -> None:
    """Print one line for each number of rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adult", type=Path, default=STANDARD)
    path = parser.parse_args().adult
    codes, told = (read(path), "census extract") if path.is_file() else (invent(), "invented records")
    prices = np.ones(codes.shape[1])
    search.blank_to_k(codes[:50], k=K, prices=prices, rounds=1, seed=SEED)  # so that no figure holds the compiling
    compatible.blank_to_match(codes[:50], k=K, prices=prices, seed=SEED)
    bound = search.least_price(codes, k=K, prices=prices)
    print(
        f"{told}: {len(codes):,} records, {codes.shape[1]} variables, k = {K}, no choice blanks fewer than {bound:,.0f}"
    )
    for rounds in (0, 4, 10):
        started = time.process_time()
        made = search.blank_to_k(codes, k=K, prices=prices, rounds=rounds, seed=SEED)
        seconds, blanks = time.process_time() - started, int((made != codes).sum())
        smallest = int(risk.class_sizes(made).min())
        print(
            f"rounds {rounds:2}: {blanks:,} blanks, {blanks / bound:.3f} of the bound, {seconds:.2f} s, smallest class {smallest}"
        )
    started = time.process_time()
    made = compatible.blank_to_match(codes, k=K, prices=prices, seed=SEED)
    seconds, fewest = time.process_time() - started, int(compatible.matching_sizes(made).min())
    print(f"a blank matches anything: {int((made != codes).sum()):,} blanks, {seconds:.2f} s, fewest matches {fewest}")
    started = time.process_time()
    risk.class_sizes(codes)
    print(f"class sizes of all records: {1000 * (time.process_time() - started):.1f} ms")


def read(path: Path) -> Integers:
    """Read the extract as codes."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = np.array(list(csv.reader(stream, delimiter=";"))[1:])
    codes = np.column_stack([np.unique(column, return_inverse=True)[1] + 1 for column in rows.T])
    return codes[np.random.default_rng(SEED).choice(len(codes), RECORDS, replace=False)].astype(np.int64)


def invent() -> Integers:
    """Invent records with a few frequent and many rare codes."""
    random = np.random.default_rng(SEED)
    widths = (3, 7, 6, 2, 4, 3, 5, 9)
    return np.column_stack([random.zipf(1.6, RECORDS).clip(1, width) for width in widths]).astype(np.int64)


if __name__ == "__main__":
    main()
