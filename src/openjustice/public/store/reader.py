"""Reads sealed releases. It sees only what the catalog names, and checks every digest before it hands anything out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openjustice.contracts import ledger, release
from openjustice.contracts.release import CatalogEntry, Product, ProductKind, ReleaseManifest
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane

LEDGER = "ledger.jsonl"
CATALOG = "catalog.json"
RELEASES = "releases"
MANIFEST = "manifest.json"


class Reader:
    """The sealed releases of one public folder; every file is compared with its digest before it is read.

    Raises SealRefused where a release, its manifest or the ledger is not what was sealed, or where there is none.
    """

    def __init__(self, public_dir: Path, *, opened: engine.Engine) -> None:
        self.directory = public_dir
        self._engine = opened
        self._read: dict[str, ReleaseManifest] = {}

    def catalog(self) -> tuple[CatalogEntry, ...]:
        """Return the catalog: every release that was sealed, the oldest first."""
        return read_catalog(self.directory)

    def releases(self) -> tuple[ReleaseManifest, ...]:
        """Return the manifest of every release, the oldest first."""
        return tuple(self.release(entry.address) for entry in self.catalog())

    def newest(self) -> tuple[ReleaseManifest, ...]:
        """Return the newest release of each dataset, by dataset."""
        by_dataset = {(item.jurisdiction, item.dataset): item for item in self.releases()}
        return tuple(by_dataset[key] for key in sorted(by_dataset))

    def release(self, address: str) -> ReleaseManifest:
        """Return the manifest of one release by its address."""
        if address not in self._read:
            entry = next((item for item in self.catalog() if item.address == address), None)
            if entry is None:
                raise _refuse(
                    "release_unknown", "There is no such release.", way_out="`openjustice release list` names them."
                )
            self._read[address] = read_manifest(self.folder(address), expect=entry.manifest)
        return self._read[address]

    def folder(self, address: str) -> Path:
        """Return the folder a release stands in."""
        return self.directory / RELEASES / address

    def table(self, address: str, table_id: str) -> engine.Table:
        """Return one published table, on the public plane."""
        product = self._product(address, table_id, ProductKind.TABLE)
        return self._engine.read_parquet(self.file(address, product), name=table_id)

    def microdata(self, address: str) -> engine.Table | None:
        """Return the published records of a release, on the public plane, or None where it has none."""
        found = self.release(address).products_of(ProductKind.MICRODATA)
        return self._engine.read_parquet(self.file(address, found[0]), name=found[0].id) if found else None

    def metadata(self, address: str) -> dict[str, Any]:
        """Return what the release says of its dataset, variables, indicators, policy and publisher."""
        return self._json(address, ProductKind.METADATA)

    def report(self, address: str) -> dict[str, Any]:
        """Return the disclosure report of a release."""
        return self._json(address, ProductKind.REPORT)

    def trace(self, address: str) -> dict[str, Any]:
        """Return how every table of a release was made."""
        return self._json(address, ProductKind.TRACE)

    def file(self, address: str, product: Product) -> Path:
        """Return the path of a product's file after comparing its bytes with the digest in the manifest."""
        path = self.folder(address) / product.path
        if not path.is_file() or release.file_digest(path) != product.sha256:
            raise _refuse(
                "release_changed",
                "A file of a sealed release is not what was sealed.",
                file=f"{address}/{product.path}",
                way_out="Restore it from a copy; a sealed release is never edited.",
            )
        return path

    def ledger(self) -> tuple[ledger.LedgerLine, ...]:
        """Return the lines of the ledger after checking the chain."""
        return read_ledger(self.directory)

    def _product(self, address: str, identifier: str, kind: ProductKind) -> Product:
        product = self.release(address).product(identifier)
        if product is None or product.kind is not kind:
            known = ", ".join(item.id for item in self.release(address).products_of(kind))
            raise _refuse(
                "table_unknown", f"This release has no {kind} of that name.", way_out=f"It has: {known or 'none'}."
            )
        return product

    def _json(self, address: str, kind: ProductKind) -> dict[str, Any]:
        product = self.release(address).products_of(kind)[0]
        content: dict[str, Any] = json.loads(self.file(address, product).read_bytes())
        return content


@contextmanager
def open_reader(public_dir: Path) -> Iterator[Reader]:
    """Open the public store for reading; the folder need not hold anything yet."""
    public_dir = Path(public_dir).resolve()
    with engine.open_memory(plane=Plane.PUBLIC, directory=public_dir) as opened:
        yield Reader(public_dir, opened=opened)


def read_catalog(public_dir: Path) -> tuple[CatalogEntry, ...]:
    """Return what the catalog names, the oldest first; nothing where there is no catalog yet."""
    path = public_dir / CATALOG
    if not path.is_file():
        return ()
    try:
        return tuple(CatalogEntry(**item) for item in json.loads(path.read_bytes())["releases"])
    except (ValueError, KeyError, TypeError):
        raise _refuse(
            "catalog_broken", "The catalog cannot be read.", file=CATALOG, way_out="Seal or verify a release."
        ) from None


def read_manifest(folder: Path, *, expect: str) -> ReleaseManifest:
    """Read a release's manifest and compare it with the digest the catalog or the ledger gives."""
    place = f"{'/'.join(folder.parts[-3:])}/{MANIFEST}"
    try:
        manifest = release.read_release_manifest(json.loads((folder / MANIFEST).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        raise _refuse(
            "release_missing", "A sealed release is not in its place.", file=place, way_out="Restore it from a copy."
        ) from None
    if manifest.digest != expect:
        raise _refuse(
            "release_changed",
            "A release's manifest is not what was sealed.",
            file=place,
            way_out="Restore it from a copy.",
        )
    return manifest


def read_ledger(public_dir: Path) -> tuple[ledger.LedgerLine, ...]:
    """Return the lines of the ledger; raises SealRefused where the chain is broken; nothing where there is none yet."""
    path = public_dir / LEDGER
    return ledger.read_lines(path.read_text(encoding="utf-8"), label=LEDGER) if path.is_file() else ()


def find_release_faults(reader: Reader, address: str) -> list[errors.Fault]:
    """Return everything about a sealed release that is not as it was sealed: manifest, every file, ledger, catalog."""
    faults: list[errors.Fault] = []
    try:
        manifest = reader.release(address)
    except errors.SealRefused as refusal:
        return list(refusal.faults)
    for product in manifest.products:
        try:
            reader.file(address, product)
        except errors.SealRefused as refusal:
            faults.extend(refusal.faults)
    return [*faults, *_find_ledger_faults(reader, manifest)]


def _find_ledger_faults(reader: Reader, manifest: ReleaseManifest) -> list[errors.Fault]:
    try:
        lines = reader.ledger()
    except errors.SealRefused as refusal:
        return list(refusal.faults)
    if any(line.release == manifest.address and line.manifest == manifest.digest for line in lines):
        return []
    what = "The ledger has no line for this release as it stands."
    return list(_refuse("ledger_broken", what, file=LEDGER, way_out="Do not use it; tell the publisher.").faults)


def _refuse(code: str, what: str, *, way_out: str, file: str | None = None) -> errors.Refusal:
    return errors.SealRefused.because(code, what, way_out=way_out, place=errors.Place(file=file))
