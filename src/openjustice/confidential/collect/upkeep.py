"""Looks after a home: makes it, counts what it holds, and says whether it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential import identities, store
from openjustice.confidential.store import Store, Waiting, open_store
from openjustice.confidential.store.home import KEY_BYTES
from openjustice.ground import engine, errors

__all__ = ["KEY_BYTES", "check_home", "find_damage", "make_home", "read_key", "summarize"]


def make_home(path: Path, *, key: bytes, at: str, wait_seconds: float) -> None:
    """Make a home with the given key; raises RegistryRefused where something stands there already."""
    store.make_home(path, key=key, at=at, wait_seconds=wait_seconds)


def read_key(home: Path) -> bytes:
    """Read a home's key of the pseudonyms; raises RegistryRefused where it is missing, short, or open to others."""
    return store.read_home(home).read_key()


def summarize(home: Path, *, today: date, waiting: Waiting | None = None) -> dict[str, Any]:
    """Return the figures of a home's status page."""
    with open_store(home, writable=False, waiting=waiting) as opened:
        return opened.summary(today=today)


def check_home(home: Path, *, waiting: Waiting | None = None) -> None:
    """Raise HouseFault with everything that is not whole in a home."""
    found = find_damage(home, waiting=waiting)
    if found:
        raise errors.HouseFault(
            errors.Fault(code="home_damaged", what=what, way_out="Restore it from a copy.", ask="the owner of the home")
            for what in found
        )


def find_damage(home: Path, *, waiting: Waiting | None = None) -> list[str]:
    """Return, in plain sentences, everything that is not whole in a home. Surprise: it first clears what a stop left."""
    with open_store(home, waiting=waiting) as opened:
        known = {row["number"] for row in opened.find("submission")}
        with identities.open_identities(opened.home.identities, known=known) as apart:
            return [
                *(f"The kept file {name} is damaged." for name in store.find_damaged(opened.home.raw)),
                *_find_missing_files(opened),
                *_find_audit_faults(opened),
                *_find_record_faults(opened, apart),
            ]


def _find_missing_files(opened: Store) -> Iterable[str]:
    present = {path.name for path in opened.home.raw.iterdir()}
    return (f"The kept file {name} is missing." for name in sorted(opened.known_files() - present))


def _find_audit_faults(opened: Store) -> Iterable[str]:
    """Follow every thing through its audit: each step starts where the last one ended, and the last is its state."""
    for thing in ("submission", "query", "draft"):
        rows = opened.find(thing)
        trails: dict[int, list[tuple[str | None, str]]] = {row["number"]: [] for row in rows}
        for step in opened.audit(thing=thing):
            if step["to_state"] is not None and step["thing_id"] in trails:
                trails[step["thing_id"]].append((step["from_state"], step["to_state"]))
        for row in rows:
            trail = trails[row["number"]]
            starts = [None, *(to for _, to in trail)]
            if [start for start, _ in trail] != starts[:-1] or starts[-1] != row["state"]:
                yield f"The audit of {thing} {row['number']} does not lead to its state."


def _find_record_faults(opened: Store, apart: identities.Identities) -> Iterable[str]:
    for dataset in sorted({row["dataset"] for row in opened.find("submission")}):
        promised = {
            row["number"]: row["rows"]
            for row in opened.find("submission", dataset=dataset)
            if row["state"] != "returned"
        }
        kept = _count_records(opened, dataset)
        for number in sorted(promised.keys() | kept.keys()):
            if promised.get(number, 0) != kept.get(number, 0):
                yield f"Submission {number} does not have the records that it names."
        for number, count in sorted(apart.count_by_submission(dataset).items()):
            if count != kept.get(number, 0):
                yield f"The identities of submission {number} do not match its records."


def _count_records(opened: Store, dataset: str) -> dict[int, int]:
    relation = store.records_relation(dataset)
    if not opened.engine.ask("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [relation]):
        return {}
    rows = opened.engine.ask(f"SELECT _submission, count(*) FROM {engine.quote(relation)} GROUP BY ALL")
    return {int(number): int(count) for number, count in rows}
