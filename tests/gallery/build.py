"""Writes the gallery of bad files again: each folder holds one small file with one planted fault, and what must be found.

Usage: python tests/gallery/build.py. The rows are those of the invented state's worked example; run it when that changes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import yaml

HERE = Path(__file__).parent
REGISTRY = HERE.parents[1] / "registry"
DEMO, CALIFORNIA = "demo/custody_deaths", "california/deaths_in_custody"
Row = dict[str, str]
Expected = tuple[str, str | None, int | None]


def main() -> None:
    """Write every folder."""
    for name, (file, content, dataset, verdict, expected, says) in sorted(gallery().items()):
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        (folder / file).write_bytes(content)
        found = [{"rule": rule, "field": field, "line": line} for rule, field, line in expected]
        told = {"says": says, "file": file, "dataset": dataset, "verdict": verdict, "findings": found}
        text = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=120)
        (folder / "expected.yaml").write_text(text, encoding="utf-8")


def rows_of(place: str, count: int) -> list[Row]:
    """Return the first rows of a worked example."""
    with (REGISTRY / place / "examples" / "good.csv").open(encoding="utf-8", newline="") as stream:
        return [dict(row) for row in csv.DictReader(stream)][:count]


def text_of(rows: Sequence[Row], *, mark: str = ",", end: str = "\n", header: Sequence[str] | None = None) -> str:
    """Return rows as delimited text with a header."""
    out = io.StringIO()
    names = list(header if header is not None else rows[0])
    writer = csv.writer(out, delimiter=mark, lineterminator=end)
    writer.writerow(names)
    writer.writerows([list(row.values()) for row in rows])
    return out.getvalue()


def gallery() -> dict[str, tuple[str, bytes, str, str, list[Expected], str]]:
    """Return every file with its name, content, dataset, verdict, findings and what is wrong with it."""
    made: dict[str, tuple[str, bytes, str, str, list[Expected], str]] = {}
    for part in (
        cells,
        shapes,
        headers,
        encodings,
        containers,
        other_forms,
        declared_rules,
        real_contract,
        fine_as_it_is,
    ):
        part(made)
    return made


def _add(made: Any, name: str, says: str, content: str | bytes, expected: Sequence[Expected], **more: str) -> None:
    hard_free = {"unknown_column", "surrounding_space", "look_alike"} if more.get("soft") else set()
    verdict = more.get("verdict") or ("returned" if any(item[0] not in hard_free for item in expected) else "accepted")
    data = content.encode() if isinstance(content, str) else content
    made[name] = (more.get("file", "file.csv"), data, more.get("dataset", DEMO), verdict, list(expected), says)


def _rows(count: int = 6) -> list[Row]:
    return rows_of("demo/datasets/custody_deaths", count)


def _with(row: int, **cells: str) -> list[Row]:
    """Return the rows with some cells of one row (from 0) replaced; row 0 stands on line 2."""
    rows = _rows()
    rows[row] |= cells
    return rows


def cells(made: Any) -> None:
    """One cell that is wrong."""
    for name, rule, field, value, says in (
        ("unknown_code", "codelist", "county", "Nowhere", "A county that is in no list."),
        ("unknown_code_by_case", "codelist", "sex", "male", "A code in another case than its list's."),
        ("blank_required", "required", "race", "", "A required cell is blank."),
        ("impossible_date", "impossible_date", "date_of_birth", "1971-02-30", "The 30th of February."),
        ("wrong_date_form", "type", "date_of_birth", "03/25/1971", "A day in another form than the contract's."),
        ("date_in_words", "type", "date_of_death", "April 2021", "A day in words."),
        ("age_not_a_number", "type", "age", "forty", "A number in words."),
        ("age_with_decimals", "type", "age", "48.5", "A number with decimals where a whole one is due."),
        ("age_with_underscore", "type", "age", "4_8", "A number that only a programming language reads."),
        ("age_out_of_range", "value_range", "age", "148", "An age that nobody reaches."),
        ("age_negative", "value_range", "age", "-4", "An age below zero."),
        ("wrong_pattern", "pattern", "record_number", "20220001", "A record number in another form."),
        ("leading_zeros_lost", "leading_zeros", "offense_group", "0", "A code whose zeros a spreadsheet took away."),
        ("scientific_notation", "scientific_notation", "booking_number", "2.00501E+06", "A number a spreadsheet shortened."),
        ("scientific_notation_in_code", "scientific_notation", "offense_group", "1E2", "A code read as a power of ten."),
        ("formula_equals", "formula_injection", "person_name", "=HYPERLINK(1)", "A text that begins like a formula."),
        ("formula_plus", "formula_injection", "person_name", "+1 Canarybird", "A text that begins like a formula."),
        ("formula_minus", "formula_injection", "person_name", "-1 Canarybird", "A text that begins like a formula."),
        ("formula_at", "formula_injection", "person_name", "@SUM(A1)", "A text that begins like a formula."),
        ("no_break_space", "look_alike", "county", "Juniper\u00a0Flats", "A space that is not a space, in a code."),
        ("full_width_digits", "look_alike", "age", "\uff14\uff18", "Digits of another width."),
        ("zero_width_space", "look_alike", "sex", "Male\u200b", "A character of no width after a code."),
        ("trailing_space", "surrounding_space", "sex", "Male ", "A space after a code."),
        ("leading_space", "surrounding_space", "age", " 48", "A space before a number."),
        ("letters_lost", "damaged_text", "person_name", "Zzyzx Canarybird \ufffd", "A letter that became a replacement character."),
        ("wrong_encoding", "damaged_text", "person_name", "Zzyzx Ca\u00c3\u00b1arybird", "UTF-8 that was read as Windows-1252."),
    ):  # fmt: skip
        _add(made, name, says, text_of(_with(3, **{field: value})), [(rule, field, 5)])
    _add(made, "soft_space_in_text", "A space before a name: it can be read, so it is asked about.",
         text_of(_with(2, person_name=" Zzyzx Canarybird")), [("surrounding_space", "person_name", 4)],
         verdict="accepted_with_queries")  # fmt: skip
    _add(made, "soft_no_break_space_in_text", "A no-break space in a name: it can be read, so it is asked about.",
         text_of(_with(2, person_name="Zzyzx\u00a0Canarybird")), [("look_alike", "person_name", 4)],
         verdict="accepted_with_queries")  # fmt: skip
    two = _with(1, age="x", sex="?")
    _add(
        made,
        "two_faults_on_one_line",
        "Two cells of one row.",
        text_of(two),
        [("type", "age", 3), ("codelist", "sex", 3)],
    )


def shapes(made: Any) -> None:
    """Lines that are no rows."""
    good = text_of(_rows()).splitlines()

    def lines(change: Callable[[list[str]], None]) -> str:
        given = list(good)
        change(given)
        return "\n".join(given) + "\n"

    short = lines(lambda given: given.__setitem__(3, given[3].rsplit(",", 1)[0]))
    _add(made, "ragged_short", "A line with a column too few.", short, [("too_few_columns", None, 4)])
    long = lines(lambda given: given.__setitem__(3, given[3] + ",more"))
    _add(made, "ragged_long", "A line with a column too many.", long, [("too_many_columns", None, 4)])
    both = lines(
        lambda given: given.__setitem__(slice(2, 6), [given[2] + ",,", *given[3:5], "2020-00099,alone"])
    )  # fmt: skip
    _add(made, "ragged_both_ways", "Ragged lines of both kinds.", both,
         [("too_many_columns", None, 3), ("too_few_columns", None, 6)])  # fmt: skip
    multiline = _with(1, person_name="Zzyzx\nCanary\nbird")
    multiline[4]["age"] = "x"
    _add(made, "quoted_newlines_before_a_fault", "Cells with line breaks stand before the fault: the line is the editor's.",
         text_of(multiline), [("type", "age", 8)])  # fmt: skip
    after = text_of(_with(0, person_name="Zzyzx\nCanarybird")).splitlines()
    after[5] = after[5].rsplit(",", 2)[0]
    _add(made, "ragged_after_quoted_newline", "A ragged line after a cell with a line break.", "\n".join(after) + "\n",
         [("too_few_columns", None, 6)])  # fmt: skip
    unclosed = lines(lambda given: given.__setitem__(2, given[2].replace("Zzyzx", '"Zzyzx', 1)))
    _add(made, "unclosed_quote", "A quotation mark that never closes.", unclosed, [("unclosed_quote", None, 3)])
    stray = lines(lambda given: given.__setitem__(2, given[2].replace("Zzyzx Canarybird", '"Zzyzx" Canarybird', 1)))
    _add(made, "stray_quote", "Text after a closing quotation mark.", stray, [("stray_quote", None, 3)])
    blank = lines(lambda given: given.insert(3, "," * given[0].count(",")))
    _add(made, "empty_row", "A row of delimiters alone.", blank, [("empty_row", None, 4)])
    skipped = lines(lambda given: given.__setitem__(slice(3, 3), ["", ""]))
    skipped = skipped.replace(good[4], good[4].replace("Male", "Mail").replace("Female", "Femail"))
    _add(made, "blank_lines_before_a_fault", "Blank lines are no fault, and they count as lines.", skipped,
         [("codelist", "sex", 7)])  # fmt: skip
    nul = lines(lambda given: given.__setitem__(4, given[4].replace("Zzyzx", "Zz\0yzx")))
    _add(made, "nul_byte", "A NUL byte in a cell.", nul, [("nul_byte", None, 5)])


def headers(made: Any) -> None:
    """Column names that are not what they should be."""
    rows = _rows()
    names = list(rows[0])
    body = text_of(rows).split("\n", 1)[1]
    _add(made, "no_header", "The first line is a row.", body, [("no_header", None, 1)])
    _add(made, "header_on_the_third_line", "A title stands above the column names.", "Report of deaths\n\n" + text_of(rows),
         [("header_not_first", None, 1)])  # fmt: skip
    less = [{key: value for key, value in row.items() if key != "race"} for row in rows]
    _add(made, "missing_column", "A column is missing: one finding, and not one for each row.", text_of(less),
         [("missing_column", "race", 1)])  # fmt: skip
    more = [row | {"badge": "7"} for row in rows]
    _add(made, "unknown_column", "A column that no layout knows: it is not read, and is asked about.", text_of(more),
         [("unknown_column", "column 16", 1)], verdict="accepted_with_queries")  # fmt: skip
    twice = text_of([row | {"sex again": row["sex"]} for row in rows], header=[*names, "sex"])
    _add(made, "duplicate_column", "Two columns of one name.", twice, [("duplicate_column", "column 16", 1)])
    swapped = [row | {"county": row["sex"], "sex": row["county"]} for row in rows]
    _add(
        made,
        "swapped_columns",
        "Two columns hold each other's values.",
        text_of(swapped),
        [("swapped_columns", "county", 1)],
    )
    mixed = [row | {"person_name": row["agency"], "agency": row["person_name"]} for row in rows]
    _add(made, "swapped_code_and_text", "A code and a name stand in each other's column.", text_of(mixed),
         [("swapped_columns", "person_name", 1)])  # fmt: skip
    _add(made, "header_only", "Column names and no rows.", ",".join(names) + "\n", [("no_rows", None, None)])


def encodings(made: Any) -> None:
    """Bytes that are not the text they should be."""
    accented = _with(1, person_name="Zzyzx Cañarybird")
    accented[4]["person_name"] = "Zzyzx Canáry"
    lines = text_of(accented).split("\n")
    data = b"\n".join(line.encode("latin-1" if index == 5 else "utf-8") for index, line in enumerate(lines))
    _add(made, "mixed_encoding", "One line in another encoding than the others.", data, [("mixed_encoding", None, 6)])
    wide = text_of(_with(4, age="x"))
    _add(made, "utf_16_with_a_fault", "UTF-16 with its mark.", wide.encode("utf-16"), [("type", "age", 6)])
    _add(
        made, "utf_16_unmarked_with_a_fault", "UTF-16 without its mark.", wide.encode("utf-16-be"), [("type", "age", 6)]
    )
    _add(
        made,
        "utf_32",
        "UTF-32, which no agency's system writes.",
        wide.encode("utf-32"),
        [("unknown_encoding", None, None)],
    )
    western = text_of(accented).replace("2022-", "2022/", 1)
    _add(made, "windows_1252_with_a_fault", "Windows-1252, which is read as such.", western.encode("windows-1252"),
         [("pattern", "record_number", 2)])  # fmt: skip
    marked = text_of(_with(2, sex="?"), mark=";", end="\r\n")
    _add(made, "semicolons_with_a_fault", "UTF-8 with a mark, semicolons, CRLF.", b"\xef\xbb\xbf" + marked.encode(),
         [("codelist", "sex", 4)])  # fmt: skip
    _add(made, "tabs_with_a_fault", "Tabs and the old Macintosh's line ends.", text_of(_with(2, sex="?"), mark="\t", end="\r"),
         [("codelist", "sex", 4)])  # fmt: skip
    _add(made, "pipes_with_a_fault", "Pipes.", text_of(_with(2, sex="?"), mark="|"), [("codelist", "sex", 4)])
    _add(made, "excel_separator_line", "Excel's own first line, sep=;.", "sep=;\n" + text_of(_with(2, sex="?"), mark=";"),
         [("codelist", "sex", 5)])  # fmt: skip


def containers(made: Any) -> None:
    """Files that are no table, or do not open."""
    good = text_of(_rows(25)).encode()
    packed = gzip.compress(good, mtime=0)
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(13) + zlib.compress(bytes(200))
    noise = bytes((index * index * 31 + index * 7) % 256 for index in range(4000))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(zipfile.ZipInfo("deaths.csv"), good)
    for name, rule, content, file, says in (
        ("empty", "empty_file", b"", "file.csv", "No byte at all."),
        ("only_blank_lines", "empty_file", b"\r\n \r\n\t\n", "file.csv", "Nothing but line ends and spaces."),
        ("binary", "binary_file", noise, "file.csv", "Bytes that are no text."),
        ("picture", "not_a_table", picture, "file.csv", "A picture that is named like a table."),
        ("document", "not_a_table", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", "file.csv", "A document that is named like a table."),
        ("web_page", "not_a_table", b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "file.csv",
         "A web page, as portals send when a session has ended."),
        ("zip_archive", "zip_archive", archive.getvalue(), "file.zip", "A zip archive with a good table inside."),
        ("truncated_gzip", "truncated_gzip", packed[:-40], "file.csv.gz", "A packed file whose end is missing."),
        ("damaged_gzip", "damaged_gzip", packed[:60] + b"\xff" * 20 + packed[80:], "file.csv.gz", "A packed file with broken bytes."),
        ("packed_twice", "damaged_gzip", gzip.compress(packed, mtime=0), "file.csv.gz", "A packed file, packed again."),
        ("locked_workbook", "locked_workbook", locked, "file.xlsx", "A workbook with a password."),
        ("damaged_workbook", "damaged_workbook", b"PK\x03\x04" + noise[:400], "file.xlsx", "A workbook that does not open."),
        ("damaged_parquet", "damaged_parquet", b"PAR1" + noise[:400] + b"PAR1", "file.parquet", "A Parquet file without its parts."),
    ):  # fmt: skip
        _add(made, name, says, content, [(rule, None, None)], file=file)
    bad = gzip.compress(text_of(_with(3, sex="?")).encode(), mtime=0)
    _add(made, "gzip_with_a_fault", "A packed file, named as a plain one.", bad, [("codelist", "sex", 5)])


def other_forms(made: Any) -> None:
    """Workbooks and JSON Lines."""
    rows = _with(3, sex="?")
    _add(made, "workbook_with_a_fault", "A workbook: the line is the row of the sheet.", _workbook(rows), [("codelist", "sex", 5)],
         file="file.xlsx")  # fmt: skip
    _add(made, "workbook_with_a_title", "A workbook whose table starts on the third row of its second sheet.",
         _workbook(rows, title=True), [("header_not_first", None, 1), ("codelist", "sex", 7)], file="file.xlsx")  # fmt: skip
    _add(made, "workbook_with_numbers_for_text", "A spreadsheet made a number of a code and took its zeros.",
         _workbook(_rows(), number=True), [("leading_zeros", "offense_group", 2)], file="file.xlsx")  # fmt: skip
    objects = [json.dumps(row) for row in rows]
    _add(
        made,
        "json_lines_with_a_fault",
        "JSON Lines.",
        "\n".join(objects) + "\n",
        [("codelist", "sex", 4)],
        file="file.jsonl",
    )
    broken = [*objects[:1], '{"record_number": ', '{"record_number": ["2022-00009"]}', '{"age": 1, "age": 2}', "[1, 2]"]
    _add(made, "json_lines_broken", "Lines that are no object, hold a list, or repeat a name.", "\n".join(broken) + "\n",
         [("not_json", None, 2), ("nested_value", None, 3), ("repeated_name", None, 4), ("not_json", None, 5)],
         file="file.jsonl")  # fmt: skip


def declared_rules(made: Any) -> None:
    """What the dataset's own checks find."""
    rows = _rows()
    rows[4]["record_number"] = rows[1]["record_number"]
    _add(
        made,
        "duplicate_key",
        "A record number on a second row.",
        text_of(rows),
        [("record_number_once", "record_number", 6)],
    )
    rows = _rows()
    for later in (3, 5):
        rows[later]["record_number"] = rows[1]["record_number"]
    rows[0]["person_name"] = "Zzyzx\nCanarybird"
    _add(made, "duplicate_key_thrice", "A record number on three rows: the later two.", text_of(rows),
         [("record_number_once", "record_number", 6), ("record_number_once", "record_number", 8)])  # fmt: skip
    _add(made, "death_before_birth", "A death before the birth.", text_of(_with(1, date_of_birth="2024-05-05", age="Unk")),
         [("death_after_birth", None, 3)])  # fmt: skip
    _add(made, "death_in_the_future", "A day after the day of checking.",
         text_of(_with(1, date_of_death="2199-01-01", age="Unk")), [("death_not_in_the_future", "date_of_death", 3)])  # fmt: skip
    pending = _with(2, manner_of_death="Pending", means_of_death="Firearm")
    _add(
        made, "pending_in_one_field", "Pending in one of two fields.", text_of(pending), [("pending_together", None, 4)]
    )
    natural = _with(2, manner_of_death="Natural", means_of_death="Firearm")
    _add(made, "soft_natural_with_means", "A question, and no reason to return the file.", text_of(natural),
         [("natural_has_no_means", None, 4)], verdict="accepted_with_queries")  # fmt: skip
    jail = {
        "REC_NO": "record_number", "NAME": "person_name", "BKG_NO": "booking_number", "DOB": "date_of_birth",
        "AGENCY": "agency", "CNTY": "county", "DOD": "date_of_death", "AGE": "age", "SEX": "sex", "RACE": "race",
        "STATUS": "custody_status", "OFFENSE": "offense_group", "PLACE": "facility", "MANNER": "manner_of_death",
        "MEANS": "means_of_death",
    }  # fmt: skip
    laid_out = [{column: _american(row[field]) for column, field in jail.items()} for row in _rows()]
    laid_out[2]["SEX"] = "X"
    laid_out[3]["DOB"] = "02/30/1970"
    _add(made, "another_layout_with_faults", "The jail system's layout, with its own names, codes and dates.",
         text_of(laid_out), [("codelist", "sex", 4), ("impossible_date", "date_of_birth", 5)])  # fmt: skip


