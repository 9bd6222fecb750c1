"""Finishes or undoes what a stopped seal left behind, and refuses where the outside is not what the ledger says."""

from __future__ import annotations

from pathlib import Path

from openjustice.airlock import ledger
from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.confidential.store import Store
from openjustice.contracts.ledger import LedgerLine
from openjustice.contracts.release import CatalogEntry
from openjustice.ground import errors
from openjustice.public.store import intake, reader


def repair(store: Store, *, at: str, actor: str) -> tuple[LedgerLine, ...]:
    """Bring every seal that was stopped to its end or back to its start, and return the ledger's lines.

    The ledger's line is the turning point: with it a release is sealed and is finished, without it the release never
    was and is removed. Raises SealRefused where ledger, releases and store contradict each other beyond that.
    """
    lines = ledger.verify_chain(store.home.public)
    sealed = {line.release for line in lines}
    for draft in store.find("draft", state="sealing"):
        if draft["release"] in sealed:
            _finish(store, draft["number"], at=at, actor=actor)
        else:
            _undo(store, draft["number"], address=draft["release"], at=at, actor=actor)
    if faults := find_contradictions(store, lines=lines):
        raise errors.SealRefused(faults)
    switch_catalog(store.home.public, lines=lines)
    return lines


def find_outside_faults(store: Store) -> list[errors.Fault]:
    """Return what is wrong outside: a broken chain, a lost release, a contradiction; a stopped seal is none."""
    try:
        lines = ledger.verify_chain(store.home.public)
    except errors.SealRefused as refusal:
        return list(refusal.faults)
    return find_contradictions(store, lines=lines)


def switch_catalog(public_dir: Path, *, lines: tuple[LedgerLine, ...]) -> None:
    """Let the catalog name exactly the releases that the ledger has, where it does not yet."""
    entries = tuple(CatalogEntry(address=line.release, manifest=line.manifest, sealed_at=line.at) for line in lines)
    if entries != _read_catalog(public_dir):
        intake.write_catalog(public_dir, entries=entries)


def find_contradictions(store: Store, *, lines: tuple[LedgerLine, ...]) -> list[errors.Fault]:
    """Return where the ledger, the releases in their places and the confidential store do not tell the same."""
    drafts = {
        row["release"]: row["digest"] for state in ("sealing", "sealed") for row in store.find("draft", state=state)
    }
    stopped = {row["release"] for row in store.find("draft", state="sealing")}
    sealed = {line.release for line in lines}
    cut = [
        _fault("ledger_broken", "A sealed draft has no line in the ledger.", address)
        for address in drafts.keys() - stopped - sealed
    ]
    unknown = [
        _fault("ledger_broken", "The ledger has a release that this home did not seal.", line.release)
        for line in lines
        if drafts.get(line.release) != line.draft
    ]
    stray = [
        _fault("release_unexplained", "A release stands outside without a line in the ledger.", address)
        for address in intake.placed_addresses(store.home.public)
        if address not in sealed | stopped
    ]
    return [*cut, *unknown, *stray, *_find_lost_releases(store.home.public, lines=lines)]


def _find_lost_releases(public_dir: Path, *, lines: tuple[LedgerLine, ...]) -> list[errors.Fault]:
    faults: list[errors.Fault] = []
    for line in lines:
        try:
            reader.read_manifest(public_dir / reader.RELEASES / line.release, expect=line.manifest)
        except errors.SealRefused as refusal:
            faults.extend(refusal.faults)
    return faults


def _finish(store: Store, number: int, *, at: str, actor: str) -> None:
    detail = "stopped after the ledger's line; finished"
    store.mark_draft(number, lifecycle=RELEASE_REQUEST, act="finish_seal", actor=actor, at=at, detail=detail)


def _undo(store: Store, number: int, *, address: str, at: str, actor: str) -> None:
    intake.remove_unsealed(store.home.public, address=address)
    dataset = address.split("/")[1]
    with store.transaction():
        store.save_sealed_cells(address, dataset=dataset, cells=[])
        store.mark_draft(
            number, lifecycle=RELEASE_REQUEST, act="undo_seal", actor=actor, at=at, changes={"release": None},
            detail="stopped before the ledger's line; undone",
        )  # fmt: skip


def _read_catalog(public_dir: Path) -> tuple[CatalogEntry, ...] | None:
    try:
        return reader.read_catalog(public_dir)
    except errors.SealRefused:
        return None  # it is made again from the ledger


def _fault(code: str, what: str, address: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=what, way_out="Compare with a copy of the home and of the published ledger before anything else.",
        ask=errors.SealRefused.who_must_act, place=errors.Place(file=address),
    )  # fmt: skip
