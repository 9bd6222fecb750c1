"""Searches what a run leaves behind for the marks of invented people, through compression, archives and databases."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
DATABASES = {".duckdb"}
BIRTH_DAY = re.compile(r"\b(?:19\d\d|200\d|2010)-\d\d-\d\d\b")


@dataclass(frozen=True)
class Run:
    """One command that ran: what it said, and how it ended."""

    arguments: tuple[str, ...]
    code: int
    said: str


def run(*arguments: str, cwd: Path, code: int | None = 0) -> Run:
    """Run `openjustice` in a process of its own, and keep all it says."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "OPENJUSTICE_NOW": "2026-03-02T09:00:00+00:00",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "160",
    }
    done = subprocess.run(
        [sys.executable, "-m", "openjustice", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    said = done.stdout + done.stderr
    assert code is None or done.returncode == code, said
    return Run(arguments, done.returncode, said)


def find_marks(folder: Path, *, marks: Sequence[str], apart: Sequence[Path] = ()) -> list[str]:
    """Name every file below a folder, outside the folders set apart, that holds one of the marks in any form."""
    found = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and not item.is_symlink()):
        if any(path.is_relative_to(other) for other in apart):
            continue
        if any(mark_in(text, marks) for text in texts_of(path)):
            found.append(str(path.relative_to(folder)))
    return found


def mark_in(content: bytes, marks: Sequence[str]) -> bool:
    """Say whether content holds a mark, in UTF-8 or either UTF-16, whatever its case."""
    lowered = content.lower()
    return any(
        mark.lower().encode(encoding) in lowered for mark in marks for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    )


def texts_of(path: Path) -> Iterator[bytes]:
    """Give a file's name, its bytes, and what stands inside it when it is unpacked or queried."""
    content = path.read_bytes()
    yield path.name.encode()
    yield content
    if path.suffix in DATABASES:
        yield from database_rows(path)
    elif path.suffix == ".parquet":
        with duckdb.connect() as connection:
            yield from rows_of(connection, f"read_parquet('{path}')")
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def database_rows(path: Path) -> Iterator[bytes]:
    """Give every row of every table of a database: a database packs its text, so its bytes alone show little."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            yield from rows_of(connection, f'"{name}"')


def rows_of(connection: duckdb.DuckDBPyConnection, source: str) -> Iterator[bytes]:
    """Give the rows of one source as text, a batch at a time."""
    found = connection.execute(f"SELECT * FROM {source}")
    yield " ".join(item[0] for item in found.description or []).encode()
    while batch := found.fetchmany(10_000):
        yield "\n".join(" ".join(str(value) for value in row) for row in batch).encode()


def birth_days(folder: Path, *, known: set[str], apart: Sequence[Path] = ()) -> list[str]:
    """Name every file below a folder, outside the folders set apart, that holds a day on which an invented person was born."""
    found = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and not item.is_symlink()):
        if any(path.is_relative_to(other) for other in apart):
            continue
        if any(set(BIRTH_DAY.findall(text.decode(errors="replace"))) & known for text in texts_of(path)):
            found.append(str(path.relative_to(folder)))
    return found
