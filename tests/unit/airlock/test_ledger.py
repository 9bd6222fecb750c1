"""The ledger is a chain: every line names the one before, and every change of it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openjustice.airlock import ledger
from openjustice.contracts.ledger import GENESIS
from openjustice.ground import errors
from unit.public.store import releases

Lines = list[str]


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Make a ledger of three lines."""
    for number in (1, 2, 3):
        releases.append_line(tmp_path, releases.make_manifest((), vintage=f"2026-03-0{number}.1"))
    return tmp_path


def test_a_chain_holds(public: Path):
    lines = ledger.verify_chain(public)
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.previous for line in lines] == [GENESIS, lines[0].hash, lines[1].hash]


def alter(line: str, **changes: object) -> str:
    """Return a line with some of its values changed."""
    return json.dumps(json.loads(line) | changes, sort_keys=True)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0], alter(lines[1], actor="somebody else"), lines[2]],
        lambda lines: [lines[0], alter(lines[1], hash="0" * 64), lines[2]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[1], lines[1], lines[2]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], "not a line", lines[2]],
        lambda lines: [lines[0], alter(lines[1], more=1), lines[2]],
        lambda lines: [lines[0], "", *lines[1:]],
    ],
)
def test_every_change_breaks_the_chain(public: Path, tamper: Callable[[Lines], Lines]):
    path = public / "ledger.jsonl"
    path.write_text("\n".join(tamper(path.read_text().splitlines())) + "\n")
    with pytest.raises(errors.SealRefused) as refused:
        ledger.verify_chain(public)
    assert set(refused.value.codes) == {"ledger_broken"}
    with pytest.raises(errors.SealRefused):
        releases.append_line(public, releases.make_manifest((), vintage="2026-03-09.1"))


def test_a_line_that_was_never_finished_counts_as_absent(public: Path):
    path = public / "ledger.jsonl"
    path.write_text(path.read_text() + '{"number": 4, "at')
    assert len(ledger.verify_chain(public)) == 3
    releases.append_line(public, releases.make_manifest((), vintage="2026-03-04.1"))
    assert [line.release[-12:] for line in ledger.verify_chain(public)][-1] == "2026-03-04.1"
