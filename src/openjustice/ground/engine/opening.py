"""Opens engines: each locked to the one place it may read, before anything runs on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from openjustice.ground.engine import locks
from openjustice.ground.engine.connection import Engine
from openjustice.ground.engine.trace import Trace
from openjustice.ground.terms import Plane


def open_memory(
    *,
    plane: Plane,
    directory: Path | None = None,
    files: Sequence[Path] = (),
    trace: Trace | None = None,
    threads: int = 2,
    memory: str = "1500MB",
) -> Engine:
    """Open an engine with no file of its own, locked; `directory` is the one place it may read, write and spill into.

    `files` are single files elsewhere that it may read as well.
    """
    return _open(":memory:", directory=directory, files=files, plane=plane, trace=trace, threads=threads, memory=memory)


def open_file(
    path: Path,
    *,
    plane: Plane,
    read_only: bool = False,
    trace: Trace | None = None,
    threads: int = 2,
    memory: str = "1500MB",
) -> Engine:
    """Open a database file, locked to the directory it stands in; a confidential one can be read by its owner alone."""
    opened = _open(
        str(path), directory=path.parent, plane=plane, trace=trace, threads=threads, memory=memory, read_only=read_only
    )
    if plane is Plane.CONFIDENTIAL and not read_only:
        path.chmod(0o600)
    return opened


def _open(
    database: str,
    *,
    directory: Path | None,
    plane: Plane,
    trace: Trace | None,
    threads: int,
    memory: str,
    read_only: bool = False,
    files: Sequence[Path] = (),
) -> Engine:
    connection = duckdb.connect(database, read_only=read_only)
    for setting in locks.lock_settings(directory, files, threads=threads, memory=memory):
        connection.execute(setting)
    return Engine(connection, plane=plane, trace=trace, reach=[*([directory] if directory else []), *files])