def real_contract(made: Any) -> None:
    """Faults in the layout of the real deaths file; the rows are invented."""
    rows = rows_of("california/datasets/deaths_in_custody", 6)

    def one(
        name: str, says: str, expected: list[Expected], row: int = 2, verdict: str = "returned", **cells: str
    ) -> None:
        given = [dict(item) for item in rows]
        given[row] |= cells
        _add(made, name, says, text_of(given), expected, dataset=CALIFORNIA, verdict=verdict)

    one("california_unknown_race", "A code of no list.", [("codelist", "race", 4)], race="Martian")
    one("california_month_13", "A month beyond the year.", [("value_range", "death_month", 4)], death_month="13")
    one("california_record_number_form", "A record number in another form.", [("pattern", "record_number", 4)],
        record_number="2016-02")  # fmt: skip
    one("california_age_unknown", "An age that is said not to be known: a question.", [("age_given", "age", 4)],
        verdict="accepted_with_queries", age="Unk")  # fmt: skip


def fine_as_it_is(made: Any) -> None:
    """Files in which nothing may be found, however odd they look."""
    quoted = _with(1, person_name='Zzyzx "Zz" Canarybird, the 5" one\nof two')
    for name, content, file, says in (
        ("fine_quoted", text_of(quoted), "file.csv", "Quotation marks, delimiters and line breaks inside a cell."),
        ("fine_utf_16", text_of(_rows()).encode("utf-16"), "file.csv", "UTF-16."),
        ("fine_without_last_line_end", text_of(_rows()).rstrip("\n"), "file.csv", "No line end after the last row."),
        ("fine_mixed_line_ends", text_of(_rows()).replace("\n", "\r\n", 3), "file.csv", "Two kinds of line ends."),
        ("fine_header_by_case", text_of(_rows(), header=[name.upper().replace("_", " ") for name in _rows()[0]]), "file.csv",
         "Column names in capitals, with spaces."),
        ("fine_age_unknown", text_of(_with(1, age="Unk")), "file.csv", "A code that says a value is not known."),
        ("fine_workbook", _workbook(_rows()), "file.xlsx", "A workbook with days as days and numbers as numbers."),
        ("fine_mid_quote", text_of(_rows()).replace("Zzyzx Canarybird 00002", 'Zzyzx 5" bird'), "file.csv",
         "A quotation mark in the middle of a cell is text."),
    ):  # fmt: skip
        _add(made, name, says, content, [], file=file, verdict="accepted")


