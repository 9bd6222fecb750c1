"""Writes the CSV on the Web metadata of one product (W3C, 2015)."""

from __future__ import annotations

import json
from pathlib import Path

from openjustice.public.publish import describe
from openjustice.public.publish.content import Content, Dataframe


def write(content: Content, frame: Dataframe, path: Path) -> None:
    """Write the description of the CSV file that stands beside it."""
    made = describe.csvw_of(content, frame)
    path.write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="")
