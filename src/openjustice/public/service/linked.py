"""Holds the linked data of the newest releases for SPARQL: written as Turtle once, loaded by a worker process, asked over a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from openjustice.public.publish import vocabulary
from openjustice.public.publish.content import Content, read_content
from openjustice.public.publish.formats.turtle import FORMAT
from openjustice.public.publish.identifiers import identifiers_of
from openjustice.public.publish.published import PublishedFile, PublishedRelease
from openjustice.public.service.limits import Limits
from openjustice.public.service.sparql_worker import READY
from openjustice.public.store import reader


@dataclass(frozen=True)
class Reply:
    """What the worker says: how it went, and where it went well, the answer with its media type."""

    status: str
    detail: str = ""
    media: str = ""
    body: bytes = b""


class LinkedData:
    """The linked data of a public folder, one query at a time. A new release is seen when the catalog changes."""

    def __init__(self, public: Path, *, scratch: Path, limits: Limits) -> None:
        self.public, self._scratch, self._limits = public.resolve(), scratch, limits
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._loaded: tuple[str, ...] = ()
        self._made = 0

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None

    @property
    def state(self) -> str:
        """Return what the answers depend on: the releases that are loaded, or would be."""
        return " ".join(self._newest())

    def ask(self, query: str, *, form: str | None) -> Reply:
        """Return the answer to a query. Raises SealRefused where a release is not what was sealed."""
        with self._lock:
            try:
                return self._ask(query, form)
            except (BrokenPipeError, EOFError):
                self.close()  # the next query starts another worker
                return Reply("failed")

    def _ask(self, query: str, form: str | None) -> Reply:
        worker = self._start()
        assert worker.stdin is not None  # noqa: S101 (both are pipes)
        assert worker.stdout is not None  # noqa: S101
        limits = self._limits
        asked = {
            "query": query, "form": form, "seconds": limits.seconds, "bytes": limits.sparql_bytes,
            "megabytes": limits.sparql_megabytes,
        }  # fmt: skip
        worker.stdin.write(json.dumps(asked).encode() + b"\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        if not line:
            raise EOFError
        head: dict[str, Any] = json.loads(line)
        body = worker.stdout.read(head["length"])
        return Reply(head["status"], head.get("detail", ""), head.get("media", ""), body)

    def _start(self) -> subprocess.Popen[bytes]:
        newest = self._newest()
        if self._worker is not None and newest == self._loaded and self._worker.poll() is None:
            return self._worker
        self.close()
        self._made += 1
        folder = self._scratch / f"linked-{self._made}"
        folder.mkdir(parents=True)
        files = [str(path) for path in self._write(folder, newest)]
        command = [sys.executable, "-m", "openjustice.public.service.sparql_worker", *files]
        self._worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._worker.stdout is not None  # noqa: S101 (it is a pipe)
        if self._worker.stdout.readline() != READY:
            raise EOFError
        self._loaded = newest
        for path in files:
            Path(path).unlink()
        return self._worker

    def _newest(self) -> tuple[str, ...]:
        latest = {item.address.rpartition("/")[0]: item.address for item in reader.read_catalog(self.public)}
        return tuple(latest[name] for name in sorted(latest))

    def _write(self, folder: Path, addresses: tuple[str, ...]) -> Iterator[Path]:
        with reader.open_reader(self.public) as opened:
            contents = [read_content(opened, opened.release(address)) for address in addresses]
        for _, group in groupby(contents, key=lambda item: item.manifest.jurisdiction):
            releases = []
            for content in group:
                files = list(_write_cubes(content, folder))
                yield from files
                releases.append(PublishedRelease(content=content, files=tuple(_as_file(path) for path in files)))
            yield from _write_things(releases, folder)


def _write_cubes(content: Content, folder: Path) -> Iterator[Path]:
    place = folder / content.manifest.jurisdiction / content.dataset
    place.mkdir(parents=True)
    for frame in content.frames:
        if not FORMAT.refuses(content, frame):
            FORMAT.write(content, frame, place / f"{frame.id}{FORMAT.suffix}")
            yield place / f"{frame.id}{FORMAT.suffix}"


def _as_file(path: Path) -> PublishedFile:
    return PublishedFile(path.name, "", FORMAT.media_type, path.stat().st_size, "", path.stem, FORMAT.name)


def _write_things(releases: list[PublishedRelease], folder: Path) -> Iterator[Path]:
    jurisdiction = releases[-1].content.jurisdiction
    language = jurisdiction.language.partition("-")[0]
    for number, thing in enumerate(vocabulary.read_things(releases)):
        path = folder / jurisdiction.jurisdiction / f"thing-{number}.ttl"
        text = vocabulary.as_turtle([(language, thing)], base=identifiers_of(jurisdiction).base)
        path.write_text(text, encoding="utf-8")
        yield path
