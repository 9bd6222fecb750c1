"""The limits of the query service: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors


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


def read_limits(path: Path | None = None) -> Limits:
    """Read the limits from a file, or those that came with this installation; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = path or shipped_registry() / "common" / "service.yaml"
    limits = validate(read_declaration(place, label=place.name), Limits, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return limits  # type: ignore[no-any-return]
