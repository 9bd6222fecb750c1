"""Opens the confidential store: takes the hold, clears what a stopped process left, and gives the key for the block."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openjustice.confidential.store import lock, raw, schema
from openjustice.confidential.store.home import Home, read_home
from openjustice.confidential.store.store import Store
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane


@contextmanager
def open_store(
    home: Path, *, writable: bool = True, waiting: lock.Waiting | None = None, threads: int = 2, memory: str = "1500MB"
) -> Iterator[Store]:
    """Open a home's confidential store for the block: alone to write, together with others to read.

    Raises RegistryRefused where the folder is no home, AccessRefused where another process keeps the store too long.
    Surprise: a store is not opened twice at once by one process either; hand the open one on.
    """
    place = read_home(home)
    with lock.hold(place.lock, alone=writable, wait_seconds=place.wait_seconds, waiting=waiting):
        if writable:
            _clear_leftovers(place)
        with _open_records(place, writable=writable, threads=threads, memory=memory) as opened:
            store = Store(opened, place)
            if writable:
                raw.remove_orphans(place.raw, known=store.known_files())
            yield store


def _clear_leftovers(place: Home) -> None:
    """Remove what a stopped process had written beside the database: it may hold rows."""
    for folder in (place.confidential / ".spill", place.scratch):
        shutil.rmtree(folder, ignore_errors=True)


def _open_records(place: Home, *, writable: bool, threads: int, memory: str) -> engine.Engine:
    if not writable and not place.records.exists():
        opened = engine.open_memory(
            plane=Plane.CONFIDENTIAL, directory=place.confidential, threads=threads, memory=memory
        )
    else:
        opened = engine.open_file(
            place.records, plane=Plane.CONFIDENTIAL, read_only=not writable, threads=threads, memory=memory
        )
    if writable or not place.records.exists():
        schema.make_tables(opened)
    _check_layout(opened)
    return opened


def _check_layout(opened: engine.Engine) -> None:
    layout = opened.ask("SELECT max(layout) FROM store")[0][0]
    if layout != schema.LAYOUT:
        opened.close()
        raise errors.RegistryRefused.because(
            "other_layout",
            f"This store has layout {layout}; this program knows {schema.LAYOUT}.",
            way_out="Use the version of the program that made it.",
            ask="the owner of the home",
        )
