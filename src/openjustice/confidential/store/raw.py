"""Received files, byte for byte, each named by its SHA-256; nothing half-written has such a name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from openjustice.ground import durable

_CHUNK = 1 << 20
_INCOMING = ".incoming"


@dataclass(frozen=True)
class RawFile:
    """A received file in its place."""

    path: Path
    sha256: str
    bytes: int


def keep_file(source: Path, *, folder: Path, progress: Callable[[int], None] | None = None) -> RawFile:
    """Copy a file into the folder under its SHA-256: written beside it, synced, then renamed. The same bytes stand once."""
    incoming = folder / _INCOMING
    digest, size = _copy(source, incoming, progress=progress)
    target = folder / digest
    incoming.replace(target)
    durable.sync_file(folder)
    return RawFile(path=target, sha256=digest, bytes=size)


def find_damaged(folder: Path) -> list[str]:
    """Return the names of kept files whose bytes no longer give their name."""
    return [path.name for path in sorted(folder.iterdir()) if _digest(path) != path.name]


def remove_orphans(folder: Path, *, known: Collection[str]) -> list[str]:
    """Remove what an unfinished submission left: files that no submission names. Returns their names."""
    orphans = [path for path in sorted(folder.iterdir()) if path.name not in known]
    for path in orphans:
        path.unlink()
    return [path.name for path in orphans]


def _copy(source: Path, target: Path, *, progress: Callable[[int], None] | None) -> tuple[str, int]:
    summary, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as given, os.fdopen(handle, "wb") as kept:
        while chunk := given.read(_CHUNK):
            kept.write(chunk)
            summary.update(chunk)
            size += len(chunk)
            if progress:
                progress(size)
        kept.flush()
        os.fsync(kept.fileno())
    return summary.hexdigest(), size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
