"""Runs the forty rules with Frictionless on the first rows of the file: a schema with constraints, and row checks."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path

from frictionless import Checklist, Resource, Schema, checks, system
from rules import CODES, FIELDS

path, rows = Path(sys.argv[1]), int(sys.argv[2])


def described(name: str, given: dict[str, object]) -> dict[str, object]:
    """Return a field with its constraints as a Table Schema has them."""
    constraints: dict[str, object] = {"required": given.get("required") is not False, "unique": name == "record_id"}
    if given["type"] == "code":
        constraints["enum"] = CODES[str(given["codelist"])]
    if "range" in given:
        constraints["minimum"], constraints["maximum"] = given["range"]
    if "pattern" in given:
        constraints["pattern"] = given["pattern"]
    kind = "string" if given["type"] == "code" else given["type"]
    return {"name": name, "type": kind, "constraints": constraints}


PASSES = (
    "entry_date >= event_date", "release_date >= entry_date", "event_date.year == report_year", "counts >= charges",
    "age >= 14 or facility == 'F01'", "(outcome == 'O1') == (disposition == 'D01')",
)  # fmt: skip
part = path.with_name(f"{path.stem}.first{rows}.csv")
with path.open() as source, part.open("w") as target:
    target.writelines(islice(source, rows + 1))
schema = Schema.from_descriptor({"fields": [described(name, given) for name, given in FIELDS.items()]})
checklist = Checklist(checks=[checks.row_constraint(formula=formula) for formula in PASSES])
with system.use_context(trusted=True):
    report = Resource(path=str(part), schema=schema).validate(checklist, limit_errors=1_000_000)
part.unlink()
print(json.dumps({"rows": rows, "findings": report.stats["errors"]}))
