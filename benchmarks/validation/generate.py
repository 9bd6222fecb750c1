"""Writes the file that validation is measured on: invented rows, the same for the same seed, with planted faults.

Usage: python benchmarks/validation/generate.py TARGET [--rows N] [--seed N]. Beside TARGET stands TARGET.truth.json: for every
rule the lines on which it was broken, so that a run is known to have found each of them and nothing else.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from random import Random

from openjustice.ground import engine
from openjustice.ground.terms import Plane

CODES = {
    "agency": ("AG", 400), "county": ("", 58), "sex": ("S", 3), "race": ("R", 18), "offense": ("", 120), "status": ("S", 8),
    "facility": ("F", 10), "outcome": ("O", 6), "disposition": ("D", 12), "supervision": ("S", 5), "risk": ("R", 4),
    "plea": ("P", 4), "rank": ("R", 9),
}  # fmt: skip
WHOLE = ("report_year", "age", "days", "charges", "counts", "priors", "hours")
HEADER = (
    "record_id", "agency", "county", "report_year", "event_date", "entry_date", "release_date", "age", "sex", "race", "offense",
    "status", "facility", "outcome", "disposition", "supervision", "risk", "plea", "days", "charges", "counts", "priors",
    "hours", "badge", "zip", "city", "notes", "unit", "amount", "rank",
)  # fmt: skip
# What is written in place of a good value, by rule; each breaks that rule and no other.
CELL_FAULTS: dict[tuple[str, str], str] = {
    **{("codelist", name): "QQ" for name in CODES},
    **{("type", name): "x1" for name in WHOLE},
    ("type", "amount"): "12,5 a",
    ("type", "entry_date"): "not known",
    ("impossible_date", "release_date"): "2019-02-30",
    ("value_range", "age"): "150",
    ("value_range", "days"): "4001",
    ("value_range", "priors"): "51",
    ("pattern", "badge"): "ab1234",
    ("pattern", "zip"): "9x210",
}


def main() -> None:
    """Write the file and its truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--each", type=int, default=50, help="planted faults of each rule")
    given = parser.parse_args()
    generate(given.target, rows=given.rows, seed=given.seed, each=given.each)


def generate(target: Path, *, rows: int, seed: int, each: int) -> None:
    """Write `rows` invented rows to `target` and the planted lines to `<target>.truth.json`."""
    planted = plan(rows=rows, seed=seed, each=each)
    with engine.open_memory(plane=Plane.PUBLIC, directory=target.parent) as opened:
        select = rows_sql(rows=rows, seed=seed, planted=planted)
        opened.change(f"COPY ({select}) TO '{target}' (HEADER, DELIMITER ',')")
    truth = {f"{rule}:{field}": [row + 2 for row in sorted(found)] for (rule, field), found in planted.items()}
    target.with_name(target.name + ".truth.json").write_text(json.dumps({"rows": rows, "seed": seed, "faults": truth}))


def plan(*, rows: int, seed: int, each: int) -> dict[tuple[str, str], list[int]]:
    """Choose the rows in which each rule is broken: every row breaks one rule at most."""
    rules = [*CELL_FAULTS, ("counts_not_below_charges", ""), ("release_after_entry", "")]
    each = min(each, rows // (4 * len(rules)))
    chance = Random(seed)
    repeated = sorted(chance.sample(range(rows // 2, rows), each))  # each repeats the number of a row half a file above
    taken = set(repeated)
    chosen = [row for row in chance.sample(range(rows), each * len(rules) + each) if row not in taken]
    planted = {rule: chosen[index * each : (index + 1) * each] for index, rule in enumerate(rules)}
    return planted | {("record_once", "record_id"): repeated}


def rows_sql(*, rows: int, seed: int, planted: dict[tuple[str, str], list[int]]) -> str:
    """Return the statement that makes the rows in order, broken where planned."""
    good = _good(seed)
    cells = []
    for name in HEADER:
        cases = [
            f"WHEN i IN {_listed(planted[key])} THEN '{bad}'" for key, bad in CELL_FAULTS.items() if key[1] == name
        ]  # fmt: skip
        if name == "record_id":
            cases.append(
                f"WHEN i IN {_listed(planted['record_once', 'record_id'])} THEN 'R' || lpad((i - {rows // 2})::VARCHAR, 8, '0')"
            )
        if name == "counts":
            cases.append(f"WHEN i IN {_listed(planted['counts_not_below_charges', ''])} THEN '5'")
        if name == "charges":
            cases.append(f"WHEN i IN {_listed(planted['counts_not_below_charges', ''])} THEN '30'")
        if name == "release_date":
            cases.append(f"WHEN i IN {_listed(planted['release_after_entry', ''])} THEN '2009-01-01'")
        text = f"CAST({good[name]} AS VARCHAR)"
        cells.append(f"CASE {' '.join(cases)} ELSE {text} END AS {name}" if cases else f"{text} AS {name}")
    return f"SELECT {', '.join(cells)} FROM range({rows}) AS counted(i)"


def _good(seed: int) -> dict[str, str]:
    """Return the SQL of each good value: a hash of the row's number, the field's place and the seed."""
    mix = {name: f"(hash(i, {place}, {seed}) % 1000003)::INTEGER" for place, name in enumerate(HEADER)}
    good = {
        name: f"'{prefix}' || lpad((1 + {mix[name]} % {count})::VARCHAR, {len(str(count))}, '0')"
        for name, (prefix, count) in CODES.items()
    }
    event = f"(DATE '2010-01-01' + {mix['event_date']} % 3600)"
    entry = f"({event} + {mix['entry_date']} % 30)"
    good |= {
        "record_id": "'R' || lpad(i::VARCHAR, 8, '0')",
        "event_date": event,
        "report_year": f"year({event})",
        "entry_date": entry,
        "release_date": f"({entry} + {mix['release_date']} % 900)",
        "age": f"14 + {mix['age']} % 70",
        "disposition": f"'D' || CASE WHEN {mix['outcome']} % 6 = 0 THEN '01' "
        f"ELSE lpad((2 + {mix['disposition']} % 11)::VARCHAR, 2, '0') END",
        "days": f"{mix['days']} % 4001",
        "charges": f"1 + {mix['charges']} % 30",
        "counts": f"31 + {mix['counts']} % 60",
        "priors": f"{mix['priors']} % 51",
        "hours": f"{mix['hours']} % 100000",
        "badge": f"chr(65 + {mix['badge']} % 26) || 'X' || lpad(({mix['badge']} % 10000)::VARCHAR, 4, '0')",
        "zip": f"lpad(({mix['zip']} % 100000)::VARCHAR, 5, '0')",
        "city": f"CASE WHEN {mix['city']} % 10 = 0 THEN NULL ELSE 'City of ' || ({mix['city']} % 900) END",
        "notes": f"CASE WHEN {mix['notes']} % 3 = 0 THEN NULL WHEN {mix['notes']} % 50 = 1 THEN "
        f"'Brought in, note ' || ({mix['notes']} % 9000) ELSE 'Note number ' || ({mix['notes']} % 90000) || ' of the register' END",
        "unit": f"'Unit ' || ({mix['unit']} % 300) || ' of the department'",
        "amount": f"({mix['amount']} % 100000) / 100.0",
    }
    return good


def _listed(rows: Iterable[int]) -> str:
    return f"({', '.join(str(row) for row in rows)})"


if __name__ == "__main__":
    main()
