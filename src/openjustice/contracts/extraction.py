"""What an extraction is: which table of an agency's records system, which columns, and by which column it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.ground import errors

Filter = str | int | float | bool


class Database(Declared):
    """A table or view of a records system. Its address comes from an environment variable, and never stands in a file."""

    address_in: str
    table: str
    name_space: str | None = None
    columns: Mapping[str, str]
    where: Mapping[str, tuple[Filter, ...]] = Key(default_factory=dict)
    watermark: str
    watermark_kind: Literal["number", "text", "day", "moment"] = "moment"


class Folder(Declared):
    """A folder of files, brought into the dataset by one of its sources."""

    path: str
    source: str


class Extraction(Declared):
    """The YAML of one extraction: from a database or a folder, for one dataset and reporter, to whom it is encrypted."""

    extract: str
    dataset: str
    reporter: str
    says: str = ""
    database: Database | None = None
    folder: Folder | None = None
    recipients: tuple[str, ...] = ()
    post_to: str | None = None
    token_in: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Extraction:
        if (self.database is None) == (self.folder is None):
            raise ValueError("an extraction reads from a database, or from a folder")
        if self.post_to is not None and not self.recipients:
            raise ValueError("what is posted is encrypted: name at least one recipient")
        return self


def read_extraction(path: Path) -> Extraction:
    """Read the YAML of an extraction; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    read = validate(read_declaration(path, label=path.name), Extraction, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return read  # type: ignore[no-any-return]
