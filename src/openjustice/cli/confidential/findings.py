"""Shows findings in a terminal: a table where there is room, one block for each rule where there is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from openjustice.confidential.collect import report
from openjustice.confidential.collect.findings import Tally

_ROOM = 100  # columns from which a table reads better than a list
_GROUPS = (("Must be corrected", True, "red"), ("Will be asked about", False, "yellow"))


def print_findings(console: Console, tallies: Sequence[Tally], *, listed: int | None = None) -> None:
    """Print what must be corrected, then what will be asked: each with its lines, field, rule and the way out.

    `listed` limits the lines shown for each rule; counts stay exact.
    """
    tallies = [replace(item, lines=item.lines[:listed]) for item in tallies]
    for title, is_hard, color in _GROUPS:
        group = [item for item in tallies if item.is_hard is is_hard]
        if group and console.width >= _ROOM:
            console.print(_table(title, group, style=color))
        elif group:
            _print_blocks(console, title, group, style=color)


def _print_blocks(console: Console, title: str, tallies: Sequence[Tally], *, style: str) -> None:
    console.print(Text(f"\n{title}", style=f"bold {style}"))
    for item in tallies:
        named = f"{report.place(item)}, " if item.field or item.fields else ""
        console.print(Padding(Text.assemble((named, "bold"), _where(item)), (0, 0, 0, 2)))
        words = Text.assemble(item.says, "\n", item.fix, "\n", (f"rule {item.rule}", "dim italic"))
        console.print(Padding(words, (0, 0, 0, 6)))
    console.print()


def _where(tally: Tally) -> str:
    if not tally.lines:
        return "the file as a whole"
    noun = "line" if tally.count == 1 else "lines"
    count = "" if tally.count == 1 else f" ({report.number(tally.count)} rows)"
    return f"{noun} {report.lines_text(tally.lines, total=tally.count)}{count}"


def _table(title: str, tallies: Sequence[Tally], *, style: str) -> Table:
    table = Table(title=Text(title, style=f"bold {style}"), title_justify="left", show_lines=True, expand=True)
    table.add_column("Lines", ratio=2, overflow="fold")
    table.add_column("Field", ratio=2, overflow="fold")
    table.add_column("What, and the way out", ratio=5)
    table.add_column("Count", justify="right", no_wrap=True)
    for item in tallies:
        words = Text.assemble(item.says, "\n", (item.fix, "dim"), "\n", (item.rule, "dim italic"))
        lines = report.lines_text(item.lines, total=item.count)
        table.add_row(lines, Text(report.place(item)), words, Text(report.number(item.count), style=style))
    return table
