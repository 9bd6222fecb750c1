"""Writes a published product as a workbook with three sheets: the data, the columns with their codes, and the source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openjustice.public.publish import citation
from openjustice.public.publish.content import MARKERS, Content, Dataframe
from openjustice.public.publish.formats.xlsx.workbook import write_workbook
from openjustice.public.publish.language import say

ROWS_OF_A_SHEET = 1_048_576


def find_reason(_content: Content, frame: Dataframe) -> str:
    """Return why a product has no workbook: more rows than a sheet can hold. Nothing is ever cut."""
    if len(frame.rows) < ROWS_OF_A_SHEET:
        return ""
    return say(
        "A sheet holds {most} rows; this has {rows}.", most=f"{ROWS_OF_A_SHEET - 1:,}", rows=f"{len(frame.rows):,}"
    )


def write(content: Content, frame: Dataframe, path: Path) -> None:
    """Write the workbook. Surprise: its moments are the seal's, so that its bytes never vary."""
    names = [column.name for column in frame.columns]
    write_workbook(
        path,
        sheets=[
            ("data", names, ([row[name] for name in names] for row in frame.rows)),
            ("columns", ["column", "title", "says", "code", "code_label"], _explained(frame)),
            ("about", ["what", "words"], _about(content, frame)),
        ],
        title=frame.title,
        creator=content.jurisdiction.publisher.name,
        moment=content.manifest.sealed_at,
    )


def _explained(frame: Dataframe) -> Iterator[list[Any]]:
    for column in frame.columns:
        yield [column.name, column.title, column.says, None, None]
        for code, label in column.labels.items():
            yield [column.name, column.title, None, code, label]
        if column.name.endswith("_marker"):
            for code, (_, says) in MARKERS.items():
                yield [column.name, column.title, None, code, says]


def _about(content: Content, frame: Dataframe) -> Iterator[list[Any]]:
    manifest, terms = content.manifest, content.jurisdiction.license
    yield ["title", frame.title]
    yield ["description", frame.says]
    yield ["publisher", content.jurisdiction.publisher.name]
    yield ["release", manifest.address]
    yield ["sealed at", manifest.sealed_at]
    yield ["license", f"{terms.title} {terms.url}"]
    yield ["cite as", citation.as_text(content)]
