"""Reads an Excel workbook: the sheet that has the layout, row by row, values and not formulas."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from openjustice.confidential.collect.findings import Collector
from openjustice.confidential.collect.ingest import faults
from openjustice.confidential.collect.ingest.clean import plain_text

Row = tuple[int, list[str]]


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """Open a workbook for reading; raises Stopped where it is damaged or holds what no workbook needs."""
    try:
        with warnings.catch_warnings(), path.open("rb") as stream:
            warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know, which change no value
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError, InvalidFileException, DefusedXmlException):
        raise faults.stop("damaged_workbook") from None


def sheet_names(book: Any) -> list[str]:
    """Return the names of the sheets that hold cells, in order."""
    return [sheet.title for sheet in book.worksheets]


def first_rows(book: Any, sheet: str, *, count: int) -> list[Row]:
    """Return the first rows of a sheet that are not blank, each with its row number."""
    found = []
    for row in rows(book, sheet):
        found.append(row)
        if len(found) == count:
            break
    return found


def rows(book: Any, sheet: str) -> Iterator[Row]:
    """Yield the rows of a sheet that are not blank, each with its row number from 1, cells as plain text."""
    for number, cells in enumerate(book[sheet].iter_rows(values_only=True), start=1):
        texts = [plain_text(value) for value in cells]
        if any(texts):
            yield number, texts


def rows_below(book: Any, sheet: str, *, header_line: int, width: int, found: Collector) -> Iterator[Row]:
    """Yield the rows below the header at its width; a row with cells beyond it goes to `found`."""
    for number, cells in rows(book, sheet):
        if number > header_line and any(cells[width:]):
            found.add(faults.fault("too_many_columns"), line=number)
        elif number > header_line:
            yield number, [*cells[:width], *[""] * (width - len(cells))]