def _american(value: str) -> str:
    parts = value.split("-")
    is_day = len(parts) == 3 and all(part.isdigit() for part in parts) and len(parts[0]) == 4
    return f"{parts[1]}/{parts[2]}/{parts[0]}" if is_day else value


def _workbook(rows: Sequence[Row], *, title: bool = False, number: bool = False) -> bytes:
    """Return rows as a workbook, with days and ages as a spreadsheet holds them."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Sheet")
    if title:
        sheet.append(["See the next sheet."])
        sheet = book.create_sheet("Deaths")
        sheet.append(["Report of deaths"])
        sheet.append([])
    sheet.append(list(rows[0]))
    for row in rows:
        held: dict[str, Any] = dict(row)
        for name in ("date_of_birth", "date_of_death"):
            held[name] = date.fromisoformat(row[name])
        held["age"] = int(row["age"]) if row["age"].isdigit() else row["age"]
        if number and row is rows[0]:
            held["offense_group"] = 0
        sheet.append(list(held.values()))
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _without_clock(workbook: bytes) -> bytes:
    """Return a workbook with the moment of its making taken out, so that the same rows give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.infolist():
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2026-01-01T00:00:00Z", given.read(member))
            made.writestr(zipfile.ZipInfo(member.filename), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


if __name__ == "__main__":
    main()
