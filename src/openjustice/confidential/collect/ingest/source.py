"""What kind of file this is, judged by its first bytes and never by its name; packed files are unpacked within limits."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from openjustice.confidential.collect.ingest import faults
from openjustice.confidential.collect.ingest.limits import Limits

Progress = Callable[[float, str], None]
GZIP = b"\x1f\x8b"
_BLOCK = 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Beginnings of files that are no table; a few are enough, the share of control characters catches the others.
_FOREIGN = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x7fELF", b"MZ\x90\x00", b"SQLite format 3", b"7z\xbc\xaf",
    b"Rar!", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
_MARKUP = (b"<!doctype", b"<html", b"<?xml")


class Form(StrEnum):
    """The forms that a table may come in."""

    TEXT = "text"
    JSON_LINES = "JSON Lines"
    WORKBOOK = "Excel workbook"
    PARQUET = "Parquet"


@dataclass(frozen=True)
class Source:
    """A file to be read: where its unpacked bytes stand, in which form, and its first bytes."""

    path: Path
    form: Form
    is_packed: bool
    sample: bytes


@dataclass(frozen=True)
class Sent:
    """What is known of any file, also of one that cannot be read: name, size in bytes, SHA-256."""

    name: str
    size: int
    sha256: str


def identify(path: Path) -> Sent:
    """Return the name, size and SHA-256 of a file, in one pass with bounded memory."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return Sent(name=path.name, size=size, sha256=digest.hexdigest())


def open_source(path: Path, *, scratch: Path, limits: Limits) -> Source:
    """Return the file as a source, unpacked into `scratch` where it is gzip; raises Stopped where it is no table."""
    plain, is_packed = path, False
    if _head(path, 2) == GZIP:
        plain, is_packed = unpack(path, scratch / "unpacked", limits=limits), True
    sample = _head(plain, limits.sample_bytes)
    if not sample.strip(b"\r\n\t \0\xef\xbb\xbf"):
        raise faults.stop("empty_file")
    form = recognize(sample, path=plain, limits=limits)
    return Source(path=plain, form=form, is_packed=is_packed, sample=sample)


def recognize(sample: bytes, *, path: Path, limits: Limits) -> Form:
    """Return the form of a file by its first bytes; raises Stopped where it is none of ours."""
    if sample.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook_or_zip(path, limits=limits)
    if sample.startswith(_OLE):
        raise faults.stop("locked_workbook")
    if sample.startswith(b"PAR1"):
        return Form.PARQUET
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    if sample.startswith(_FOREIGN) or start.startswith(_MARKUP):
        raise faults.stop("not_a_table")
    if sample.startswith(GZIP):
        raise faults.stop("damaged_gzip", says="The file is packed twice.")
    return Form.JSON_LINES if start.startswith(b"{") else Form.TEXT


def unpack(path: Path, target: Path, *, limits: Limits) -> Path:
    """Unpack a gzip file within the limits; raises Stopped where it ends early, is damaged, or grows too large."""
    packed, size = path.stat().st_size, 0
    try:
        with gzip.open(path) as stream, target.open("wb") as out:
            while block := stream.read(_BLOCK):
                size += len(block)
                dense = size > limits.ratio_judged_from_bytes and size > limits.largest_ratio * packed
                if dense or size > limits.largest_unpacked_bytes:
                    raise faults.stop("unpacks_too_large")
                out.write(block)
    except EOFError:
        raise faults.stop("truncated_gzip") from None
    except (OSError, zlib.error):
        raise faults.stop("damaged_gzip") from None
    return target


def _workbook_or_zip(path: Path, *, limits: Limits) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise faults.stop("damaged_workbook") from None
    if not any(item.filename == "xl/workbook.xml" for item in members):
        raise faults.stop("zip_archive")
    size, packed = sum(item.file_size for item in members), sum(item.compress_size for item in members)
    dense = size > limits.ratio_judged_from_bytes and size > limits.largest_ratio * packed
    if dense or size > limits.largest_workbook_bytes:
        raise faults.stop("unpacks_too_large")
    return Form.WORKBOOK


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)
