"""Answers SPARQL queries in a process of its own: the graph in memory, one child for each query, killed when its time is over.

A query cannot be interrupted inside the engine, so each runs in a child that may be killed. The child can open no file and no
connection, may use so much memory and processor time and no more, and only reads: the engine is asked for queries, never for
updates. Run as `python -m openjustice.public.service.sparql_worker FILE.ttl ...`; requests and answers go over the standard streams.
"""

from __future__ import annotations

import io
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

READY = b"ready\n"
JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv; charset=utf-8", "text/turtle; charset=utf-8"
_CHUNK = 1 << 16


def main(files: Sequence[str]) -> None:
    """Load the files, say so, then answer one request after another until the input ends."""
    store = ox.Store()
    for file in files:
        store.bulk_load(path=file, format=ox.RdfFormat.TURTLE)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    for line in sys.stdin.buffer:
        head, body = answer(store, json.loads(line))
        sys.stdout.buffer.write(json.dumps({**head, "length": len(body)}).encode() + b"\n" + body)
        sys.stdout.buffer.flush()


def answer(store: ox.Store, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the head and the body of the answer: `status` says how it went, `media` what the body is."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run_in_child(store, asked, writing)
    os.close(writing)
    with open(reading, "rb", buffering=0) as stream:  # noqa: PTH123 (a descriptor, not a path)
        told = _read_until(stream, time.monotonic() + float(asked["seconds"]))
    if told is None:
        os.kill(child, signal.SIGKILL)
    _, ended = os.waitpid(child, 0)
    if told is None or ended & 0x7F == signal.SIGXCPU:
        return {"status": "time"}, b""
    head, _, body = told.partition(b"\n")
    return (json.loads(head), body) if head else ({"status": "memory"}, b"")


def _read_until(stream: BinaryIO, end: float) -> bytes | None:
    """Return everything that the child says, or None where it has not ended in time."""
    parts: list[bytes] = []
    while (left := end - time.monotonic()) > 0:
        if not select.select([stream], [], [], left)[0]:
            return None
        part = stream.read(_CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _run_in_child(store: ox.Store, asked: dict[str, Any], writing: int) -> None:
    """Answer, and end the process whatever happens; nothing of the parent's is run on the way out."""
    try:
        _silence()
        _lock(asked)
        head, body = _evaluate(store, asked)
    except MemoryError:
        os._exit(1)
    except BaseException:  # noqa: BLE001 (a child must end here, and what it would say may hold anything)
        head, body = {"status": "failed"}, b""
    with open(writing, "wb") as stream:
        stream.write(json.dumps(head).encode() + b"\n" + body)
    os._exit(0)


def _silence() -> None:
    """Let nothing that the engine says when it fails stand in anybody's log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)


def _lock(asked: dict[str, Any]) -> None:
    most = used_pages() * resource.getpagesize() + int(asked["megabytes"]) * (1 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    seconds = int(float(asked["seconds"])) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # The three standard streams are open, so every further file or connection would need a number that is not allowed.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _evaluate(store: ox.Store, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    try:
        found = store.query(asked["query"])
    except SyntaxError as fault:
        return {"status": "syntax", "detail": str(fault)[:300]}, b""
    is_graph = isinstance(found, ox.QueryTriples)
    form = asked["form"] or ("turtle" if is_graph else "json")
    if is_graph != (form == "turtle"):
        return {"status": "form", "detail": "turtle" if is_graph else "json or csv"}, b""
    held = _Bounded(int(asked["bytes"]))
    try:
        if isinstance(found, ox.QueryTriples):
            found.serialize(held, ox.RdfFormat.TURTLE)
        else:
            found.serialize(held, ox.QueryResultsFormat.CSV if form == "csv" else ox.QueryResultsFormat.JSON)
    except OSError:
        return {"status": "size" if held.is_over else "failed"}, b""
    return {"status": "ok", "media": {"json": JSON, "csv": CSV, "turtle": TURTLE}[form]}, held.getvalue()


class _Bounded(io.BytesIO):
    """What the engine writes to: refuses, rather than cuts, an answer that is larger than it may be."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self.is_over = most, False

    def write(self, part: Any) -> int:
        if self.tell() + len(part) > self._most:
            self.is_over = True
            raise OSError("too large")
        return super().write(part)


def used_pages() -> int:
    """Return how many pages of memory this process has asked for."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])


if __name__ == "__main__":
    main(sys.argv[1:])
