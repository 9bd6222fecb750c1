"""Measures the attacks on records: time and recall of matching, recall of what is planted, and guessing on protected files.

Run: python benchmarks/attacks/run.py [--data DIR]
CPU seconds of one process on one thread, the median of three after one discarded run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("NUMBA_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from openjustice.ground import discovery, engine
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.linkage import columns, lookup
from openjustice.protect import attacks
from openjustice.protect.attack import AttackResult
from openjustice.protect.attacks.record_differencing import attack as differencing
from openjustice.protect.attacks.record_differencing.parameters import Parameters
from openjustice.protect.methods.local_suppression import METHOD as LOCAL_SUPPRESSION
from openjustice.protect.risk import Need

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
Columns = dict[str, np.ndarray[Any, Any]]


def main() -> None:
    """Measure everything and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--pairs", type=int, default=1_200, help="how many seeded pairs of files")
    given = parser.parse_args()
    found: dict[str, Any] = {}
    ihis = given.data / "anonbench" / "ihis" / "ihis_standin.csv.gz"
    if ihis.is_file():
        file = read_ihis(ihis)
        found["matching"] = measure_matching(file)
        found["planted"] = measure_planted(file)
    else:
        found["matching"] = "the table is not beside the repository"
    found["releases"] = measure_releases(pairs=given.pairs)
    found["protected"] = measure_protected()
    print(json.dumps(found, indent=2))


# --- matching -----------------------------------------------------------------------------------------------------------


