"""Verifies a draft again, trusting no caller: only its number comes in. Every fault of every lock is found, not the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.airlock import attacks, checkers, integrity, microdata, numbers, remaking, repair
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import earlier, sources
from openjustice.confidential.store import SealedCell, Store
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.contracts.release import DraftManifest
from openjustice.ground import errors
from openjustice.ground.terms import Approval
from openjustice.protect.attack import AttackResult

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Lock:
    """One thing that must hold before a draft leaves, whether it does, and what was found."""

    title: str
    faults: tuple[errors.Fault, ...]
    says: str

    @property
    def holds(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True)
class Evidence:
    """What was found out about a draft, lock by lock; the approvals are not judged here."""

    number: int
    manifest: DraftManifest
    title: str
    invented: bool
    checkers: int
    approvals: tuple[Approval, ...]
    locks: tuple[Lock, ...]
    results: tuple[AttackResult, ...]
    cells: tuple[SealedCell, ...]

    @property
    def faults(self) -> tuple[errors.Fault, ...]:
        """Return every fault of every lock."""
        return tuple(fault for lock in self.locks for fault in lock.faults)


# What the seal gets: evidence without a fault, and enough approvals.
Verified = Evidence


def verify(home: Path, number: int, *, registry: Registry, progress: Progress | None = None) -> Verified:
    """Verify a draft by its number, approvals included; raises SealRefused with every fault."""
    with stores.open_store(home, writable=False) as store:
        return verify_in(store, number, registry=registry, progress=progress)


def verify_evidence(home: Path, number: int, *, registry: Registry, progress: Progress | None = None) -> Evidence:
    """Find out everything about a draft but whether it has been approved; faults are in the answer, not raised."""
    with stores.open_store(home, writable=False) as store:
        return gather(store, number, registry=registry, progress=progress)


def verify_in(store: Store, number: int, *, registry: Registry, progress: Progress | None = None) -> Verified:
    """Verify a draft of an open store, approvals included; raises SealRefused with every fault."""
    evidence = gather(store, number, registry=registry, progress=progress)
    wanting = checkers.find_approval_faults(
        evidence.approvals, author=evidence.manifest.author, digest=evidence.manifest.digest, wanted=evidence.checkers
    )
    if faults := [*evidence.faults, *wanting]:
        raise errors.SealRefused(faults)
    return evidence


def gather(store: Store, number: int, *, registry: Registry, progress: Progress | None = None) -> Evidence:
    """Try every lock on a draft of an open store and return what was found.

    Raises SealRefused only where there is no such draft, it has ended, or its manifest cannot be read.
    """
    tell = progress or _tell_nobody
    tell(0.0, "Reading the draft")
    manifest = integrity.read_manifest(store, number)
    if ended := integrity.find_state_faults(store, number=number):
        raise errors.SealRefused(ended)
    dataset = registry.dataset(f"{manifest.jurisdiction}/{manifest.dataset}")
    jurisdiction = registry.jurisdiction(manifest.jurisdiction)
    locks = _paper_locks(store, manifest, number=number, dataset=dataset, jurisdiction=jurisdiction)
    tell(0.1, "Measuring the true cells again")
    truth = sources.measure(store, dataset=dataset, jurisdiction=jurisdiction)
    drafted = numbers.read_drafted(store, manifest, number=number)
    own = store.draft(number)["release"]  # set while a stopped seal waits to be finished or undone
    expected = remaking.expect_tables(store, drafted, truth=truth, jurisdiction=jurisdiction, but=own)
    locks += [
        _lock(
            "Shape",
            "the columns are those of the contract's public view",
            numbers.find_shape_faults(drafted, truth=truth),
        ),
        _lock(
            "Numbers",
            f"{drafted.cell_count:,} numbers {'are what the method makes of the true ones' if expected else 'equal the true ones or are hidden'}",
            numbers.find_number_faults(drafted, truth=truth, expected=expected),
        ),
    ]
    tell(0.3, "Attacking the tables")
    known = earlier.read_earlier(store, jurisdiction=jurisdiction.id, dataset=dataset.id)
    before = tuple(item for item in known if item.release != own)
    tables = attacks.attack_tables(drafted, truth=truth, before=before, jurisdiction=jurisdiction)
    tell(0.6, "Attacking the records")
    kept = {release: cells for release, cells in store.sealed_cells(dataset.id).items() if release != own}
    records = microdata.attack_records(
        drafted, truth=truth, jurisdiction=jurisdiction, seed=manifest.seed, beside=tables, before=kept
    )
    results = (*tables.results, *records.results)
    told = integrity.find_told_faults(integrity.read_report(drafted.folder, manifest), results=results, truth=truth)
    locks += [
        _lock("Tables", tables.says or _passed(tables.results), tables.faults),
        _lock("Record file", _passed(records.results), records.faults),
        _lock("Told", "the report says of each attack what was found now", told),
    ]
    tell(1.0, "Done")
    return Evidence(
        number=number, manifest=manifest, title=dataset.contract.title, invented=jurisdiction.declaration.invented,
        checkers=dataset.policy.checkers if dataset.policy else 2, approvals=store.approvals(number),
        locks=tuple(locks), results=results, cells=(*tables.cells, *records.cells),
    )  # fmt: skip


def _paper_locks(
    store: Store, manifest: DraftManifest, *, number: int, dataset: Dataset, jurisdiction: Jurisdiction
) -> list[Lock]:
    folder = store.draft_directory(number)
    return [
        _lock("Draft", "every file is the one its author made", integrity.find_draft_faults(store, manifest, number=number)),
        _lock(
            "Declarations", "contract, policy and indicators are in force and signed",
            integrity.find_declaration_faults(manifest, dataset=dataset, jurisdiction=jurisdiction),
        ),
        _lock(
            "Records", "the records in force are those the draft was made from",
            integrity.find_input_faults(store, manifest, dataset=dataset, jurisdiction=jurisdiction),
        ),
        _lock("Report", "the disclosure report was made under this policy", integrity.find_report_faults(folder, manifest)),
        _lock("Ledger", "the chain holds, and the releases are as they were sealed", repair.find_outside_faults(store)),
    ]  # fmt: skip


def _passed(results: Sequence[AttackResult]) -> str:
    return " ".join(item.says for item in results) or "there is nobody to protect in it"


def _lock(title: str, says: str, faults: Sequence[errors.Fault]) -> Lock:
    found = "; ".join(sorted({fault.what for fault in faults}))
    return Lock(title=title, faults=tuple(faults), says=found or says)


def _tell_nobody(_share: float, _says: str) -> None:
    return
