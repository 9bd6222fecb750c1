"""A home of the invented state, and small files to send to it."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from openjustice.confidential import store
from openjustice.confidential.collect import receive, upkeep
from openjustice.contracts import registry
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction

ROOT = Path(__file__).resolve().parents[3]
KEY = b"a key for tests, never for a home"
AT = "2026-03-02T09:00:00+00:00"
REPORTER, PERIOD = "ME0100200", "2005/2024"
# The marks of invented people: direct identifiers that may stand in the store of identities alone.
CANARY = "Zzyzx Canarybird"


@cache
def jurisdiction() -> Jurisdiction:
    """Load the invented state."""
    return registry.load_registry([ROOT / "registry"], only=["demo"]).jurisdiction("demo")


def dataset(name: str = "custody_deaths") -> Dataset:
    """Give a dataset of the invented state."""
    return jurisdiction().datasets[name]


def make_home(folder: Path) -> Path:
    """Make a home that waits for nobody long."""
    upkeep.make_home(folder / "home", key=KEY, at=AT, wait_seconds=0.3)
    return folder / "home"


def write_rows(path: Path, *, count: int = 4, **changes: Mapping[int, str]) -> Path:
    """Write a file of deaths that passes every check; `field={row: value}` changes single values."""
    example = ROOT / "registry" / "demo" / "datasets" / "custody_deaths" / "examples" / "good.csv"
    with example.open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    rows = [
        first | {"record_number": f"2022-{number:05}", "person_name": f"{CANARY} {number:05}"}
        for number in range(count)
    ]
    for field, values in changes.items():
        for number, value in values.items():
            rows[number][field] = value
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(first))
        writer.writeheader()
        writer.writerows(rows)
    return path


def send(path: Path, home: Path, **changes: Any) -> receive.Receipt:
    """Send a file to a home as its reporter."""
    given = {
        "dataset": dataset(), "jurisdiction": jurisdiction(), "reporter": REPORTER, "period": PERIOD, "actor": "clerk",
        "at": AT, "key": KEY,
    }  # fmt: skip
    return receive.submit(path, home=home, **{**given, **changes})


def keep_open(home: Path, said: Connection) -> None:
    """Hold a store until told."""
    with store.open_store(home):
        said.send(os.getpid())
        said.recv()
