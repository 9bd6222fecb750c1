"""The limits of receiving files from machines: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import Declared
from openjustice.contracts.limits import read_limits_of


class ReceivingLimits(Declared):
    """How much machines may hand in; bytes, files, days and seconds as the names say."""

    receiving: int
    says: str
    largest_upload_bytes: int
    largest_request_bytes: int
    queue_files: int
    queue_bytes: int
    retry_seconds: int
    open_days: int
    still_seconds: float
    look_seconds: float


def read_limits(path: Path | None = None) -> ReceivingLimits:
    """Read the limits from a file, or those that came with this installation; raises RegistryRefused with every fault."""
    return read_limits_of(ReceivingLimits, "receiving.yaml", path=path)
