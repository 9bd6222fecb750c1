"""The law of the screen: whatever a text holds, screen and engine together find what the engine finds alone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.confidential.collect import ingest, screen, validate
from openjustice.confidential.collect.findings import CheckResult
from unit.confidential.collect import small

CODELISTS: dict[str, Any] = {
    "place": {"A": {"prefix": "A"}, "B": {}, "007": {}, "Process of Arrest": {}, "Process of Arrive": {}},
    "way": ["x", "y", "A"],
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "id": {"type": "string", "pattern": "R[0-9]{2,4}(-[a-c]+)?"},
    "place": {"type": "code", "codelist": "place", "missing": {"?": "x"}},
    "way": {"type": "code", "codelist": "way", "required": False},
    "year": {"type": "integer", "range": [1990, 2025]},
    "parts": {"type": "integer", "required": False, "missing": {"99": "x", "-": "z"}},
    "total": {"type": "integer", "required": False},
    "amount": {"type": "number", "range": [-10, 1000.5], "missing": {"": "x"}},
    "rate": {"type": "number", "required": False},
    "day": {"type": "date"},
    "end": {"type": "date", "format": "%m/%d/%Y", "required": False, "missing": {"12/31/1999": "x"}},
    "held": {"type": "boolean", "required": False},
    "name": {"type": "string", "missing": {"=none": "x"}},
    "note": {"type": "string", "required": False},
}
CHECKS: dict[str, Any] = {
    "once": {"kind": "unique", "fields": ["id"]},
    "once_together": {"kind": "unique", "fields": ["place", "year", "parts", "total", "rate", "day", "held"]},
    "rows_once": {"kind": "no_duplicates"},
    "year_of_day": {"kind": "condition", "fields": ["year", "day"], "with": {"fails_when": "year(day) <> year"}},
    "in_order": {"kind": "condition", "fields": ["day", "end"], "with": {"fails_when": "\"end\" < day OR month(day) = 13"}},
    "implied": {
        "kind": "implies", "fields": ["place", "way"],
        "with": {"when": "place IN ('A', 'Process of Arrest') AND NOT held", "then": "way = 'x' OR way IS NULL"},
    },
    "same": {"kind": "condition", "fields": ["place", "way"], "with": {"fails_when": "place = way AND amount * 2 > 19.5"}},
    "together": {"kind": "condition", "fields": ["held", "rate"], "with": {"fails_when": "held <> (rate > 0.5)"}},
    "size": {"kind": "condition", "fields": ["total"], "with": {"fails_when": "abs(-total) NOT BETWEEN 0 AND 5000"}},
    "added": {"kind": "sum_equals", "fields": ["parts", "total"], "with": {"parts": ["parts", "parts"], "total": "total"}},
    "not_yet": {"kind": "not_after", "fields": ["day"]},
    "ranged": {"kind": "value_range", "fields": ["rate"], "with": {"minimum": 0.25}},
    "soft": {
        "kind": "condition", "severity": "soft", "ask": "Is it so?", "fields": ["name"], "with": {"fails_when": "name IS NULL"},
    },
}  # fmt: skip

# For each field what is right, and what is wrong or at the edge of it.
RIGHT: dict[str, list[str]] = {
    "id": ["R01", "R234", "R4321", "R12-abc"], "place": ["A", "B", "007", "Process of Arrest"], "way": ["x", "", "y", "A"],
    "year": ["2019", "1990", "2025"], "parts": ["1", "12", "99", "-"], "total": ["2", "24", "123456789", ""],
    "amount": ["1.5", "-10", "1000.50", ""], "rate": ["0.5", "0.75", "3"], "day": ["2019-02-28", "1990-12-31", "2025-01-01"],
    "end": ["12/01/2019", "", "12/31/1999"], "held": ["true", "N", "", "Yes", "1"], "name": ["Ana", "=none", "O'Hara 7"],
    "note": ["", "a note", "12 Main Street", "x"],
}  # fmt: skip
ODD: list[str] = [
    "", " ", "  x", "x ", "\t", "=1+1", "@a", "-5", "+5", "00000000000000000001", "1e5", "1E+06", "2.5e3", "R1", "R12345", "r01",
    "0", "-0", "1.", ".5", "1.2.3", "1_000", "1,5", "999999999999999", "9999999999999999", "9223372036854775807",
    "99999999999999999999", "2019-02-29", "2020-02-29", "1900-02-29", "2019-13-01", "2019-1-1", "0999-01-01", "2019-04-31",
    "2019/01/01", "02/30/2019", "2/3/2019", "A", "a", "Process of Arrive", "Process of Arrest ", "7", "TRUE", "tRuE", "wahr",
    "é", "Zoë", "Ã©", "\u00a0x", "x\u200b", "\ufffd", "\x01", "\x7f", '"', 'a"b', '""', "?", "99", "NULL", "nan", "inf", "\x1f",
]  # fmt: skip
LINES = [
    "",
    "   ",
    "x",
    ",,,,,,,,,,,,",
    ";;;;;;;;;;;;",
    '"',
    '"a',
    '"a"b,c',
    "x,y,z" * 9,
    "\t\t",
    "\x00",
    "a\rb",
    '"a\nb",c',
]


@cache
def dataset() -> Any:
    """Return the dataset of this law."""
    mapping = {
        "columns": {f"the {name}": name for name in FIELDS},
        "codes": {"way": {"ex": "x", "-": "y", "bad": "zzz"}},
    }
    return small.dataset(FIELDS, checks=CHECKS, key=("id",), mappings={"other": mapping})


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw a text: mostly right rows, some cells and some lines of every odd kind, in any dialect."""
    mark = draw(st.sampled_from(",;\t|"))
    ending = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    layout = draw(st.sampled_from(["{}", "the {}"]))
    names = draw(st.sampled_from([list(FIELDS), [*FIELDS][::-1]]))
    rows = [[draw(st.sampled_from(RIGHT[name])) for name in names] for _ in range(draw(st.integers(1, 25)))]
    rows += [draw(st.sampled_from(rows)) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(0, 20))):
        row, place = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(names) - 1))
        rows[row] = [*rows[row][:place], draw(st.sampled_from(ODD)), *rows[row][place + 1 :]]
    lines = [mark.join(_written(cell, mark, draw) for cell in row) for row in rows]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(LINES)))
    start = draw(st.sampled_from(["", "", "", "\ufeff"]))
    return (
        start
        + ending.join([mark.join(layout.format(name) for name in names), *lines])
        + draw(st.sampled_from([ending, ""]))
    )


