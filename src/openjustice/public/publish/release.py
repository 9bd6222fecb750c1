"""Publishes one sealed release: every product in every format, with package, dictionary, checksums, citation and license."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.ground import discovery
from openjustice.public.publish import citation, describe, dictionary, formats
from openjustice.public.publish.content import Content
from openjustice.public.publish.format import Format
from openjustice.public.publish.language import noted

CHECKSUMS = "SHA256SUMS"


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
    """A published release: its content and the files made of it, in order."""

    content: Content
    files: tuple[PublishedFile, ...]

    def files_of(self, product: str) -> tuple[PublishedFile, ...]:
        """Return the files of one product, one for each format."""
        return tuple(item for item in self.files if item.product == product)

    def file_in(self, product: str, form: str) -> PublishedFile | None:
        """Return the file of a product in one format, or None where it cannot be had in it."""
        return next((item for item in self.files if (item.product, item.format) == (product, form)), None)

    def file(self, name: str) -> PublishedFile | None:
        """Return a file by its name, or None."""
        return next((item for item in self.files if item.name == name), None)


def known_formats() -> tuple[Format, ...]:
    """Return every file format, by name."""
    return tuple(discovery.load_plugins(formats, attribute="FORMAT").values())


def publish_release(content: Content, *, target: Path) -> PublishedRelease:
    """Write every file of a release into the target folder, and return what was written.

    The folder is made. Surprise: the checksums' own file is not among the files it lists.
    """
    target.mkdir(parents=True, exist_ok=True)
    files = [
        *_write_products(content, target),
        *_copy_evidence(content, target),
        *(_write_text(target, *item) for item in _descriptions(content, target)),
    ]
    sums = "".join(f"{item.sha256}  {item.name}\n" for item in sorted(files, key=lambda item: item.name))
    files.append(_write_text(target, CHECKSUMS, noted("SHA-256 of every file"), "text/plain", sums))
    return PublishedRelease(content=content, files=tuple(files))


def _write_products(content: Content, target: Path) -> Iterable[PublishedFile]:
    for frame in content.frames:
        for form in known_formats():
            if form.refuses(content, frame):
                continue  # the dataset's page says why
            path = target / f"{frame.id}{form.suffix}"
            form.write(content, frame, path)
            yield _as_file(path, frame.title, form.media_type, product=frame.id, format=form.name)


_EVIDENCE: dict[ProductKind, tuple[str, str]] = {
    ProductKind.REPORT_PAGE: (noted("Disclosure report, for reading"), "text/html"),
    ProductKind.REPORT: (noted("Disclosure report, for programs"), "application/json"),
    ProductKind.TRACE: (noted("How every number was made: the statements"), "application/json"),
}


def _copy_evidence(content: Content, target: Path) -> Iterable[PublishedFile]:
    shutil.copyfile(content.folder / "manifest.json", target / "manifest.json")
    yield _as_file(target / "manifest.json", noted("The sealed release's manifest"), "application/json")
    for kind, (title, media_type) in _EVIDENCE.items():
        for product in content.manifest.products_of(kind):
            path = target / Path(product.path).name
            shutil.copyfile(content.folder / product.path, path)
            yield _as_file(path, title, media_type)


def _descriptions(content: Content, target: Path) -> Iterable[tuple[str, str, str, str]]:
    package = describe.data_package(content, folder=target)
    yield "datapackage.json", noted("Frictionless data package"), "application/json", _json(package)
    yield "csv-metadata.json", noted("CSV on the Web metadata"), "application/csvm+json", _json(describe.csvw(content))
    yield "dictionary.csv", noted("Data dictionary, for programs"), "text/csv", dictionary.as_csv(content)
    yield "dictionary.html", noted("Data dictionary, for reading"), "text/html", dictionary.as_html(content)
    yield "CITATION.cff", noted("Citation, for reference managers"), "text/yaml", citation.as_cff(content)
    yield "citation.txt", noted("Citation"), "text/plain", citation.as_text(content) + "\n"
    yield "LICENSE.txt", noted("License"), "text/plain", citation.license_text(content)


def _write_text(target: Path, name: str, title: str, media_type: str, text: str) -> PublishedFile:
    (target / name).write_text(text, encoding="utf-8", newline="")
    return _as_file(target / name, title, media_type)


def _as_file(path: Path, title: str, media_type: str, **more: str) -> PublishedFile:
    made: Callable[..., PublishedFile] = PublishedFile
    return made(
        name=path.name, title=title, media_type=media_type, bytes=path.stat().st_size, sha256=file_digest(path), **more
    )


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
