"""One hold on the confidential store: a writer alone, or readers together. The system frees it when its holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openjustice.ground import errors

Waiting = Callable[[str], None]
_PAUSE_SECONDS = 0.05


@contextmanager
def hold(path: Path, *, alone: bool, wait_seconds: float, waiting: Waiting | None = None) -> Iterator[None]:
    """Hold the lock for the block; `waiting` is told once, in plain words, that another process is waited for.

    Raises AccessRefused where the other hold outlasts the wait. Surprise: a second hold in the same process waits too.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, alone=alone, wait_seconds=wait_seconds, waiting=waiting)
        if alone:
            os.truncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)  # frees the hold


def _take(handle: int, *, alone: bool, wait_seconds: float, waiting: Waiting | None) -> None:
    kind = (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB
    until = time.monotonic() + wait_seconds
    told = False
    while not _try(handle, kind):
        if time.monotonic() >= until:
            raise _refuse(wait_seconds)
        if waiting and not told:
            waiting(
                f"Another process ({_holder(handle)}) uses the store. Waiting for it, at most {wait_seconds:g} seconds."
            )
            told = True
        time.sleep(_PAUSE_SECONDS)


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> str:
    number = os.pread(handle, 20, 0).decode("ascii", "replace")
    return f"number {number}" if number.isdigit() else "a reader"


def _refuse(wait_seconds: float) -> errors.Refusal:
    return errors.AccessRefused.because(
        "store_busy",
        "The confidential store is in use by another process.",
        why=f"It was not free after {wait_seconds:g} seconds.",
        way_out="Wait until the other command has ended, then run this one again.",
        ask="whoever runs the other command",
    )
