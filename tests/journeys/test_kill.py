"""A submission killed at any moment is whole or absent: nothing half-written, and the next one works."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

import pytest

from openjustice.confidential import identities, store
from openjustice.confidential.collect import upkeep
from openjustice.confidential.collect.submission import State
from openjustice.confidential.store import Store
from unit.confidential.home_fixture import ROOT, make_home, send, write_rows

KILLS = 100
DATASET = "custody_deaths"
# What the files are: in turn accepted, asked about, and returned.
KINDS: tuple[dict[str, Any], ...] = (
    {},
    {"manner_of_death": {1: "Natural"}, "means_of_death": {1: "Firearm"}},
    {"date_of_death": {1: "1960-01-01"}},
)
# Where a process dies for certain: after each step of receiving, each in its own module.
STEPS = (
    "openjustice.confidential.store.raw._copy",
    "openjustice.confidential.collect.receive.keep_file",
    "openjustice.confidential.collect.examination.examine",
    "openjustice.confidential.collect.receive._prepare",
    "openjustice.confidential.collect.receive._keep_identities",
    "openjustice.confidential.collect.receive._register",
    "openjustice.confidential.collect.receive._ask",
    "openjustice.confidential.collect.receive._supersede",
    "openjustice.confidential.collect.receive._accept",
    "openjustice.confidential.collect.receive._receive",
)


class Sender:
    """A process that sends files in children of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, path: Path, home: Path, *, dies: str | None = None) -> int:
        """Begin to send a file in a child, and return the child's number."""
        return self._tell(json.dumps({"path": str(path), "home": str(home), "dies": dies}))

    def end(self) -> int:
        """Wait for the child's end and return how it ended: 0 where it finished, 9 where it was killed."""
        return self._tell("")

    def _tell(self, line: str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    """Start one process for all the files of this module."""
    places = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("sender.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": places},
    ) as process:  # fmt: skip
        yield Sender(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Write twelve files of one reporter and period: each would supersede the one before, if it is accepted."""
    return [write_rows(tmp_path / f"{n}.csv", count=60 + n, **KINDS[n % len(KINDS)]) for n in range(12)]


def find_half_written(opened: Store) -> Iterator[str]:
    """Look for anything that is not whole, by reading the store and its files afresh."""
    raw = opened.home.raw
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in raw.iterdir()}
    if any(name != digest for name, digest in digests.items()) or set(digests) != opened.known_files():
        yield "raw files"
    submissions = {row["number"]: row for row in opened.find("submission")}
    ends = {row["thing_id"]: row["to_state"] for row in opened.audit(thing="submission")}
    if {number: row["state"] for number, row in submissions.items()} != ends or set(ends.values()) & {
        "received",
        "checked",
    }:
        yield "states and audit"
    kept = {number: row["rows"] for number, row in submissions.items() if row["state"] != State.RETURNED}
    relation = store.records_relation(DATASET)
    exists = opened.engine.ask("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [relation])
    counted = opened.engine.ask(f"SELECT _submission, count(*) FROM {relation} GROUP BY ALL") if exists else []
    if dict(counted) != kept:
        yield "records"
    if len([row for row in submissions.values() if row["state"] in store.IN_FORCE]) > 1:
        yield "two files in force for one period"
    asked = {row["submission"] for row in opened.find("query")}
    if not asked <= set(kept):
        yield "queries"
    with identities.open_identities(opened.home.identities, known=set(submissions)) as apart:
        if apart.count_by_submission(DATASET) != kept:
            yield "identities"


def check_whole(home: Path) -> int:
    """Assert that nothing in a home is half-written; returns how many submissions there are."""
    for path in (home / "confidential" / "raw").iterdir():
        # Even before the store is opened again, no file has the name of a digest that it does not have.
        is_named = re.fullmatch(r"[0-9a-f]{64}", path.name)
        assert not is_named or hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    with store.open_store(home) as opened:
        assert list(find_half_written(opened)) == []
        return len(opened.find("submission"))


def test_a_hundred_kills_at_random_moments_leave_nothing_half_written(home: Path, files: list[Path], sender: Sender):
    random = Random(2026)
    whole_seconds = 0.0
    for path in files[:2]:
        started = monotonic()
        sender.send(path, home)
        assert sender.end() == 0
        whole_seconds = monotonic() - started  # of the last, when everything is warm
    counts = [check_whole(home)]
    for kill in range(KILLS):
        child = sender.send(files[(kill + 2) % len(files)], home)
        sleep(random.uniform(0, 1.1) * whole_seconds)
        os.kill(child, signal.SIGKILL)
        assert sender.end() in (0, signal.SIGKILL)
        counts.append(check_whole(home))
    added = {after - before for before, after in pairwise(counts)}
    assert added == {0, 1}  # some were absent and some were whole, or the kills have missed the work
    send(files[0], home)
    assert upkeep.find_damage(home) == []


@pytest.mark.parametrize("step", STEPS, ids=[step.rpartition(".")[2] for step in STEPS])
def test_a_kill_after_each_step_leaves_the_submission_whole_or_absent(
    home: Path, files: list[Path], sender: Sender, step: str
):
    send(files[0], home)
    sender.send(files[1], home, dies=step)
    assert sender.end() == signal.SIGKILL
    is_kept = step.endswith("._receive")
    assert check_whole(home) == 1 + is_kept
    again = send(files[1], home)
    assert (again.number, again.supersedes, again.state) == (2, 1, State.ACCEPTED_WITH_QUERIES)
    assert again.repeated == is_kept
    assert upkeep.find_damage(home) == []


def test_what_is_half_written_would_be_noticed(home: Path, files: list[Path]):
    receipt = send(files[0], home)
    with store.open_store(home) as opened:
        opened.engine.change("DELETE FROM audit WHERE event = 'submission_accepted'")
        opened.engine.change(f"DELETE FROM {store.records_relation(DATASET)} WHERE _line = 2")
        with identities.open_identities(opened.home.identities, known=[]):
            (opened.home.raw / receipt.sha256).write_bytes(b"half")
        assert list(find_half_written(opened)) == ["raw files", "states and audit", "records", "identities"]
