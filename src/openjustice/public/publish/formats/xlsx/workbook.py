"""Writes a workbook of plain sheets (Office Open XML, ECMA-376), row by row, and always the same bytes.

The libraries for it stamp the clock into the archive and take ten times as long for a hundred thousand rows; a sheet of values
needs little of what they can do. The tests read every workbook back with one of them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]

_FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest moment an archive can name
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EPOCH = date(1899, 12, 30)
_ROWS_AT_ONCE = 4096

# Style 0: as it is. Style 1: bold, for the first row. Style 2: a day.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(path: Path, *, sheets: Sequence[Sheet], title: str, creator: str, moment: str) -> None:
    """Write sheets, each with its name, its header and its rows. Text is stored as text: nothing in it is ever run.

    `moment` is the workbook's own, in ISO 8601; the clock is not asked.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in _frame(sheets, title=title, creator=creator, moment=moment):
            archive.writestr(_entry(name), content)
        for place, (_, header, rows) in enumerate(sheets, start=1):
            with archive.open(_entry(f"xl/worksheets/sheet{place}.xml"), "w", force_zip64=True) as stream:
                for part in _sheet(header, rows):
                    stream.write(part.encode())


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, date_time=_FIXED)
    made.compress_type, made.create_system = zipfile.ZIP_DEFLATED, 3
    return made


def _frame(sheets: Sequence[Sheet], *, title: str, creator: str, moment: str) -> Iterable[tuple[str, str]]:
    places = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for place in places
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_HEAD}<Types xmlns="{_PACK}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
            '<Override PartName="/docProps/core.xml" '
            f'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{parts}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">'
            f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
            f'<Relationship Id="rId2" Type="{_PACK}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
            "</Relationships>"
        ),
    )
    when = f'xsi:type="dcterms:W3CDTF">{escape(moment)}</dcterms:'
    yield (
        "docProps/core.xml",
        (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACK}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{_text(title)}</dc:title><dc:creator>{_text(creator)}</dc:creator>"
            f"<dcterms:created {when}created><dcterms:modified {when}modified></cp:coreProperties>"
        ),
    )
    listed = "".join(
        f'<sheet name="{_text(name)}" sheetId="{place}" r:id="rId{place}"/>'
        for place, (name, _, _) in enumerate(sheets, start=1)
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
    )
    links = "".join(
        f'<Relationship Id="rId{place}" Type="{_REL}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in places
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_HEAD}<Relationships xmlns="{_PACK}/relationships">{links}'
            f'<Relationship Id="rId{len(sheets) + 1}" Type="{_REL}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/styles.xml", _STYLES


def _sheet(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[str]:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{min(60, max(12, len(name) + 2))}" customWidth="1"/>'
        for place, name in enumerate(header, start=1)
    )
    bold = "".join(f'<c t="inlineStr" s="1"><is><t>{_text(name)}</t></is></c>' for name in header)
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{bold}</row>"
    )
    known: dict[str, str] = {}
    held: list[str] = []
    for row in rows:
        held.append("<row>" + "".join([_cell(value, known) for value in row]) + "</row>")
        if len(held) == _ROWS_AT_ONCE:
            yield "".join(held)
            held.clear()
    yield "".join(held) + "</sheetData></worksheet>"


def _cell(value: Any, known: dict[str, str]) -> str:
    """Return a value as a cell; cells have no address, since each stands after the one before it."""
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f"<c><v>{value!r}</v></c>"
        case date():
            return f'<c s="2"><v>{(value - _EPOCH).days}</v></c>'
        case _:
            made = known.get(value)
            if made is None:
                made = f'<c t="inlineStr"><is><t xml:space="preserve">{_text(str(value))}</t></is></c>'
                known[value] = made
            return made


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", text), {'"': "&quot;", "\r": "&#13;"})
