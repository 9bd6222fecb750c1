"""Says what kinds of personal information a text holds, never which."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from openjustice.confidential.collect.personal.names import read_names
from openjustice.confidential.collect.personal.sought import Sought, read_sought
from openjustice.contracts.registry import shipped_registry


class NarrativeScreen:
    """Says what kinds of personal information a text holds. Surprise: making one loads Presidio, which takes seconds."""

    def __init__(self, sought: Sought, *, folder: Path | None = None) -> None:
        from openjustice.confidential.collect.personal import (
            recognizers,  # slow to import, and most files have no such words
        )

        path = (folder or shipped_registry() / "common") / Path(sought.names.file).name
        first, last = read_names(path)
        self._sought = sought
        self._analyzer = recognizers.make_analyzer(sought, first=first, last=last)

    def find_kinds(self, text: str) -> frozenset[str]:
        """Return the kinds that the text holds at or above the threshold: `name`, `phone_number`, `plate` and so on."""
        found = self._analyzer.analyze(text, language="en", score_threshold=self._sought.threshold)
        return frozenset(str(item.entity_type).lower() for item in found)


@cache
def shipped_screen() -> NarrativeScreen:
    """Return the screen of what came with this installation, made once."""
    return NarrativeScreen(read_sought())
