"""The rules by which reports are judged: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import read_declaration, validate
from openjustice.contracts.quality import QualityRules
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors


def read_rules(path: Path | None = None) -> QualityRules:
    """Read the rules from a file, or those that came with this installation; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = path or shipped_registry() / "common" / "quality.yaml"
    rules = validate(read_declaration(place, label=place.name), QualityRules, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return rules  # type: ignore[no-any-return]
