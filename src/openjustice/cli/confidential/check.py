"""The command `check`: an agency checks a file on its own machine, before it sends anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import report, validate
from openjustice.confidential.collect.findings import CheckResult, Tally, Verdict
from openjustice.ground import durable, errors

_COLORS = {Verdict.ACCEPTED: "green", Verdict.ACCEPTED_WITH_QUERIES: "yellow", Verdict.RETURNED: "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    file: Annotated[Path, typer.Argument(help="CSV, gzip, Excel workbook, Parquet or JSON Lines.")],
    dataset: Annotated[str, typer.Option("--dataset", help="A dataset: `name` or `jurisdiction/name`.")],
    layout: Annotated[str | None, typer.Option("--layout", help="A layout by name; found by itself otherwise.")] = None,
    lines: Annotated[int | None, typer.Option("--lines", min=1, help="Lines listed for each rule.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to print as well.")] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Check a file and see every fault at once. Needs no home; nothing of the file is kept or sent.

    Exit code 0 where the file can be sent, 11 where it must be corrected first.
    """
    if not file.is_file():
        raise errors.SubmissionRefused.because(
            "no_such_file", "There is no such file.", way_out="Look at the name and the folder.",
            place=errors.Place(file=file.name),
        )  # fmt: skip
    loaded = options.read_registry(registry)
    found, today = loaded.dataset(dataset), date.fromisoformat(options.now()[:10])
    with _bar(is_shown=not as_json) as bar:
        task = bar.add_task("reading the file", total=1.0)
        result = validate.check_file(
            file, dataset=found, jurisdiction=loaded.jurisdiction(found.jurisdiction), today=today, limit_per_rule=lines,
            mapping=layout, progress=lambda share, words: bar.update(task, completed=share, description=words),
        )  # fmt: skip
    if html is not None:
        durable.write_file(html, report.as_html(result, checked_on=today.isoformat()))
    if as_json:
        typer.echo(report.as_json(result), nl=False)
    else:
        show(result, page=html)
    if result.verdict is Verdict.RETURNED:
        raise typer.Exit(errors.SubmissionRefused.exit_code)


def show(result: CheckResult, *, page: Path | None = None) -> None:
    """Print a result: what it means first, then what was found, then what to do."""
    console = Console(highlight=False)
    color = _COLORS[result.verdict]
    about = [f"{escape(result.file)}, {result.form or 'not readable'}"]
    if result.mapping:
        about.append(f"layout “{result.mapping}”")
    head = Group(
        Text(report.HEADLINES[result.verdict], style=f"bold {color}"), Text(report.summary(result)),
        Text(", ".join(about), style="dim"),
    )  # fmt: skip
    console.print(Panel(head, title=result.title, title_align="left", border_style=color, expand=False))
    for title, is_hard in (("Must be corrected", True), ("Will be asked about", False)):
        tallies = [item for item in result.tallies if item.is_hard is is_hard]
        if tallies:
            console.print(_table(title, tallies, style="red" if is_hard else "yellow"))
    console.print(Text.assemble(("Next: ", "bold"), report.NEXT_STEPS[result.verdict]))
    if page is not None:
        console.print(Text(f"A page to print is in {page.name}."))


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


def _bar(*, is_shown: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_shown)
