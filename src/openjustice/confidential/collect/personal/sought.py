"""What is looked for in words that may not name anybody, as it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors


class NameList(Declared):
    """Lists of names, the titles that stand before one, and words that are none."""

    file: str
    source: str
    score: float
    titles: tuple[str, ...]
    not_names: tuple[str, ...]


class Telephone(Declared):
    """The regions whose telephone numbers are looked for."""

    regions: tuple[str, ...]
    score: float


class Patterns(Declared):
    """Patterns of one kind of number; a low score is raised by a word of the context nearby."""

    score: float
    patterns: tuple[str, ...]
    context: tuple[str, ...] = ()


class Sought(Declared):
    """What is looked for in words that may not name anybody."""

    personal_information: int
    says: str
    hint: str
    threshold: float
    names: NameList
    telephone: Telephone
    patterns: Mapping[str, Patterns]


@cache
def read_sought(folder: Path | None = None) -> Sought:
    """Read what is looked for from a folder, or as it came with this installation; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = (folder or shipped_registry() / "common") / "personal_information.yaml"
    sought = validate(read_declaration(place, label=place.name), Sought, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return sought  # type: ignore[no-any-return]
