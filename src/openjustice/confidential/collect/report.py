"""Writes what a check found for those who must act on it: JSON for a program, a page to print for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from openjustice.confidential.collect.findings import CheckResult, Tally, Verdict

_TEMPLATES = Path(__file__).parent / "templates"

HEADLINES = {
    Verdict.ACCEPTED: "This file can be sent.",
    Verdict.ACCEPTED_WITH_QUERIES: "This file can be sent. Some rows will come back to you as questions.",
    Verdict.RETURNED: "This file cannot be accepted yet.",
}
NEXT_STEPS = {
    Verdict.ACCEPTED: "Send it.",
    Verdict.ACCEPTED_WITH_QUERIES: "Send it as it is, or look at the rows listed first: what you correct now is not asked later.",
    Verdict.RETURNED: "Correct what is marked “must be corrected” in the system the file comes from, export it again, and "
    "check the new file. Nothing of this file was kept.",
}


def as_json(result: CheckResult) -> str:
    """Return the result as JSON, the same bytes for the same result."""
    return json.dumps(result.as_dict(), indent=2, ensure_ascii=False) + "\n"


def as_html(result: CheckResult, *, checked_on: str) -> str:
    """Return the result as one page that needs no other file and prints well."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "lines": lambda tally: lines_text(tally.lines, total=tally.count)}
    return environment.get_template("check.html").render(
        result=result, checked_on=checked_on, headline=HEADLINES[result.verdict], next_step=NEXT_STEPS[result.verdict],
        hard=[item for item in result.tallies if item.is_hard], soft=[item for item in result.tallies if not item.is_hard],
        summary=summary(result), place=place, about_file=about_file,
    )  # fmt: skip


def summary(result: CheckResult) -> str:
    """Return what was found in one sentence."""
    hard, soft = (_counted([item for item in result.tallies if item.is_hard is wanted]) for wanted in (True, False))
    rows = "1 row was" if result.rows == 1 else f"{number(result.rows)} rows were"
    if result.table_rows:
        parts = [f"{number(count)} of {table}" for table, count in result.table_rows.items()]
        rows = f"{number(sum(result.table_rows.values()))} rows ({', '.join(parts)}) were"
    if not result.tallies:
        return f"{rows} checked and nothing was found."
    parts = [f"{hard} must be corrected" if hard else "", f"{soft} will be asked about" if soft else ""]
    return f"{rows} checked: {', and '.join(part for part in parts if part)}."


def place(tally: Tally) -> str:
    """Return what a finding is about, in the words of the file: its column where the layout names one."""
    table = f"{tally.table}: " if tally.table else ""
    if tally.column and tally.column != tally.field:
        return f"{table}{tally.column} ({tally.field})"
    return f"{table}{tally.column or tally.field or ', '.join(tally.fields) or 'row'}"


def about_file(tally: Tally) -> bool:
    """Say whether a finding is about the file as a whole and no line of it."""
    return not tally.lines


def lines_text(lines: Sequence[int], *, total: int) -> str:
    """Return line numbers briefly: `12, 45–48, +1,204 more`. `total` is the exact number of findings."""
    if not lines:
        return "the file"
    parts = [
        number(first) if first == last else f"{number(first)}–{number(last)}"
        for first, last in _runs(sorted(set(lines)))
    ]
    more = total - len(lines)
    return ", ".join([*parts, *([f"+{number(more)} more"] if more > 0 else [])])


def number(value: int) -> str:
    """Return a number with separators between its thousands."""
    return f"{value:,}"


def _counted(tallies: Sequence[Tally]) -> str:
    total = sum(item.count for item in tallies)
    if not total:
        return ""
    things = "finding" if total == 1 else "findings"
    rules = (
        "" if total == 1 or len(tallies) == total else f" under {len(tallies)} rule{'s' if len(tallies) > 1 else ''}"
    )
    return f"{number(total)} {things}{rules}"


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return runs
