"""Shows the first rows of a file as they stand in it, with the words of a code beside it."""

from __future__ import annotations

from dataclasses import dataclass

from openjustice.public.publish.content import Dataframe
from openjustice.public.publish.formats.csv.write import as_cell

ROWS = 5
MOST_COLUMNS = 14


@dataclass(frozen=True)
class Preview:
    """The first rows of one product. `more`: how many columns stand in the file beside those that are shown."""

    id: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[tuple[str, str], ...], ...]
    rows: int
    more: int


def make_preview(frame: Dataframe) -> Preview:
    """Return the first rows of a product, each cell with the label of its code where it has one."""
    columns = frame.columns[:MOST_COLUMNS]
    return Preview(
        id=frame.id,
        title=frame.title,
        columns=tuple(column.name for column in columns),
        lines=tuple(
            tuple((as_cell(row[column.name]), column.labels.get(str(row[column.name]), "")) for column in columns)
            for row in frame.rows[:ROWS]
        ),
        rows=len(frame.rows),
        more=len(frame.columns) - len(columns),
    )
