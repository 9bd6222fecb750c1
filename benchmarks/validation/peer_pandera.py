"""Runs the forty rules with pandera on Polars, in one of two ways: `coerce` or `cast`.

`coerce` leaves the types to pandera (coerce=True), as its documentation has it: one cell that is no number then keeps the whole
column as text, and the column's other rules cannot run. `cast` is what one who knows Polars would write instead: every column is
cast without strictness beforehand, so that a cell that is no number becomes null and is found as such.
"""

from __future__ import annotations

import json
import sys
import time

import pandera.polars as pa
import polars as pl
from rules import CODES, FIELDS

path, way = sys.argv[1], sys.argv[2]
TYPES = {"integer": pl.Int64, "number": pl.Float64, "date": pl.Date}


def column(name: str, given: dict[str, object]) -> pa.Column:
    """Return a field's rules: its type, its codes, its range or its pattern."""
    checks = []
    if given["type"] == "code":
        checks.append(pa.Check.isin(CODES[str(given["codelist"])]))
    if "range" in given:
        checks.append(pa.Check.in_range(*given["range"]))
    if "pattern" in given:
        checks.append(pa.Check.str_matches(f"^(?:{given['pattern']})$"))
    kind = TYPES.get(str(given["type"]), pl.String)
    nullable = given.get("required") is False
    coerce = way == "coerce" and kind is not pl.String
    return pa.Column(kind, checks, coerce=coerce, nullable=nullable, unique=name == "record_id")


def rule(name: str, passes: pl.Expr) -> pa.Check:
    """Return a rule over the row."""
    return pa.Check(lambda data: data.lazyframe.select(passes), name=name)


ROWS = [
    rule("entry_after_event", pl.col("entry_date") >= pl.col("event_date")),
    rule("release_after_entry", pl.col("release_date") >= pl.col("entry_date")),
    rule("year_of_event", pl.col("event_date").dt.year() == pl.col("report_year")),
    rule("counts_not_below_charges", pl.col("counts") >= pl.col("charges")),
    rule("young_in_first_facility", (pl.col("age") >= 14) | (pl.col("facility") == "F01")),
    rule("open_together", (pl.col("outcome") == "O1") == (pl.col("disposition") == "D01")),
]
schema = pa.DataFrameSchema({name: column(name, given) for name, given in FIELDS.items()}, checks=ROWS)
started = time.perf_counter()
frame = pl.read_csv(path, infer_schema=False)
if way == "cast":
    frame = frame.with_columns(
        pl.col(name).str.to_date("%Y-%m-%d", strict=False) if given["type"] == "date"
        else pl.col(name).cast(TYPES[str(given["type"])], strict=False)
        for name, given in FIELDS.items() if given["type"] in TYPES
    )  # fmt: skip
read = time.perf_counter() - started
found = 0
try:
    schema.validate(frame, lazy=True)
except pa.errors.SchemaErrors as problem:
    found = len(problem.failure_cases)
print(json.dumps({"rows": frame.height, "findings": found, "read_seconds": round(read, 1)}))
