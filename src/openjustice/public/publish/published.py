"""What a published release is: its content, its files, its version, and what changed since the release before."""

from __future__ import annotations

from dataclasses import dataclass

from openjustice.public.publish import changes
from openjustice.public.publish.content import Content


@dataclass(frozen=True)
class PublishedFile:
    """One file of a published release: its name, what it is, its size and its digest."""

    name: str
    title: str
    media_type: str
    bytes: int
    sha256: str
    product: str | None = None
    format: str | None = None


@dataclass(frozen=True)
class PublishedRelease:
    """A published release: its content, the files made of it, in order, its version, and what changed since the one before."""

    content: Content
    files: tuple[PublishedFile, ...]
    version: str = changes.FIRST_VERSION
    changed: changes.ChangeSet | None = None

    def files_of(self, product: str) -> tuple[PublishedFile, ...]:
        """Return the files of one product, one for each format."""
        return tuple(item for item in self.files if item.product == product)

    def file_in(self, product: str, form: str) -> PublishedFile | None:
        """Return the file of a product in one format, or None where it cannot be had in it."""
        return next((item for item in self.files if (item.product, item.format) == (product, form)), None)

    def file(self, name: str) -> PublishedFile | None:
        """Return a file by its name, or None."""
        return next((item for item in self.files if item.name == name), None)
