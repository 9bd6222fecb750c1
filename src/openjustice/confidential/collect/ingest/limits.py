"""The limits of intake: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors


class Limits(Declared):
    """What a file may be, and by which shares its layout is recognized; bytes, lines and shares as the names say."""

    intake: int
    says: str
    largest_line_bytes: int
    largest_record_lines: int
    largest_unpacked_bytes: int
    largest_workbook_bytes: int
    largest_ratio: int
    ratio_judged_from_bytes: int
    largest_columns: int
    sample_bytes: int
    binary_share: float
    header_within_lines: int
    layout_share: float
    careful_up_to_bytes: int
    screened_from_bytes: int
    screened_share: float
    unclosed_quotes: int
    swapped_rows: int
    swapped_share: float
    listed_lines: int
    kept_lines: int


def read_limits(path: Path | None = None) -> Limits:
    """Read the limits from a file, or those that came with this installation; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = path or shipped_registry() / "common" / "intake.yaml"
    limits = validate(read_declaration(place, label=place.name), Limits, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return limits  # type: ignore[no-any-return]
