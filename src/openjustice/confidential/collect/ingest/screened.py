"""What a screen in front of the engine says of a text: how many of its lines are right, and which are in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openjustice.confidential.collect.ingest.ingested import Ingested
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


class Screen(Protocol):
    """Screens a text for the rules of its dataset; null where it cannot tell. `ingested` says which layout the text has."""

    def __call__(
        self, path: Path, *, delimiter: str, ingested: Ingested, progress: Callable[[int], None]
    ) -> Screened | None:
        """Return which lines are in doubt."""
        ...
