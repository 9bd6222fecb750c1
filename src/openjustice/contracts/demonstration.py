"""What a demonstration is: which files go down the road, who sends them, who drafts, checks and seals."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field as Key

from openjustice.contracts import registry
from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.ground import errors


class Delivery(Declared):
    """One file to send: its dataset, where it stands below the data folder, who sends it and for which period."""

    dataset: str
    file: str
    reporter: str
    period: str


class Checker(Declared):
    """One of those who approve."""

    name: str
    role: str


class Demonstration(Declared):
    """The demonstration.yaml of a jurisdiction."""

    demonstration: str
    says: str
    deliveries: tuple[Delivery, ...]
    releases: tuple[str, ...]
    clerk: str
    author: str
    checkers: tuple[Checker, ...] = Key(min_length=2)
    sealer: str
    seed: int


def read_demonstration(jurisdiction: str) -> Demonstration:
    """Read a jurisdiction's demonstration from the shipped registry; raises RegistryRefused with every fault."""
    label = f"registry/{jurisdiction}/demonstration.yaml"
    declaration = read_declaration(registry.shipped_registry() / jurisdiction / "demonstration.yaml", label=label)
    faults: list[errors.Fault] = []
    read: Demonstration | None = validate(declaration, Demonstration, faults)
    if read is None:
        raise errors.RegistryRefused(faults)
    return read


def missing_files(demonstration: Demonstration, *, data: Path) -> list[str]:
    """Return the files of a demonstration that are not below a data folder."""
    return [item.file for item in demonstration.deliveries if not (data / item.file).is_file()]
