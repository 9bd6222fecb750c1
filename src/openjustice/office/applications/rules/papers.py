"""Says what an attached file is by its bytes, never by its name, and whether it may be kept."""

from __future__ import annotations

import io
import zipfile

from openjustice.contracts.system import Attachments
from openjustice.ground import errors
from openjustice.office.applications.rules.faults import fault

_STARTS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"PK\x03\x04": "zip"}
_WORD = "word/document.xml"
_MACROS = "vbaProject.bin"


def check_paper(content: bytes, *, rules: Attachments) -> str:
    """Return the type of a file that may be kept: pdf, png, jpeg or docx; raises AccessRefused with what is wrong.

    Surprise: a Word document that holds macros is of no accepted type, whatever it is called.
    """
    if not content:
        raise errors.AccessRefused(fault("paper_empty", "This file is empty.", "Choose another one.", field="file"))
    if len(content) > rules.most_bytes:
        raise errors.AccessRefused(
            fault("paper_too_large", "This file is too large.", f"Send at most {rules.most_bytes:,} bytes.", field="file")
        )  # fmt: skip
    kind = sniff(content)
    if kind == "zip":
        kind = _look_inside(content, most=rules.most_ratio)
    if kind not in rules.types:
        raise errors.AccessRefused(
            fault("paper_type", "This file is not of an accepted type.", f"Send one of: {', '.join(rules.types)}.", field="file")
        )  # fmt: skip
    return kind


def sniff(content: bytes) -> str:
    """Return what a file begins as; an empty text where that is nothing known."""
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), "")


def _look_inside(content: bytes, *, most: int) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile:
        return ""
    # The sizes that the file states of itself; nothing is unpacked here, nor anywhere else.
    if sum(part.file_size for part in parts) > most * len(content):
        raise errors.AccessRefused(
            fault("paper_swollen", "This file unpacks to too much.", "Save it again and send it once more.", field="file")
        )  # fmt: skip
    names = {part.filename for part in parts}
    has_macros = any(name.endswith(_MACROS) for name in names)
    return "docx" if _WORD in names and not has_macros else ""
