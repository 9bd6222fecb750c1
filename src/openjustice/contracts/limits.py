"""Reads limits that a jurisdiction may change: one declaration file each, in `registry/common`."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors

Limits = TypeVar("Limits", bound=Declared)


def read_limits_of(kind: type[Limits], name: str, *, path: Path | None = None) -> Limits:
    """Read limits from a file, or from the one of this name that came with the installation; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = path or shipped_registry() / "common" / name
    limits: Limits | None = validate(read_declaration(place, label=place.name), kind, faults)
    if faults or limits is None:
        raise errors.RegistryRefused(faults)
    return limits
