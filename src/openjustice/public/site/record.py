"""Remembers what the standing site was built from, so that only what a new release touches is built again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import openjustice
from openjustice.contracts.release import file_digest
from openjustice.contracts.translations import Translations

RECORD = "site.json"
_MADE_OF = {".py", ".html", ".css", ".js", ".po", ".svg", ".yaml"}


@dataclass(frozen=True)
class Record:
    """What a site was built from: the key of the whole, and of each file that can be taken over by itself."""

    key: str
    site: str
    parts: Mapping[str, str] = field(default_factory=dict)


def read_record(public_dir: Path) -> Record | None:
    """Return the record of the site that stands, or None where there is none that can be read."""
    try:
        given = json.loads((public_dir / RECORD).read_bytes())
        return Record(key=str(given["key"]), site=str(given["site"]), parts=dict(given["parts"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(public_dir: Path, record: Record) -> None:
    """Write the record beside the site, whole or not at all."""
    part = public_dir / f".{RECORD}.part"
    part.write_text(json.dumps({"key": record.key, "site": record.site, "parts": dict(record.parts)}), encoding="utf-8")
    part.replace(public_dir / RECORD)


@cache
def program_digest() -> str:
    """Return the digest of everything in the package that pages and files are made with."""
    root = Path(openjustice.__file__).parent
    rooms = [root / name for name in ("public", "contracts", "ground", "standards", "protect", "measure")]
    files = sorted(path for room in rooms for path in room.rglob("*") if path.suffix in _MADE_OF)
    return digest_of(f"{path.relative_to(root).as_posix()} {file_digest(path)}" for path in files)


def words_digest(translations: Iterable[Translations]) -> str:
    """Return the digest of the words of every language."""
    return digest_of(
        json.dumps([item.language, sorted((*place, text) for place, text in item.entries.items())])
        for item in translations
    )


def digest_of(parts: Iterable[Any]) -> str:
    """Return the SHA-256 of some parts in their order."""
    summary = hashlib.sha256()
    for part in parts:
        summary.update(f"{part}\0".encode())
    return summary.hexdigest()


def key_of(common: str, manifests: Sequence[str]) -> str:
    """Return the key of what is made of some releases: it changes with each of them, and with the program and its words."""
    return digest_of([common, *manifests])
