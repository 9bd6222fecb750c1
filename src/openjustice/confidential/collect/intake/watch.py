"""Takes files from a watched folder: FOLDER/JURISDICTION.DATASET/REPORTER/PERIOD/FILE. What became of one stands beside it.

A folder's name has no slash: a span such as 2005/2018 is written 2005--2018 there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from openjustice.confidential.collect.intake.limits import ReceivingLimits
from openjustice.confidential.collect.intake.spool import DONE, OPEN, Announced, Full, Spool, Upload
from openjustice.confidential.collect.intake.worker import House
from openjustice.contracts.release import file_digest
from openjustice.ground import durable, errors

RECEIPT, RESULT = ".receipt.json", ".result.json"
_BLOCK = 1 << 20


class Watch:
    """A watched folder. It only ever adds files beside those it takes; a sender's file is never changed, moved or removed."""

    def __init__(self, folder: Path, *, spool: Spool, house: House, limits: ReceivingLimits) -> None:
        self._folder, self._spool, self._house, self._limits = folder, spool, house, limits
        self._seen: dict[Path, tuple[int, float]] = {}

    def look(self, *, at: str, clock: float) -> int:
        """Take every file that has not grown for long enough, tell results that are there now; return how many were taken.

        `at`: the moment, in UTC. `clock`: seconds of any clock, by which stillness is measured.
        """
        return sum(self._look_at(path, at=at, clock=clock) for path in self._files())

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._folder.glob("*/*/*/*")):
            if (
                path.is_file()
                and not path.is_symlink()
                and not path.name.startswith(".")
                and not path.name.endswith((RECEIPT, RESULT))
            ):
                yield path

    def _look_at(self, path: Path, *, at: str, clock: float) -> bool:
        if _beside(path, RESULT).exists():
            return False
        if _beside(path, RECEIPT).exists():
            self._tell_result(path)
            return False
        size = path.stat().st_size
        known = self._seen.get(path)
        if known is None or known[0] != size:
            self._seen[path] = (size, clock)
            return False
        if clock - known[1] < self._limits.still_seconds:
            return False
        return self._take(path, at=at)

    def _take(self, path: Path, *, at: str) -> bool:
        dataset, reporter, period = path.parts[-4:-1]
        announced = Announced(
            dataset=dataset.replace(".", "/"), reporter=reporter, period=period.replace("--", "/"), file_name=path.name,
            bytes=path.stat().st_size, sha256=file_digest(path),
        )  # fmt: skip
        try:
            self._house.check(announced, at=at)
            upload = self._spool.announce(announced, at=at)
            if upload.state == OPEN:
                upload = self._fill(path, upload, at=at)
        except (errors.SubmissionRefused, errors.RegistryRefused) as refusal:
            told = {"state": "refused", "faults": [fault.as_dict() for fault in refusal.faults]}
            durable.write_file(_beside(path, RESULT), json.dumps(told, indent=2) + "\n")
            return False
        except Full:
            return False  # it is taken when there is room
        durable.write_file(_beside(path, RECEIPT), json.dumps(upload.receipt, indent=2) + "\n")
        return True

    def _fill(self, path: Path, upload: Upload, *, at: str) -> Upload:
        offset = upload.offset
        with path.open("rb") as stream:
            stream.seek(offset)
            while block := stream.read(_BLOCK):
                offset = self._spool.append(upload.number, block, offset=offset)
        return self._spool.finish(upload.number, at=at)

    def _tell_result(self, path: Path) -> None:
        receipt = json.loads(_beside(path, RECEIPT).read_bytes())
        upload = self._spool.find(receipt["submission"])
        if upload and upload.state == DONE:
            durable.write_file(_beside(path, RESULT), json.dumps(upload.result, indent=2) + "\n")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
