"""The limits of intake: declared in the registry, never in code."""

from __future__ import annotations

from pathlib import Path

from openjustice.contracts.declaration import Declared
from openjustice.contracts.limits import read_limits_of


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
    return read_limits_of(Limits, "intake.yaml", path=path)
