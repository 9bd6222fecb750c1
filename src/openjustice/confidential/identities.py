"""The second key: direct identifiers in their own database, joined to the records only by a keyed pseudonym."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openjustice.ground import engine
from openjustice.ground.terms import Plane

_BLOCK = 64  # bytes of a SHA-256 block, to which HMAC pads its key
_PREFIX = "identities__"
_INCOMING = ".incoming.parquet"


def pseudonym(values: Sequence[str | None], *, key: bytes, scope: str) -> str:
    """Return the keyed pseudonym of a record's key: HMAC-SHA256 over the scope and the values, in hexadecimal.

    The same key in the same scope gives the same pseudonym, so that a resubmission finds its record again; without the
    secret key nobody can try names against it. Source: RFC 2104.
    """
    return hmac.new(key, _message(values, scope=scope).encode(), "sha256").hexdigest()


def pseudonym_sql(columns: Sequence[str]) -> str:
    """Return the expression that computes `pseudonym` on the engine, with `pseudonym_parameters` bound to it.

    Surprise: never use it in `derive`, whose trace would keep the bound key.
    """
    parts = [f"coalesce(strlen({_text(name)}) || ':' || {_text(name)}, '-')" for name in columns]
    message = " || ".join(["$scope", *parts])
    return f"sha256($outer_pad::BLOB || unhex(sha256($inner_pad::BLOB || encode({message}))))"


def pseudonym_parameters(*, key: bytes, scope: str) -> dict[str, Any]:
    """Return what `pseudonym_sql` binds: the key's two pads and the scope."""
    padded = (key if len(key) <= _BLOCK else _hashed(key)).ljust(_BLOCK, b"\0")
    return {
        "outer_pad": bytes(byte ^ 0x5C for byte in padded),
        "inner_pad": bytes(byte ^ 0x36 for byte in padded),
        "scope": f"{scope}\n",
    }


class Identities:
    """The open store of direct identifiers. Nothing below `linkage` may join it to the records."""

    def __init__(self, opened: engine.Engine, *, folder: Path) -> None:
        self._engine = opened
        self._folder = folder

    def add(self, dataset: str, *, submission: int, fields: Mapping[str, str], source: Path) -> None:
        """Keep the direct identifiers of a submission, all or nothing; `source` is a Parquet file with `_record` and them.

        Surprise: the file is moved into this store's own folder, the only place its connection may read, and removed.
        """
        relation, incoming = _relation(dataset), self._folder / _INCOMING
        shutil.move(source, incoming)
        named = ", ".join(engine.quote(name) for name in ("_record", *fields))
        try:
            with self._engine.transaction():
                self._fit_relation(relation, {"_record": "VARCHAR", "_submission": "BIGINT", **fields})
                self._engine.change(
                    f"INSERT INTO {engine.quote(relation)} (_submission, {named}) "
                    f"SELECT $submission, {named} FROM read_parquet($incoming)",
                    {"submission": submission, "incoming": str(incoming)},
                )
        finally:
            incoming.unlink()

    def remove(self, submission: int) -> None:
        """Remove what was kept for a submission that was not finished."""
        for relation in self._relations():
            self._engine.change(f"DELETE FROM {engine.quote(relation)} WHERE _submission = ?", [submission])

    def prune(self, *, known: Collection[int]) -> int:
        """Remove what unfinished submissions left, and return how many rows that were."""
        left = 0
        for relation in self._relations():
            where = f"FROM {engine.quote(relation)} WHERE NOT list_contains($known::BIGINT[], _submission)"
            left += int(self._engine.ask(f"SELECT count(*) {where}", {"known": sorted(known)})[0][0])
            self._engine.change(f"DELETE {where}", {"known": sorted(known)})
        return left

    def count_by_submission(self, dataset: str) -> dict[int, int]:
        """Return how many rows are kept for each submission of a dataset."""
        if _relation(dataset) not in self._relations():
            return {}
        rows = self._engine.ask(f"SELECT _submission, count(*) FROM {engine.quote(_relation(dataset))} GROUP BY ALL")
        return {int(number): int(count) for number, count in rows}

    def table(self, dataset: str) -> engine.Table:
        """Return the direct identifiers of a dataset with `_record` and `_submission`, confidential."""
        return self._engine.table(_relation(dataset))

    def _fit_relation(self, relation: str, columns: Mapping[str, str]) -> None:
        shape = ", ".join(f"{engine.quote(name)} {kind}" for name, kind in columns.items())
        self._engine.change(f"CREATE TABLE IF NOT EXISTS {engine.quote(relation)} ({shape})")
        for name, kind in columns.items():
            self._engine.change(
                f"ALTER TABLE {engine.quote(relation)} ADD COLUMN IF NOT EXISTS {engine.quote(name)} {kind}"
            )

    def _relations(self) -> list[str]:
        rows = self._engine.ask("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY table_name")
        return [str(name) for (name,) in rows if str(name).startswith(_PREFIX)]


@contextmanager
def open_identities(path: Path, *, known: Collection[int]) -> Iterator[Identities]:
    """Open the store of direct identifiers for the block; what unfinished submissions left is removed first.

    `known` are the numbers of the submissions that exist. To be called under the hold of the confidential store.
    """
    folder = path.parent.resolve()
    shutil.rmtree(folder / ".spill", ignore_errors=True)
    (folder / _INCOMING).unlink(missing_ok=True)
    with engine.open_file(path, plane=Plane.CONFIDENTIAL) as opened:
        identities = Identities(opened, folder=folder)
        identities.prune(known=known)
        yield identities


def _message(values: Sequence[str | None], *, scope: str) -> str:
    parts = ["-" if value is None else f"{len(value.encode())}:{value}" for value in values]
    return "".join([f"{scope}\n", *parts])


def _text(column: str) -> str:
    return f"CAST({engine.quote(column)} AS VARCHAR)"


def _hashed(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _relation(dataset: str) -> str:
    return f"{_PREFIX}{dataset}"
