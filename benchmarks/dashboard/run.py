"""Builds the site of a public store again and weighs it: processor time, the heaviest page, scripts, and how often spans hold.

`python benchmarks/dashboard/run.py PUBLIC` (the `public` folder of a home, for example after `make demo`; without one, three
invented releases).
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from openjustice.measure import rates
from openjustice.public.site import build

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from unit.public.release_fixture import make_public_folder

ROUNDS, AREAS, CONFIDENCE = 2_000, 58, 0.95


def weigh(path: Path) -> int:
    """Return a file's size as it travels."""
    return len(gzip.compress(path.read_bytes(), 9))


def build_again(public: Path) -> Path:
    """Build the site of a copy of the store, and print how long it took."""
    copy = Path(tempfile.mkdtemp()) / "public"
    shutil.copytree(public, copy, ignore=shutil.ignore_patterns("sites", "site"), symlinks=True)
    start = time.process_time()
    site = build.build_site(copy)
    pages = [path for path in site.rglob("*.html") if "data" not in path.relative_to(site).parts]
    print(f"{len(pages)} pages with all files in {time.process_time() - start:.1f} s of processor")
    return site


def weigh_pages(site: Path) -> None:
    """Print the heaviest pages with their style sheet and scripts, and what the explorer fetches."""
    style, found = weigh(site / "assets/style.css"), []
    for path in site.rglob("*.html"):
        if "data" not in path.relative_to(site).parts:
            scripts = re.findall(r'<script src="([^"]+)"', path.read_text(encoding="utf-8"))
            found.append((weigh(path) + style + sum(weigh(path.parent / item) for item in scripts), path))
    plain = [item for item in found if item[1].parent.name != "explore"]
    for label, items in (
        ("page", plain),
        ("explorer before the runtime", [item for item in found if item not in plain]),
    ):
        size, path = max(items)
        print(f"heaviest {label}: {size / 1000:.1f} kB gzipped, {path.relative_to(site)}")
    runtime = sum(weigh(site / "assets/vega" / name) for name in ("vega.min.js", "vega-interpreter.js"))
    print(f"the chart runtime, for the explorer alone: {runtime / 1000:.0f} kB gzipped")


def try_spans() -> None:
    """Print how often all spans of places hold at once, drawing Poisson counts of known rates; and how often single intervals do."""
    random = np.random.default_rng(2026)
    base = np.exp(random.normal(11.5, 1.4, AREAS))
    truth = np.exp(random.normal(-6.5, 0.4, AREAS))
    order = (truth[None, :] > truth[:, None]).sum(axis=1) + 1
    held = {"joint": 0, "single": 0}
    for _ in range(ROUNDS):
        counts = random.poisson(truth * base).astype(float)
        for name, confidence in (("joint", CONFIDENCE ** (1 / AREAS)), ("single", CONFIDENCE)):
            low, high = (item / base for item in rates.poisson_interval(counts, confidence=confidence))
            first = (low[None, :] > high[:, None]).sum(axis=1) + 1
            last = AREAS - (high[None, :] < low[:, None]).sum(axis=1)
            held[name] += bool(((first <= order) & (order <= last)).all())
    print(", ".join(f"{name}: all {AREAS} spans hold in {100 * count / ROUNDS:.1f} %" for name, count in held.items()))


if __name__ == "__main__":
    try_spans()
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else make_public_folder(Path(tempfile.mkdtemp()) / "public")
    weigh_pages(build_again(given))
