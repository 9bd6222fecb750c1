"""Keeps uploads as they arrive and hands them on in order. Everything it knows stands in folders, so a killed process knows it too.

A folder of an upload is in one of three places and changes place by one rename: `open` while bytes arrive, `queue` once it is
whole and receipted, `done` when its check has ended. Its number is the content's own: the same file for the same dataset,
reporter and period has the same number, so a sender who is not sure simply sends again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openjustice.confidential.collect.intake import receipts
from openjustice.confidential.collect.intake.limits import ReceivingLimits
from openjustice.contracts.release import file_digest
from openjustice.ground import durable, errors

OPEN, QUEUE, DONE = "open", "queue", "done"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[\w][\w .()+-]{0,120}", re.ASCII)
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Announced:
    """What a sender says of a file before its first byte."""

    dataset: str
    reporter: str
    period: str
    file_name: str
    bytes: int
    sha256: str

    @property
    def number(self) -> str:
        """Return the upload's number: made of whose it is, what it is for, and its content."""
        said = json.dumps([self.dataset, self.reporter, self.period, self.bytes, self.sha256])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Upload:
    """An upload as it stands: what was announced, where it is, how many bytes are here, and its receipt and result."""

    announced: Announced
    state: str
    offset: int
    opened_at: str
    receipt: Mapping[str, Any] | None = None
    result: Mapping[str, Any] | None = None

    @property
    def number(self) -> str:
        """Return the upload's number."""
        return self.announced.number


class Full(Exception):
    """More files wait than may: the sender is to come again later."""


