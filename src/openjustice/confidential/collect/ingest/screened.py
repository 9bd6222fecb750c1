"""What a screen in front of the engine says of a text: how many of its lines are right, and which are in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openjustice.confidential.collect.ingest.lines import Line


@dataclass(frozen=True)
class Screened:
    """A text that went through the screen: its digest and size, how many rows pass every rule, and the other lines.

    The lines in doubt come in the order of the file, each with its number; some hold no row.
    """

    sha256: str
    size: int
    passing: int
    lines: Iterable[Line]
