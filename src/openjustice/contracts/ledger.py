"""What a line of the ledger is, and how the chain is checked: anyone can, with the published file alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from openjustice.contracts.release import digest_of
from openjustice.ground import errors
from openjustice.ground.terms import Approval

GENESIS = "0" * 64


@dataclass(frozen=True)
class LedgerLine:
    """One seal: what went out, under which policy and approvals, made from which draft; chained to the line before."""

    number: int
    at: str
    actor: str
    release: str
    manifest: str
    policy: str
    draft: str
    approvals: tuple[Approval, ...]
    revision_note: str | None
    previous: str
    hash: str = ""

    @property
    def expected_hash(self) -> str:
        """Return the SHA-256 that this line must carry: of everything in it but the hash itself."""
        return digest_of({name: value for name, value in asdict(self).items() if name != "hash"})

    def as_text(self) -> str:
        """Write this line as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def chain_after(lines: tuple[LedgerLine, ...], line: LedgerLine) -> LedgerLine:
    """Return the line as the next one of a chain: with its number, the hash before it, and its own."""
    previous = lines[-1].hash if lines else GENESIS
    placed = replace(line, number=len(lines) + 1, previous=previous)
    return replace(placed, hash=placed.expected_hash)


def read_lines(text: str, *, label: str) -> tuple[LedgerLine, ...]:
    """Read a ledger's text; raises SealRefused with every fault of the chain.

    Surprise: text after the last line feed is a line that was never finished, and counts as absent.
    """
    whole = text[: text.rfind("\n") + 1].splitlines()
    read = [(number, _read_line(item)) for number, item in enumerate(whole, start=1)]
    broken = [_broken(label, number, "It cannot be read.") for number, line in read if line is None]
    lines = tuple(line for _, line in read if line is not None)
    faults = broken or find_chain_faults(lines, label=label)
    if faults:
        raise errors.SealRefused(faults)
    return lines


def find_chain_faults(lines: Iterable[LedgerLine], *, label: str) -> list[errors.Fault]:
    """Return every fault of a chain: a line out of order, altered, or not chained to the one before it."""
    faults, previous = [], GENESIS
    for number, line in enumerate(lines, start=1):
        if line.number != number:
            faults.append(_broken(label, number, "Its number is not the next one: a line was removed, added or moved."))
        if line.previous != previous:
            faults.append(_broken(label, number, "It is not chained to the line before it."))
        if line.hash != line.expected_hash:
            faults.append(_broken(label, number, "It was altered after it was written."))
        previous = line.hash
    return faults


def _read_line(text: str) -> LedgerLine | None:
    try:
        given: Mapping[str, Any] = json.loads(text)
        return LedgerLine(**{**given, "approvals": tuple(Approval(**item) for item in given["approvals"])})
    except (ValueError, KeyError, TypeError):
        return None


def _broken(label: str, number: int, why: str) -> errors.Fault:
    return errors.Fault(
        code="ledger_broken",
        what="The ledger's chain is broken.",
        why=why,
        way_out="Compare the ledger with a published copy; nothing is sealed until the chain holds.",
        ask=errors.SealRefused.who_must_act,
        place=errors.Place(file=label, line=number),
    )