class OtherPlace(Exception):
    """Bytes were to be added at another place than the end; `offset` is where the end is."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class Spool:
    """The uploads of one home. One process writes to it; opened again after any end, it goes on where it was."""

    def __init__(self, folder: Path, *, limits: ReceivingLimits, key: Ed25519PrivateKey) -> None:
        self._folder, self._limits, self._key = folder, limits, key
        for part in (OPEN, QUEUE, DONE):
            (folder / part).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._places = {
            path.name.rpartition("-")[2]: path for part in (OPEN, QUEUE, DONE) for path in (folder / part).iterdir()
        }
        numbers = [int(path.name.partition("-")[0]) for part in (QUEUE, DONE) for path in (folder / part).iterdir()]
        self._next = 1 + max(numbers, default=0)
        self._queued = {
            place.name.rpartition("-")[2]: self._read(place).announced.bytes for place in (folder / QUEUE).iterdir()
        }

    def announce(self, announced: Announced, *, at: str) -> Upload:
        """Open an upload, or return the one there is: announced twice, it is still one. Raises Full, or SubmissionRefused."""
        if found := self.find(announced.number):
            return found
        if faults := list(_find_faults(announced, self._limits)):
            raise errors.SubmissionRefused(faults)
        self._make_room(announced.bytes)
        place = self._folder / OPEN / announced.number
        beside = place.with_name(f".{announced.number}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        (beside / "content").touch(mode=0o600)
        durable.write_file(beside / "announced.json", json.dumps({**asdict(announced), "opened_at": at}))
        beside.rename(place)
        durable.sync_file(place.parent)
        self._places[announced.number] = place
        return self._read(place)

    def find(self, number: str) -> Upload | None:
        """Return an upload by its number, or None."""
        while (place := self._places.get(number)) is not None:
            try:
                return self._read(place)
            except FileNotFoundError:  # it moved on while it was read: read it where it is now
                if self._places.get(number) == place:
                    raise
        return None

    def append(self, number: str, block: bytes, *, offset: int) -> int:
        """Add bytes at the end of an open upload and return where the end is now; raises OtherPlace or SubmissionRefused."""
        content, announced = self._opened(number)
        here = content.stat().st_size
        if offset != here:
            raise OtherPlace(here)
        if here + len(block) > announced.bytes:
            raise errors.SubmissionRefused.because(
                "longer_than_announced", "More bytes came than were announced.", way_out="Announce the file again as it is.",
            )  # fmt: skip
        with content.open("ab") as stream:
            stream.write(block)
        return here + len(block)

    def finish(self, number: str, *, at: str) -> Upload:
        """Queue an upload that is whole, and return it with its signed receipt; a second time changes nothing.

        Raises OtherPlace where bytes are wanting, and SubmissionRefused where they are not those that were announced: then
        what came is dropped, and the upload begins again.
        """
        found = self.find(number)
        if found and found.state != OPEN:
            return found
        content, announced = self._opened(number)
        if content.stat().st_size != announced.bytes:
            raise OtherPlace(content.stat().st_size)
        if file_digest(content) != announced.sha256:
            content.write_bytes(b"")
            raise errors.SubmissionRefused.because(
                "other_bytes", "The bytes that came are not those that were announced.", why="Their SHA-256 differs.",
                way_out="Send the file again from the beginning.",
            )  # fmt: skip
        durable.sync_file(content)
        place = content.parent
        words = {**asdict(announced), "submission": number, "received_at": at}
        durable.write_file(place / "receipt.json", json.dumps(receipts.sign(words, key=self._key)))
        self._move(number, place, QUEUE, number_in_order=self._next)
        self._next += 1
        self._queued[number] = announced.bytes
        return self._read(self._places[number])

    def oldest(self) -> tuple[Upload, Path] | None:
        """Return the upload that has waited longest, and the file as it was received, or None."""
        waiting = min((self._folder / QUEUE).iterdir(), default=None)
        return (self._read(waiting), waiting / "content") if waiting else None

    def settle(self, number: str, result: Mapping[str, Any], *, keep_content: bool) -> None:
        """Note how an upload ended. The content goes where the store has kept it; else it stays."""
        place = self._places[number]
        durable.write_file(place / "result.json", json.dumps(result))
        order = int(place.name.partition("-")[0])
        self._move(number, place, DONE, number_in_order=order)
        self._queued.pop(number, None)
        if not keep_content:
            (self._places[number] / "content").unlink(missing_ok=True)

    def forget_old(self, *, today: date) -> int:
        """Drop uploads that were cut off and not gone on with for too long; return how many. None of them has a receipt."""
        last = today - timedelta(days=self._limits.open_days)
        old = [
            path for path in (self._folder / OPEN).iterdir()
            if not path.name.startswith(".") and date.fromisoformat(self._read(path).opened_at[:10]) < last
        ]  # fmt: skip
        for path in old:
            shutil.rmtree(path)
            self._places.pop(path.name, None)
        return len(old)

    def waiting(self) -> tuple[int, int]:
        """Return how many files wait, and how many bytes."""
        return len(self._queued), sum(self._queued.values())

    # -- inside ------------------------------------------------------------------------------------------------------

    def _make_room(self, size: int) -> None:
        files, bytes_ = self.waiting()
        if files >= self._limits.queue_files or bytes_ + size > self._limits.queue_bytes:
            raise Full

    def _opened(self, number: str) -> tuple[Path, Announced]:
        place = self._places.get(number)
        if place is None or place.parent.name != OPEN:
            raise errors.SubmissionRefused.because(
                "not_open", "There is no open upload of this number.", way_out="Announce the file first.",
            )  # fmt: skip
        return place / "content", self._read(place).announced

    def _read(self, place: Path) -> Upload:
        said = json.loads((place / "announced.json").read_bytes())
        opened_at, state = said.pop("opened_at"), place.parent.name
        content = place / "content"
        return Upload(
            announced=Announced(**said), state=state, opened_at=opened_at,
            offset=content.stat().st_size if state == OPEN else said["bytes"],
            receipt=_json(place / "receipt.json"), result=_json(place / "result.json"),
        )  # fmt: skip

    def _move(self, number: str, place: Path, part: str, *, number_in_order: int) -> None:
        target = self._folder / part / f"{number_in_order:012d}-{number}"
        place.rename(target)
        durable.sync_file(place.parent)
        durable.sync_file(target.parent)
        self._places[number] = target


def _find_faults(announced: Announced, limits: ReceivingLimits) -> list[errors.Fault]:
    named = {
        "file_name": bool(_NAME.fullmatch(announced.file_name)),
        "sha256": bool(_SHA256.fullmatch(announced.sha256)),
        "bytes": 0 < announced.bytes <= limits.largest_upload_bytes,
    }
    ways = {
        "file_name": "Use letters, digits, spaces and . - _ + ( ), beginning with a letter or digit.",
        "sha256": "Give the SHA-256 of the file's bytes as 64 hexadecimal digits in lower case.",
        "bytes": f"Give the size of the file, from 1 to {limits.largest_upload_bytes:,} bytes.",
    }
    return [
        errors.Fault(
            code="announced_wrongly", what="What is announced cannot be used.", way_out=ways[name],
            place=errors.Place(field=name), ask=errors.SubmissionRefused.who_must_act,
        )
        for name, is_right in named.items() if not is_right
    ]  # fmt: skip


def _json(path: Path) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = json.loads(path.read_bytes()) if path.is_file() else None
    return found
