"""Places a sealed release in the public store: staged whole, renamed, then named in the catalog. Only the airlock imports it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from openjustice.contracts import release
from openjustice.contracts.release import CatalogEntry, ProductKind, ReleaseManifest
from openjustice.ground import durable, engine, errors
from openjustice.ground.terms import Plane
from openjustice.public.store import reader

STAGING = ".staging"
TABULAR = (ProductKind.TABLE, ProductKind.MICRODATA)


def stage(
    public_dir: Path, *, manifest: ReleaseManifest, sources: Mapping[str, Path], tables: Mapping[str, engine.Table]
) -> Path:
    """Lay out a whole release in the staging folder and return it; nobody sees it there.

    `sources` gives the file of each product by its id, `tables` each tabular product's rows on the public plane. Raises
    HouseFault where a table's label is not public, or where the file staged does not hold exactly the rows it was given.
    """
    staged = public_dir / STAGING / manifest.address.replace("/", "__")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    for product in manifest.products:
        durable.copy_file(sources[product.id], staged / product.path)
        if release.file_digest(staged / product.path) != product.sha256:
            raise _fault("staged_differs", "A staged file differs from the one that was approved.")
    _check_tables(staged, manifest=manifest, tables=tables)
    durable.write_file(staged / reader.MANIFEST, release.as_json(manifest))
    return staged


def place(public_dir: Path, *, staged: Path, address: str) -> None:
    """Rename a staged release into its place. It is complete on disk, and still nobody sees it."""
    durable.move_folder(staged, public_dir / reader.RELEASES / address)


def write_catalog(public_dir: Path, *, entries: tuple[CatalogEntry, ...]) -> None:
    """Switch the catalog: from here on everyone sees these releases."""
    content = {"releases": [asdict(item) for item in entries]}
    durable.write_file(public_dir / reader.CATALOG, json.dumps(content, indent=2, sort_keys=True) + "\n")


def remove_unsealed(public_dir: Path, *, address: str) -> None:
    """Remove what a seal that never finished left behind under this address. The caller knows that no ledger line names it."""
    shutil.rmtree(public_dir / STAGING, ignore_errors=True)
    shutil.rmtree(public_dir / reader.RELEASES / address, ignore_errors=True)


def placed_addresses(public_dir: Path) -> tuple[str, ...]:
    """Return the address of every release folder that stands in its place, named in the catalog or not, sorted."""
    return tuple("/".join(folder.parts[-3:]) for folder in sorted((public_dir / reader.RELEASES).glob("*/*/*")))


def _check_tables(staged: Path, *, manifest: ReleaseManifest, tables: Mapping[str, engine.Table]) -> None:
    with engine.open_memory(plane=Plane.PUBLIC, directory=staged) as opened:
        for product in manifest.products:
            if product.kind not in TABULAR:
                continue
            given = tables[product.id]
            if given.plane is not Plane.PUBLIC:
                raise _fault("label_refused", f"A {given.plane} table cannot be placed in the public store.")
            if opened.read_parquet(staged / product.path, name=product.id).digest() != given.digest():
                raise _fault("staged_differs", "A staged table differs from the one that was sealed.")


def _fault(code: str, what: str) -> errors.Refusal:
    return errors.HouseFault.because(code, what, way_out="Nothing was sealed.")
