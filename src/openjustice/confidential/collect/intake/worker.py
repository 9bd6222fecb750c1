"""Checks what waits in the spool, in order, one file at a time, with the same checks as every other way in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import receive, submission
from openjustice.confidential.collect.intake.spool import Announced, Spool, Upload
from openjustice.confidential.collect.receive import Receipt
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.ground import errors


@dataclass(frozen=True)
class House:
    """The home that files are for, what is declared in it, and its key of the pseudonyms."""

    home: Path
    registry: Registry
    key: bytes

    def find(self, dataset: str) -> tuple[Dataset, Jurisdiction]:
        """Return a dataset and its jurisdiction; raises RegistryRefused where there is none of that name."""
        found = self.registry.dataset(dataset)
        return found, self.registry.jurisdiction(found.jurisdiction)

    def check(self, announced: Announced, *, at: str) -> None:
        """Raise SubmissionRefused unless this reporter may send this dataset for this period today."""
        dataset, jurisdiction = self.find(announced.dataset)
        submission.check_sending(
            dataset=dataset, jurisdiction=jurisdiction, reporter=announced.reporter, period=announced.period,
            today=date.fromisoformat(at[:10]),
        )  # fmt: skip


def work_once(spool: Spool, house: House, *, at: str) -> Upload | None:
    """Check the file that has waited longest and note how it ended; return it, or None where none waits.

    A file whose check was cut off is checked again: the store keeps the same bytes once, so nothing is doubled. Surprise: a
    file that cannot be accepted for checking, such as one whose period overlaps another in force, ends as refused, and its
    bytes stay in the spool.
    """
    found = spool.oldest()
    if found is None:
        return None
    upload, content = found
    named = content.with_name("files") / upload.announced.file_name  # a file's name tells its form
    named.parent.mkdir(exist_ok=True)
    if not named.exists():
        named.hardlink_to(content)
    try:
        result = _as_result(_receive(upload.announced, named, house, at=at))
    except (errors.SubmissionRefused, errors.RegistryRefused) as refusal:
        result = {"state": "refused", "faults": [fault.as_dict() for fault in refusal.faults]}
    shutil.rmtree(named.parent)
    spool.settle(upload.number, {**result, "ended_at": at}, keep_content=result["state"] == "refused")
    return spool.find(upload.number)


def work(spool: Spool, house: House, *, now: Callable[[], str], wait: Callable[[float], bool], seconds: float) -> None:
    """Go on checking until `wait` says that it is time to end; `now` tells the time, `seconds` how long to rest.

    Where somebody else uses the store, it rests and tries again.
    """
    while True:
        try:
            upload = work_once(spool, house, at=now())
        except errors.AccessRefused:
            upload = None
        if wait(0.0 if upload else seconds):
            return


def _receive(announced: Announced, path: Path, house: House, *, at: str) -> Receipt:
    dataset, jurisdiction = house.find(announced.dataset)
    return receive.submit(
        path, home=house.home, dataset=dataset, jurisdiction=jurisdiction, reporter=announced.reporter,
        period=announced.period, actor=announced.reporter, at=at, key=house.key,
    )  # fmt: skip


def _as_result(receipt: Receipt) -> dict[str, Any]:
    checked = receipt.result.as_dict() if receipt.result else None
    return {
        "state": str(receipt.state), "number": receipt.number, "rows": receipt.rows, "queries": list(receipt.queries),
        "supersedes": receipt.supersedes, "repeated": receipt.repeated, "check": checked,
    }  # fmt: skip
