"""Publishes one sealed release: every product in every format, with package, dictionary, checksums, citation and license."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from openjustice.contracts.release import ProductKind, file_digest
from openjustice.ground import discovery
from openjustice.public.publish import changes, citation, croissant, describe, dictionary, formats
from openjustice.public.publish.content import Content
from openjustice.public.publish.format import Format
from openjustice.public.publish.language import noted
from openjustice.public.publish.published import PublishedFile, PublishedRelease

__all__ = ["CHECKSUMS", "PublishedFile", "PublishedRelease", "known_formats", "publish_release"]

CHECKSUMS = "SHA256SUMS"


def known_formats() -> tuple[Format, ...]:
    """Return every file format, by name."""
    return tuple(discovery.load_plugins(formats, attribute="FORMAT").values())


def publish_release(content: Content, *, target: Path, previous: PublishedRelease | None = None) -> PublishedRelease:
    """Write every file of a release into the target folder, and return what was written.

    `previous`: the release of the same dataset before this one, from which version and changes follow. The folder is made.
    Surprise: the checksums' own file is not among the files it lists.
    """
    target.mkdir(parents=True, exist_ok=True)
    changed = changes.compare(previous.content, content) if previous else None
    version = changes.next_version(previous.version, changed) if previous and changed else changes.FIRST_VERSION
    files = [
        *_write_products(content, target),
        *_copy_evidence(content, target),
        *(_write_text(target, *item) for item in _descriptions(content, target)),
    ]
    if changed:
        files += [_write_text(target, *item) for item in _changes(changed, version)]
    made = PublishedRelease(content=content, files=tuple(files), version=version, changed=changed)
    described = _json(croissant.croissant(made))
    files.append(
        _write_text(target, "croissant.json", noted("Croissant description"), "application/ld+json", described)
    )
    sums = "".join(f"{item.sha256}  {item.name}\n" for item in sorted(files, key=lambda item: item.name))
    files.append(_write_text(target, CHECKSUMS, noted("SHA-256 of every file"), "text/plain", sums))
    return replace(made, files=tuple(files))


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


def _changes(changed: changes.ChangeSet, version: str) -> Iterable[tuple[str, str, str, str]]:
    yield "changes.csv", noted("Every changed cell since the release before"), "text/csv", changes.as_csv(changed)
    told = _json(changes.as_json(changed, version=version))
    yield "changes.json", noted("What changed since the release before, for programs"), "application/json", told


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
