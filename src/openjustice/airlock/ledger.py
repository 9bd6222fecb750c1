"""Keeps the ledger: one line for each seal, appended to the end of a hash chain and never changed."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts import ledger
from openjustice.contracts.ledger import LedgerLine
from openjustice.ground import durable
from openjustice.ground.terms import Approval
from openjustice.public.store import reader


def append(
    public_dir: Path,
    *,
    at: str,
    actor: str,
    release: str,
    manifest: str,
    policy: str,
    draft: str,
    approvals: tuple[Approval, ...],
    revision_note: str | None,
) -> LedgerLine:
    """Append the line of one seal and return it. From here on the release is sealed.

    Raises SealRefused where the chain is broken: nothing is ever appended to a broken chain.
    """
    lines = reader.read_ledger(public_dir)
    line = LedgerLine(
        number=0, at=at, actor=actor, release=release, manifest=manifest, policy=policy, draft=draft,
        approvals=approvals, revision_note=revision_note, previous="",
    )  # fmt: skip
    chained = ledger.chain_after(lines, line)
    durable.append_line(public_dir / reader.LEDGER, chained.as_text())
    return chained


def verify_chain(public_dir: Path) -> tuple[LedgerLine, ...]:
    """Return every line after checking the whole chain; raises SealRefused with every fault."""
    return reader.read_ledger(public_dir)
