"""The one pass: a short row for each row of the file, in its order, from which every count and line is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openjustice.confidential.collect.check import Bound, text_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import Ingested
from openjustice.confidential.collect.ingest.clean import LINE
from openjustice.confidential.collect.rules import Key, Rule
from openjustice.ground import engine
from openjustice.ground.terms import Severity

EMPTY_ROW = Tally(
    rule="empty_row", severity=Severity.HARD, says="The row is blank in every column.", fix="Remove the row.", count=0
)


def flags_sql(ingested: Ingested, *, rules: Sequence[Rule], keys: Sequence[Key], bound: Bound) -> str:
    """Return the statement that makes one short row for each row of the file.

    `failing` is null for a row without a fault, [-1] for a blank one, and otherwise one number for each rule, 0 where it
    holds: so the particular tests run only where a general one failed. Where the file's rows stand one to a line, no line
    is written: the engine fills a table in the order of the file, on all its threads, and the row's number gives the line.
    """
    line = [f"CAST({engine.quote(LINE)} AS BIGINT) AS {LINE}"] if ingested.first_line is None else []
    constants = ingested.match.layout.mapping.constants if ingested.match else {}
    texts = ", ".join(text_of(name) for name in ingested.contract.fields if name not in constants)
    blank = f"coalesce({texts}) IS NULL"
    failing = " OR ".join(f"({rule.fails})" for rule in rules)
    listed = ", ".join(rule.sql for rule in rules)
    case = f"CASE WHEN {failing} THEN CASE WHEN {blank} THEN [-1] ELSE [{listed}] END END AS failing"
    prints = [f"{key.sql} AS {engine.quote(key.column)}" for key in keys]
    return f"SELECT {', '.join([*line, case, *prints])} FROM ({ingested.values_sql(bound)}) AS valued"


def row_tallies(flags: engine.Table, *, rules: Sequence[Rule], first_line: int | None, limit: int) -> list[Tally]:
    """Return what the rules over cells and rows found, with exact counts and the first `limit` lines of each."""
    counted = flags.engine.derive(
        "counted",
        "SELECT place, class, count(*) AS found, min(line, $limit) AS lines FROM ("
        f"SELECT {_line(first_line)} AS line, unnest(failing) AS class, generate_subscripts(failing, 1) AS place "
        "FROM flags WHERE failing IS NOT NULL) AS listed WHERE class <> 0 GROUP BY place, class",
        inputs={"flags": flags}, parameters={"limit": limit},
    )  # fmt: skip
    return [
        _with(EMPTY_ROW if row["class"] == -1 else rules[row["place"] - 1].tallies[row["class"] - 1], row)
        for row in counted.rows()
    ]


def key_tallies(flags: engine.Table, *, keys: Sequence[Key], first_line: int | None, limit: int) -> list[Tally]:
    """Return the rows whose key stands on an earlier row, for each key."""
    made = []
    for key in keys:
        column = engine.quote(key.column)
        repeated = flags.engine.derive(
            "repeated", f"SELECT {column} FROM flags WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1",
            inputs={"flags": flags},
        )  # fmt: skip
        if repeated.row_count:
            made.append(_with(key.tally, _later_rows(flags, repeated, column, first_line=first_line, limit=limit)))
    return made


def _later_rows(
    flags: engine.Table, repeated: engine.Table, column: str, *, first_line: int | None, limit: int
) -> Mapping[str, Any]:
    counted = flags.engine.derive(
        "counted",
        "SELECT count(*) AS found, min(line, $limit) AS lines FROM ("
        f"SELECT {_line(first_line)} AS line, row_number() OVER (PARTITION BY {column} ORDER BY {_line(first_line)}) AS nth "
        f"FROM flags WHERE {column} IN (SELECT {column} FROM repeated)) AS listed WHERE nth > 1",
        inputs={"flags": flags, "repeated": repeated}, parameters={"limit": limit},
    )  # fmt: skip
    return counted.rows()[0]


def _line(first_line: int | None) -> str:
    return LINE if first_line is None else f"rowid + {int(first_line)}"


def _with(tally: Tally, row: Mapping[str, Any]) -> Tally:
    return replace(tally, count=int(row["found"]), lines=tuple(sorted(set(row["lines"]))))
