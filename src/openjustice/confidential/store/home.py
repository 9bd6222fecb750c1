"""What a home is: the folder that holds stores, keys and releases, and how one is made whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.ground import durable, errors

KEY_BYTES = 32
_MARK = "home.yaml"
_PRIVATE, _OPEN = 0o700, 0o755


class HomeDeclaration(Declared):
    """The home.yaml of a home: the layout it was made with, when, and how long one process waits for another."""

    home: Literal[1]
    made_at: str
    wait_seconds: float


@dataclass(frozen=True)
class Home:
    """The places of a home. The parts under `confidential`, `identities` and `keys` are for their owner alone."""

    root: Path
    wait_seconds: float

    @property
    def key_file(self) -> Path:
        """Return where the key of the pseudonyms is kept."""
        return self.root / "keys" / "pseudonym.key"

    @property
    def registry(self) -> Path:
        """Return where a home's own declarations stand, if it has any."""
        return self.root / "registry"

    @property
    def confidential(self) -> Path:
        """Return the folder of the confidential store."""
        return self.root / "confidential"

    @property
    def records(self) -> Path:
        """Return the database of records and administrative state."""
        return self.confidential / "records.duckdb"

    @property
    def raw(self) -> Path:
        """Return the folder of received files, each named by its SHA-256."""
        return self.confidential / "raw"

    @property
    def drafts(self) -> Path:
        """Return the folder of draft releases."""
        return self.confidential / "drafts"

    @property
    def scratch(self) -> Path:
        """Return the folder for what is needed only while a file is read."""
        return self.confidential / ".scratch"

    @property
    def lock(self) -> Path:
        """Return the file whose hold says who may use the confidential store."""
        return self.confidential / ".lock"

    @property
    def identities(self) -> Path:
        """Return the second database: direct identifiers, apart from the records."""
        return self.root / "identities" / "identities.duckdb"

    @property
    def public(self) -> Path:
        """Return the folder of what everyone may see."""
        return self.root / "public"

    def read_key(self) -> bytes:
        """Read the key of the pseudonyms; raises RegistryRefused where it is missing, short, or open to others."""
        if not self.key_file.is_file():
            raise _refuse(
                "key_missing", "The key of the pseudonyms is missing.", "Restore it from where it is kept safe."
            )
        if self.key_file.stat().st_mode & 0o077:
            raise _refuse("key_open", "The key of the pseudonyms can be read by others.", "Run chmod 600 on it.")
        key = self.key_file.read_bytes()
        if len(key) < KEY_BYTES:
            raise _refuse(
                "key_short", "The key of the pseudonyms is too short.", "Restore it from where it is kept safe."
            )
        return key


def read_home(path: Path) -> Home:
    """Read a home's declaration; raises RegistryRefused where the folder is not a home."""
    if not (path / _MARK).is_file():
        raise _refuse("home_missing", f"'{path}' is not a home.", "Make one with: openjustice home init")
    faults: list[errors.Fault] = []
    declared: HomeDeclaration | None = validate(read_declaration(path / _MARK, label=_MARK), HomeDeclaration, faults)
    if declared is None:
        raise errors.RegistryRefused(faults)
    return Home(root=path, wait_seconds=declared.wait_seconds)


def make_home(path: Path, *, key: bytes, at: str, wait_seconds: float) -> Home:
    """Make a home: built beside its place and moved there in one step, so that it is whole or absent.

    Raises RegistryRefused where something stands there already: a home is never overwritten, and its key never replaced.
    """
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        code = "home_exists" if (path / _MARK).is_file() else "place_taken"
        raise _refuse(code, f"There is something at '{path}' already.", "Name an empty or a new folder.")
    if len(key) < KEY_BYTES:
        raise errors.HouseFault.because("key_short", f"A key has at least {KEY_BYTES} bytes.")
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.parent / f".{path.name}.making"
    shutil.rmtree(staged, ignore_errors=True)  # left by a run that was stopped
    _build(Home(root=staged, wait_seconds=wait_seconds), key=key, at=at)
    if path.is_dir():
        path.rmdir()  # an empty folder makes room
    durable.move_folder(staged, path)
    return read_home(path)


def _build(home: Home, *, key: bytes, at: str) -> None:
    for folder in (home.root, home.public):
        folder.mkdir(mode=_OPEN)
    for folder in (home.key_file.parent, home.confidential, home.raw, home.drafts, home.identities.parent):
        folder.mkdir(mode=_PRIVATE)
    durable.write_file(home.root / ".gitignore", "# A home holds confidential records: it enters no repository.\n*\n")
    durable.write_file(home.key_file, key)
    home.key_file.chmod(0o600)
    durable.write_file(home.root / _MARK, _declaration_text(at=at, wait_seconds=home.wait_seconds))


def _declaration_text(*, at: str, wait_seconds: float) -> str:
    waits = "# Seconds that one process waits for another to leave the confidential store.\n"
    return f'home: 1\nmade_at: "{at}"\n{waits}wait_seconds: {wait_seconds:g}\n'


def _refuse(code: str, what: str, way_out: str) -> errors.Refusal:
    return errors.RegistryRefused.because(code, what, way_out=way_out, ask="the owner of the home")
