"""The findings about a file as a whole or about the shape of its lines: each with its sentence and its way out."""

from __future__ import annotations

from dataclasses import replace

from openjustice.confidential.collect.findings import Tally
from openjustice.ground.terms import Severity


class Stopped(Exception):
    """Reading ends here: the file as a whole cannot be checked further."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally.rule)
        self.tally = tally


def _hard(rule: str, says: str, fix: str) -> Tally:
    return Tally(rule=rule, severity=Severity.HARD, says=says, fix=fix, count=1)


def _soft(rule: str, says: str, fix: str, ask: str) -> Tally:
    return Tally(rule=rule, severity=Severity.SOFT, says=says, fix=fix, count=1, ask=ask)


_EXPORT_AGAIN = "Export the file again as CSV in UTF-8."

FAULTS: dict[str, Tally] = {
    item.rule: item
    for item in (
        # the file as a whole
        _hard("empty_file", "The file is empty.", "Export it again and send the file that has rows."),
        _hard("no_rows", "The file has column names and no rows.", "Export it again with the period's rows."),
        _hard("not_a_table", "This is not a table: it is an image, a document, a program or a web page.",
              "Send a CSV, Excel workbook (.xlsx), Parquet or JSON Lines file."),
        _hard("binary_file", "The file holds bytes that are no text.", _EXPORT_AGAIN),
        _hard("unknown_encoding", "The encoding of the text cannot be read.", _EXPORT_AGAIN),
        _hard("locked_workbook", "The workbook is protected by a password or is in the old .xls format.",
              "Remove the password and save it as .xlsx or CSV."),
        _hard("damaged_workbook", "The workbook cannot be opened.", "Open it in the spreadsheet program and save it again."),
        _hard("damaged_parquet", "The Parquet file cannot be read.", "Write it again."),
        _hard("zip_archive", "The file is a zip archive.", "Unpack it and send the table itself; gzip (.gz) is fine."),
        _hard("truncated_gzip", "The packed file ends too early.", "Pack it again and send it whole."),
        _hard("damaged_gzip", "The packed file is damaged.", "Pack it again and send it whole."),
        _hard("unpacks_too_large", "The packed file grows beyond what is taken in, so it was not unpacked further.",
              "Split the table into smaller files, or send it as CSV or Parquet."),
        _hard("no_header", "The first line does not hold the column names of any known layout.",
              "Put the column names on the first line, as one of the layouts in the contract spells them; or, if the file belongs "
              "to another dataset, name that one."),
        _hard("header_not_first", "The column names are not on the first line.", "Remove the lines above them."),
        _hard("missing_column", "A column is missing.", "Add the column; leave its cells blank where nothing is known."),
        _hard("duplicate_column", "A column stands twice, so it is not clear which one is meant.", "Remove or rename one."),
        _soft("unknown_column", "A column is in no known layout and was not read.",
              "Remove it, or ask for it to be added to the layout.", "What does this column hold, and should it be read?"),
        _hard("too_many_columns_in_header", "The header has more columns than are taken in.", "Send only the contract's."),
        # one line
        _hard("too_few_columns", "The line has fewer columns than the header.",
              "Look for a missing delimiter, or for a line break inside a cell without quotation marks."),
        _hard("too_many_columns", "The line has more columns than the header.",
              "Look for a delimiter inside a cell; put such a cell in quotation marks."),
        _hard("unclosed_quote", "A quotation mark opens a cell on this line and never closes it.",
              "Close it, or double it if it belongs to the text."),
        _hard("stray_quote", "Text follows a closing quotation mark in the same cell.",
              "Double each quotation mark that belongs to the text."),
        _hard("line_too_long", "The line is longer than any line may be.",
              "Look for a missing line break or quotation mark; export the file again."),
        _hard("nul_byte", "The line holds a NUL byte, which no text has.", _EXPORT_AGAIN),
        _hard("mixed_encoding", "The line is not in the encoding of the other lines.", _EXPORT_AGAIN),
        _hard("not_json", "The line is not a JSON object.", "Write one JSON object on each line."),
        _hard("nested_value", "A value on this line is a list or an object.", "Send one plain value for each field."),
        _hard("repeated_name", "A name stands twice in the object on this line.", "Send each field once."),
    )
}  # fmt: skip


def fault(rule: str, *, line: int | None = None, field: str | None = None, says: str = "", fix: str = "") -> Tally:
    """Return one finding of a rule, in more particular words where given."""
    known = FAULTS[rule]
    lines = () if line is None else (line,)
    return replace(known, lines=lines, field=field, says=says or known.says, fix=fix or known.fix)


def stop(rule: str, *, line: int | None = None, says: str = "") -> Stopped:
    """Return the exception that ends reading with one finding."""
    return Stopped(fault(rule, line=line, says=says))