def read_ihis(path: Path, *, seed: int = 5) -> Columns:
    """Read the stand-in of the health interviews, and give each record a day within its quarter, which the table lacks."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        names = next(lines).rstrip("\n").split(";")
        rows = [line.rstrip("\n").split(";") for line in lines]
    table = {name: np.array(column, dtype=object) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    random = np.random.default_rng(seed)
    quarter = np.array([int(label[-1]) for label in table["QUARTER"]])
    first = np.array([f"{year}-01-01" for year in table["YEAR"]], dtype="datetime64[D]")
    day = first + ((quarter - 1) * 91 + random.integers(0, 91, len(first)))
    return {
        "sex": table["SEX"], "race": table["RACEA"], "region": table["REGION"],
        "age": table["AGE"].astype(np.int64), "day": day.astype("datetime64[us]"), "education": table["EDUC"],
    }  # fmt: skip


def plant(file: Columns, *, people: int = 10_000, seed: int = 7) -> tuple[Columns, np.ndarray[Any, Any]]:
    """Choose people of the file and put their ages off by up to one year and their days by up to three."""
    random = np.random.default_rng(seed)
    chosen = random.choice(len(file["age"]), people, replace=False)
    persons = {name: file[name][chosen] for name in ("sex", "race", "region", "age", "day")}
    persons["age"] = persons["age"] + random.integers(-1, 2, people)
    persons["day"] = persons["day"] + random.integers(-3, 4, people).astype("timedelta64[D]")
    return persons, chosen


def measure_matching(file: Columns) -> dict[str, Any]:
    """Look 10,000 people up among all records, from two tables in the engine to a probability for each."""
    persons, truth = plant(file)
    key = tuple(persons)
    with engine.open_memory(plane=Plane.CONFIDENTIAL, threads=1, memory="3GB") as opened:
        release, known = as_table(opened, {name: file[name] for name in key}), as_table(opened, persons)

        def look() -> lookup.Found:
            keys = lookup.code_keys(
                columns.read_columns(known, key), columns.read_columns(release, key), key=key,
                tolerance={"age": 1, "day": 3},
            )  # fmt: skip
            return lookup.look_up(keys, truth=truth)

        found, seconds = timed(look)
    told = found.probability >= 0.9
    return {
        "records": len(file["age"]), "people": len(truth), "cpu_seconds": seconds,
        "recall_of_planted": float((found.truth > 0).mean()),
        "with_one_record_alone": float((found.candidates == 1).mean()),
        "mean_probability_of_the_likeliest": float(found.probability.mean()),
        "likeliest_is_theirs": float((found.row == truth).mean()),
        "right_where_probability_is_over_90_percent": float((found.row == truth)[told].mean()),
    }  # fmt: skip


# --- what is planted in one file ----------------------------------------------------------------------------------------


def measure_planted(file: Columns, *, records: int = 200_000, planted: int = 500) -> dict[str, Any]:
    """Plant people who were never charged, classes of one value, and people whom nobody resembles, and count those found."""
    random = np.random.default_rng(11)
    chosen = random.choice(len(file["age"]), records, replace=False)
    base = {"sex": file["sex"][chosen], "region": file["region"][chosen],
            "age": (file["age"][chosen] // 20 * 20).astype(str).astype(object),
            "education": file["education"][chosen]}  # fmt: skip
    key = ("sex", "region", "age")
    found: dict[str, Any] = {}
    # Each planted person gets a region of their own group, so that it is known what must be found, and only that.
    own = np.array([f"district {at % 100}" for at in range(planted)], dtype=object)
    extra = {"sex": np.array(["F"] * planted, dtype=object), "region": own,
             "age": np.array(["40"] * planted, dtype=object),
             "education": np.array([f"degree {at % 100}" for at in range(planted)], dtype=object)}  # fmt: skip
    both = {name: np.concatenate([base[name], extra[name]]) for name in base}
    rows = set(range(records + 1, records + planted + 1))
    half = {name: both[name][:records:2] for name in both}
    for name, given, sources in (
        ("exclusion", {"source": "other"}, half),
        ("homogeneity", {}, half),
        ("membership", {"source": "other", "controls": 20_000}, half),
    ):
        result, seconds = run(name, both, key=key, sensitive=("education",), given=given, sources=sources)
        at_risk = set(result.at_risk)
        found[name] = {
            "planted": planted, "recall": len(rows & at_risk) / planted, "others_named": len(at_risk - rows),
            "passed": result.passed, "cpu_seconds": seconds,
        }  # fmt: skip
    return found


# --- releases -----------------------------------------------------------------------------------------------------------


def measure_releases(*, pairs: int) -> dict[str, Any]:
    """Plant one leak in each of many seeded pairs of files, by turns of four kinds, and count the pairs in which it is found.

    As many pairs without a leak are laid side by side as well. A leak counts as found if the finding is of its kind and,
    where it stands in the release, its record is among those numbered.
    """
    found, started, clean = dict.fromkeys(PLANTS, 0), time.process_time(), 0
    for seed in range(pairs):
        kind = PLANTS[seed % len(PLANTS)]
        release, other, rows = make_pair(kind, seed=seed)
        result = compare(release, other)
        number = getattr(result, FINDING[kind])
        found[kind] += bool(number) and all(result.rows[row] for row in rows)
        quiet, again, _ = make_pair("none", seed=seed)
        clean += compare(quiet, again).total == 0
    planted = {kind: len(range(at, pairs, len(PLANTS))) for at, kind in enumerate(PLANTS)}
    return {
        "pairs": pairs, "found": found, "planted": planted, "recall": sum(found.values()) / pairs,
        "pairs_without_a_leak_in_which_nothing_is_found": clean / pairs, "cpu_seconds": time.process_time() - started,
    }  # fmt: skip


PLANTS = ("added", "removed", "unblanked", "composed")
FINDING = {"added": "differences", "removed": "differences", "unblanked": "restored", "composed": "composed"}
NAMES = ("county", "age", "sex", "cause")


def make_pair(kind: str, *, seed: int) -> tuple[list[list[str | None]], list[list[str | None]], list[int]]:
    """Make two files of the same people in classes of five to nine, and plant one leak of a kind.

    Returns the release, the other file, and the rows of the release that the leak is about.
    """
    random = np.random.default_rng(seed)
    classes = [(f"county {c}", f"{a}0-{a}9", s) for c in range(3) for a in (2, 3) for s in "FM"]
    people: list[list[str | None]] = []
    for county, age, sex in classes:
        causes = random.permutation(["illness", "injury", "other"])[:2]
        # Both causes at least five times, so that nothing is small before the leak is planted.
        for cause in causes:
            people += [[county, age, sex, str(cause)] for _ in range(int(random.integers(5, 10)))]
    release, other = [list(row) for row in people], [list(row) for row in people]
    at = int(random.integers(len(people)))
    few = int(random.integers(1, 5))
    rows: list[int] = []
    match kind:
        case "added":
            release += [list(people[at]) for _ in range(few)]
            rows = list(range(len(people), len(people) + few))
        case "removed":
            alike = [place for place, row in enumerate(people) if row == people[at]][: min(few, 4)]
            release = [row for place, row in enumerate(release) if place not in alike]
            rows = [place for place, row in enumerate(release) if row == people[at]]
        case "unblanked":
            # All of one class are of one cause nobody else has; the release blanks one variable of theirs.
            alike = [place for place, row in enumerate(people) if row[:3] == people[at][:3]]
            hidden = int(random.integers(3))
            for place in alike:
                release[place][3] = other[place][3] = "rare"
                release[place][hidden] = None
            rows = alike
        case "composed":
            # The other file cuts the ages elsewhere, and shares one cause with the class of the release.
            mine = people[at]
            alike = [place for place, row in enumerate(people) if row[:3] == mine[:3]]
            release = [release[place] for place in alike]
            causes = [row[3] for row in release]
            age = int(str(mine[1])[:2])
            other = [[mine[0], f"{age + 5}-{age + 14}", mine[2], causes[0]] for _ in range(6)]
            other += [[mine[0], f"{age + 5}-{age + 14}", mine[2], "elsewhere"] for _ in range(6)]
            rows = list(range(len(release)))
        case _:
            # A change that is large enough everywhere.
            release += [list(row) for row in people for _ in range(2)]
            other = [list(row) for row in release]
            release += [list(row) for row in people]
    return release, other, rows


def compare(release: Sequence[Sequence[str | None]], other: Sequence[Sequence[str | None]]) -> differencing.Findings:
    """Lay two files side by side."""
    ours, theirs = (
        {name: columns.encode([row[at] for row in rows]) for at, name in enumerate(NAMES)} for rows in (release, other)
    )
    return differencing.compare(
        ours, theirs, key=NAMES[:3], sensitive=["cause"], parameters=Parameters(files=("other",), minimum=5)
    )


# --- protected files ----------------------------------------------------------------------------------------------------


def measure_protected(*, people: int = 10_000) -> dict[str, Any]:
    """Protect invented records as the shipped policies do (k = 5, l = 2), and attack them and the same records unprotected."""
    random = np.random.default_rng(3)
    records: Columns = {
        "years": random.choice(["2005-2009", "2010-2013", "2014-2018"], people).astype(object),
        "area": random.choice(["north", "center", "south"], people, p=[0.2, 0.3, 0.5]).astype(object),
        "age": random.choice(["<30", "30-44", "45-59", "60+"], people, p=[0.2, 0.3, 0.3, 0.2]).astype(object),
        "sex": random.choice(["F", "M"], people, p=[0.1, 0.9]).astype(object),
        "race": random.choice(["a", "b", "c", "d"], people, p=[0.4, 0.3, 0.25, 0.05]).astype(object),
        "manner": random.choice(["natural", "suicide", "homicide", "other"], people, p=[0.6, 0.2, 0.05, 0.15]).astype(object),
    }  # fmt: skip
    key = ("years", "area", "age", "sex", "race")
    needs = [Need("press", key, 5, {"manner": 2}), Need("all", (*key, "manner"), 5, {})]
    found: dict[str, Any] = {}
    with engine.open_memory(plane=Plane.CONFIDENTIAL, threads=1) as opened:
        known = as_table(opened, records)
        protected = LOCAL_SUPPRESSION.apply(
            known, parameters=LOCAL_SUPPRESSION.read_parameters({}), variables=(*key, "manner"), needs=needs,
            importance={"manner": 4}, seed=1,
        ).table  # fmt: skip
        for name in ("matching", "press", "homogeneity", "attribute", "membership", "neighbor"):
            plugin = discovery.load_plugin(attacks, name, attribute="ATTACK")
            row = {}
            for label, file in (("protected", protected), ("unprotected", known)):
                result: AttackResult = plugin.run(
                    file, known=known, key=key, sensitive=("manner",), maximum_rate=0.2,
                    parameters=plugin.read_parameters({}), against="press", sources={},
                )  # fmt: skip
                rates = {at: value for at, value in result.figures.items() if at.startswith(("success_rate", "guess_"))}
                row[label] = {"passed": result.passed, "records_at_risk": len(result.at_risk), **rates}
            found[name] = row
    return found


# --- help ---------------------------------------------------------------------------------------------------------------


def run(
    name: str,
    file: Columns,
    *,
    key: Sequence[str],
    sensitive: Sequence[str],
    given: Mapping[str, Any],
    sources: Columns,
) -> tuple[AttackResult, float]:
    """Run an attack on a table with one source, and return its result and its time."""
    plugin = discovery.load_plugin(attacks, name, attribute="ATTACK")
    with engine.open_memory(plane=Plane.CONFIDENTIAL, threads=1) as opened:
        release, other = as_table(opened, file), as_table(opened, sources)
        return timed(
            lambda: plugin.run(
                release, known=release, key=key, sensitive=sensitive, maximum_rate=1.0,
                parameters=plugin.read_parameters(given), against="benchmark", sources={"other": other},
            )
        )  # fmt: skip


def as_table(opened: Engine, table: Mapping[str, np.ndarray[Any, Any]]) -> Table:
    """Put arrays into the engine."""
    return opened.make_table_from_arrays("table", arrays=table, plane=Plane.CONFIDENTIAL)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Run once for the compiler, then three times, and return the last result with the median of the CPU seconds."""
    work()
    seconds = []
    for _ in range(3):
        started = time.process_time()
        made = work()
        seconds.append(time.process_time() - started)
    return made, round(statistics.median(seconds), 3)


if __name__ == "__main__":
    main()
