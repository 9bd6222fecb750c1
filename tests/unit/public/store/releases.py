"""Places small sealed releases of invented numbers in a public folder, through the intake and the ledger themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from openjustice.airlock import ledger
from openjustice.contracts import release
from openjustice.contracts.release import CatalogEntry, Declarations, Product, ProductKind, ReleaseManifest
from openjustice.ground import engine
from openjustice.ground.terms import Approval, Plane
from openjustice.public.store import intake, reader

AT = "2026-03-02T09:00:00Z"
ROWS = (("2024", 7), ("2025", None), ("_T", 12))
TABLE = "deaths__by_year"


def write_draft(folder: Path, *, rows: Sequence[tuple[str, int | None]] = ROWS) -> tuple[Product, ...]:
    """Write the files of a small draft and describe them."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    path = folder / "tables" / f"{TABLE}.parquet"
    with engine.open_memory(plane=Plane.PUBLIC, directory=folder) as opened:
        columns = {"year": "VARCHAR", "numerator": "BIGINT"}
        opened.write_parquet(opened.make_table(TABLE, columns=columns, rows=rows, plane=Plane.PUBLIC), path)
    for name in ("metadata", "report", "trace"):
        (folder / f"{name}.json").write_text(json.dumps({"says": name}))
    others = [
        describe(folder, f"{kind}.json", kind) for kind in (ProductKind.METADATA, ProductKind.REPORT, ProductKind.TRACE)
    ]
    return (describe(folder, f"tables/{TABLE}.parquet", ProductKind.TABLE, identifier=TABLE, rows=len(rows)), *others)


def describe(folder: Path, place: str, kind: ProductKind, *, identifier: str = "", rows: int | None = None) -> Product:
    """Describe one file as a product."""
    path = folder / place
    return Product(
        id=identifier or str(kind),
        kind=kind,
        path=place,
        sha256=release.file_digest(path),
        bytes=path.stat().st_size,
        rows=rows,
    )


def make_manifest(products: tuple[Product, ...], *, vintage: str = "2026-03-02.1") -> ReleaseManifest:
    """Make the manifest of a release of these products."""
    return ReleaseManifest(
        address=f"meridia/deaths/{vintage}", jurisdiction="meridia", dataset="deaths", vintage=vintage, title="Deaths",
        sealed_at=AT, sealed_by="manager", author="author", draft_digest="d" * 64,
        declarations=Declarations(contract="c", policy="p", policy_version=1, indicators=(("deaths", "i"),), program="0"),
        approvals=(Approval("one", "statistician", AT, "d" * 64),), products=products, invented=True,
    )  # fmt: skip


def stage_release(public: Path, *, draft: Path, manifest: ReleaseManifest, plane: Plane = Plane.PUBLIC) -> Path:
    """Stage a release from a draft's folder, its tables under the given label."""
    with engine.open_memory(plane=plane, directory=draft) as opened:
        tables = {
            item.id: opened.read_parquet(draft / item.path, name=item.id)
            for item in manifest.products_of(ProductKind.TABLE)
        }
        sources = {item.id: draft / item.path for item in manifest.products}
        return intake.stage(public, manifest=manifest, sources=sources, tables=tables)


def place_release(public: Path, *, draft: Path, vintage: str = "2026-03-02.1") -> ReleaseManifest:
    """Place a whole release: files, ledger line, catalog."""
    public.mkdir(parents=True, exist_ok=True)
    manifest = make_manifest(write_draft(draft), vintage=vintage)
    staged = stage_release(public, draft=draft, manifest=manifest)
    intake.place(public, staged=staged, address=manifest.address)
    append_line(public, manifest)
    entry = CatalogEntry(address=manifest.address, manifest=manifest.digest, sealed_at=AT)
    intake.write_catalog(public, entries=(*reader.read_catalog(public), entry))
    return manifest


def append_line(public: Path, manifest: ReleaseManifest) -> None:
    """Append the ledger's line for a release."""
    ledger.append(
        public, at=AT, actor="manager", release=manifest.address, manifest=manifest.digest, policy="p",
        draft=manifest.draft_digest, approvals=manifest.approvals, revision_note=None,
    )  # fmt: skip
