"""Packs a built site into one file that opens without a network: the same site, the same bytes, in a ZIP archive."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from openjustice.ground import errors
from openjustice.public.publish.language import noted, say

# A moment that every ZIP can hold; an archive tells nothing of when it was made.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_PACKED = {".parquet", ".xlsx", ".png", ".gz", ".zip", ".pdf"}
README = "README.txt"

OPENING = (
    noted("This folder is the whole site of {title}: pages, search, charts and data. It needs no internet."),
    noted("1. Unpack all of it: on Windows, right-click the file and choose Extract All."),
    noted("2. Open index.html with any browser."),
    noted("Nothing in it sends anything anywhere. SHA256SUMS in each folder of data lets anyone verify the files."),
)


def pack_site(site: Path, target: Path, *, name: str, more: Mapping[str, bytes] | None = None) -> int:
    """Write a site and further files into one ZIP archive under one folder; return the number of files.

    The same site gives the same bytes, and the target appears whole or not at all. Raises SealRefused where there is no site.
    """
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    if not files:
        raise errors.SealRefused.because(
            "site_missing", "There is no site yet.", way_out="Build it: `openjustice publish`."
        )
    made = dict(more or {})
    part = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(part, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for inside in sorted([*files, *made]):
            content = made[inside] if inside in made else files[inside].read_bytes()
            archive.writestr(_entry(f"{name}/{inside}"), content)
    part.replace(target)
    return len(files) + len(made)


def opening_words(title: str) -> str:
    """Return what stands in the archive's own README, in the language that is spoken."""
    return "\n".join(say(line, title=title) for line in OPENING) + "\n"


def _entry(inside: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(inside, date_time=_MOMENT)
    made.compress_type = zipfile.ZIP_STORED if Path(inside).suffix in _PACKED else zipfile.ZIP_DEFLATED
    made.external_attr = 0o644 << 16
    made.create_system = 3  # the same on every system
    return made
