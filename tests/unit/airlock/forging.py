"""Forges drafts as somebody would who can write to the confidential store: files, manifest and register all agree again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from openjustice.confidential import store as stores
from openjustice.contracts import release
from openjustice.contracts.release import DraftManifest, Product
from openjustice.ground import engine
from openjustice.ground.terms import Plane


def folder_of(home: Path, number: int = 1) -> Path:
    """Return the folder of a draft."""
    return home / "confidential" / "drafts" / str(number)


def read_manifest(home: Path, number: int = 1) -> DraftManifest:
    """Read a draft's manifest."""
    return release.read_draft_manifest(json.loads((folder_of(home, number) / "draft.json").read_text()))


def rewrite_table(home: Path, place: str, statement: str, *, number: int = 1) -> None:
    """Replace a Parquet file of a draft by what a statement makes of it (as `t`), and let everything agree again."""
    folder = folder_of(home, number)
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        given = opened.read_parquet(folder / place, name="t")
        made = opened.derive("made", statement, inputs={"t": given})
        opened.write_parquet(made, folder / place)
        columns, rows = made.columns, made.row_count
    agree(home, lambda item: replace(item, columns=columns, rows=rows) if item.path == place else item, number=number)


def rewrite_json(home: Path, place: str, change: Callable[[dict[str, Any]], None], *, number: int = 1) -> None:
    """Change a JSON file of a draft, and let everything agree again."""
    path = folder_of(home, number) / place
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    agree(home, lambda item: item, number=number)


def agree(home: Path, change: Callable[[Product], Product | None], *, number: int = 1) -> None:
    """Make the manifest describe the files as they are, and the register the manifest; a product may be left out."""
    folder, manifest = folder_of(home, number), read_manifest(home, number)
    products = [changed for item in manifest.products if (changed := change(item)) is not None]
    described = tuple(
        replace(item, sha256=release.file_digest(folder / item.path), bytes=(folder / item.path).stat().st_size)
        for item in products
    )
    register(home, replace(manifest, products=described), number=number)


def register(home: Path, manifest: DraftManifest, *, number: int = 1) -> None:
    """Write a manifest into its draft, and its digest into the register."""
    (folder_of(home, number) / "draft.json").write_text(release.as_json(manifest))
    with stores.open_store(home) as store:
        store.engine.change(
            "UPDATE drafts SET digest = $digest WHERE number = $n", {"digest": manifest.digest, "n": number}
        )
