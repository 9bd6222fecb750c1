"""The limits of the query service: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import Declared
from openjustice.contracts.limits import read_limits_of


class Limits(Declared):
    """How much one question may ask; rows, bytes and seconds as the names say."""

    service: int
    says: str
    page_rows: int
    largest_page_rows: int
    largest_address_bytes: int
    largest_values: int
    seconds: float
    at_once: int
    wait_seconds: float
    catalog_seconds: int
    listed_codes: int
    sparql_bytes: int
    sparql_megabytes: int


def read_limits(path: Path | None = None) -> Limits:
    """Read the limits from a file, or those that came with this installation; raises RegistryRefused with every fault."""
    return read_limits_of(Limits, "service.yaml", path=path)
