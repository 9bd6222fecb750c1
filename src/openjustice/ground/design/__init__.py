"""The look that every page of the house shares: one style sheet of colors, faces and plain elements, read by both wings."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
FOUNDATION = "foundation.css"


def read_foundation() -> str:
    """Return the shared style sheet; a page's own sheet follows it."""
    return (FOLDER / FOUNDATION).read_text(encoding="utf-8")