def _written(cell: str, mark: str, draw: st.DrawFn) -> str:
    """Write a cell: with quotation marks where it needs them, and sometimes where it does not, or without."""
    how = draw(st.sampled_from(["bare", "bare", "bare", "bare", "bare", "quoted"]))
    if how == "quoted" or mark in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def check(path: Path, *, limits: Mapping[str, Any]) -> CheckResult:
    """Check a file; columns that stand exchanged are left to their own tests."""
    known = ingest.read_limits().model_copy(update={"careful_up_to_bytes": 0, "swapped_share": 2.0, **limits})
    of = dataset()
    return validate.check_file(
        path, dataset=of, jurisdiction=small.jurisdiction(of, **CODELISTS), today=small.TODAY, limits=known
    )  # fmt: skip


@settings(max_examples=25)
@given(text=texts())
def test_the_screen_changes_no_finding(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_bytes(text.encode())
        screened = check(path, limits={"screened_from_bytes": 0, "screened_share": 1.0})
        alone = check(path, limits={"screened_from_bytes": 10**12})
    assert screened == alone


def test_the_law_is_about_texts_that_the_screen_reads(tmp_path, monkeypatch):
    """A screen that never tells anything would keep the law too."""
    told = []

    def spy(*args, **more):
        told.append(screen_text(*args, **more))
        return told[-1]

    screen_text = screen.screen_text
    monkeypatch.setattr(screen, "screen_text", spy)
    path = tmp_path / "f.csv"
    right = ",".join(RIGHT[name][0] for name in FIELDS)
    rows = [right.replace("R01", f"R{number}").replace(",0.5,", f",1.{number},") for number in range(10, 60)]
    path.write_text("\n".join([",".join(FIELDS), *rows, rows[0].replace("A,", "?,", 1), "ragged"]))
    result = check(path, limits={"screened_from_bytes": 0, "screened_share": 1.0})
    assert told[0] is not None
    assert result == check(path, limits={"screened_from_bytes": 10**12})
    assert told[0].passing == 49
