"""Seals a verified draft and places it outside: stage, switch, and a line in the ledger. The only function on both planes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from openjustice.airlock import ledger, repair, verify
from openjustice.airlock.request import RELEASE_REQUEST
from openjustice.airlock.verify import Progress, Verified
from openjustice.confidential import store as stores
from openjustice.confidential.store import Store
from openjustice.contracts.ledger import LedgerLine
from openjustice.contracts.registry import Registry
from openjustice.contracts.release import ReleaseManifest
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane, Vintage
from openjustice.public.store import intake


def seal(
    home: Path,
    number: int,
    *,
    actor: str,
    at: str,
    registry: Registry,
    revision_note: str | None = None,
    checkpoint: str | None = None,
    progress: Progress | None = None,
) -> ReleaseManifest:
    """Seal a draft, by its number alone, and return the manifest of the release that everyone sees now.

    `at` is a moment in UTC, ISO 8601; `checkpoint` is the office's newest signed checkpoint of its audit record, which the
    release carries outside. Raises SealRefused with every fault where a lock does not hold. Surprise: whatever an earlier
    seal left unfinished is finished or undone first; the ledger's line decides which.
    """
    with stores.open_store(home) as store:
        lines = repair.repair(store, at=at, actor=actor)
        verified = verify.verify_in(store, number, registry=registry, progress=progress)
        manifest = _make_manifest(verified, lines=lines, actor=actor, at=at, revision_note=revision_note)
        manifest = replace(manifest, audit_checkpoint=checkpoint)
        _begin(store, verified, manifest=manifest, actor=actor, at=at)
        with _public_tables(store, verified) as (tables, sources):
            staged = intake.stage(store.home.public, manifest=manifest, sources=sources, tables=tables)
        intake.place(store.home.public, staged=staged, address=manifest.address)
        line = ledger.append(
            store.home.public, at=at, actor=actor, release=manifest.address, manifest=manifest.digest,
            policy=manifest.declarations.policy, draft=manifest.draft_digest, approvals=manifest.approvals,
            revision_note=manifest.revision_note,
        )  # fmt: skip
        repair.switch_catalog(store.home.public, lines=(*lines, line))
        store.mark_draft(number, lifecycle=RELEASE_REQUEST, act="finish_seal", actor=actor, at=at, detail=line.hash)
    return manifest


def next_vintage(lines: tuple[LedgerLine, ...], *, dataset: str, at: str) -> Vintage:
    """Return the vintage a dataset's release of this moment has: its day, and its place among that day's vintages."""
    day = datetime.fromisoformat(at).date()
    taken = [
        Vintage.parse(line.release.rpartition("/")[2]) for line in lines if line.release.rpartition("/")[0] == dataset
    ]
    return Vintage(day, 1 + sum(vintage.on == day for vintage in taken))


def _make_manifest(
    verified: Verified, *, lines: tuple[LedgerLine, ...], actor: str, at: str, revision_note: str | None
) -> ReleaseManifest:
    draft = verified.manifest
    dataset = f"{draft.jurisdiction}/{draft.dataset}"
    earlier = [line.release for line in lines if line.release.rpartition("/")[0] == dataset]
    if earlier and not (revision_note or "").strip():
        raise errors.SealRefused.because(
            "revision_note_wanting", "This dataset has a release already, and nothing says what changes.",
            why="A sealed release is never edited: a new vintage says what is revised and why.",
            way_out="Give --revision-note.",
        )  # fmt: skip
    vintage = str(next_vintage(lines, dataset=dataset, at=at))
    return ReleaseManifest(
        address=f"{dataset}/{vintage}", jurisdiction=draft.jurisdiction, dataset=draft.dataset, vintage=vintage,
        title=verified.title, sealed_at=at, sealed_by=actor, author=draft.author, draft_digest=draft.digest,
        declarations=draft.declarations, approvals=verified.approvals, products=draft.products,
        supersedes=earlier[-1] if earlier else None, revision_note=revision_note, invented=verified.invented,
    )  # fmt: skip


def _begin(store: Store, verified: Verified, *, manifest: ReleaseManifest, actor: str, at: str) -> None:
    """Note the intent, and the true cells, before anything leaves: a later draft must know them whatever happens here."""
    with store.transaction():
        store.save_sealed_cells(manifest.address, dataset=manifest.dataset, cells=verified.cells)
        store.mark_draft(
            verified.number, lifecycle=RELEASE_REQUEST, act="begin_seal", actor=actor, at=at,
            detail=manifest.digest, changes={"release": manifest.address},
        )  # fmt: skip


@contextmanager
def _public_tables(store: Store, verified: Verified) -> Iterator[tuple[dict[str, engine.Table], dict[str, Path]]]:
    """Give each tabular product's rows on the public plane, and the file of every product."""
    folder = store.draft_directory(verified.number)
    sources = {item.id: folder / item.path for item in verified.manifest.products}
    reason = f"sealed with {len(verified.approvals)} approvals of {verified.manifest.digest}"
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        read = {
            item.id: opened.read_parquet(sources[item.id], name=item.id)
            for item in verified.manifest.products
            if item.kind in intake.TABULAR
        }
        yield {name: opened.lower_label(table, to=Plane.PUBLIC, reason=reason) for name, table in read.items()}, sources
