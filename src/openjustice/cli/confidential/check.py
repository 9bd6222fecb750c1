"""The command `check`: an agency checks a file on its own machine, before it sends anything."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from openjustice.cli import options
from openjustice.cli.confidential.findings import print_findings
from openjustice.confidential.collect import report, submission, tables, validate
from openjustice.confidential.collect.findings import CheckResult, Verdict
from openjustice.ground import durable, errors

_COLORS = {Verdict.ACCEPTED: "green", Verdict.ACCEPTED_WITH_QUERIES: "yellow", Verdict.RETURNED: "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, gzip, Excel workbook, Parquet or JSON Lines; a folder or zip of them for several tables."
        ),
    ],
    dataset: Annotated[str, typer.Option("--dataset", help="A dataset: `name` or `jurisdiction/name`.")],
    layout: Annotated[str | None, typer.Option("--layout", help="A layout by name; found by itself otherwise.")] = None,
    lines: Annotated[int | None, typer.Option("--lines", min=1, help="Lines listed for each rule.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", callback=options.need_place, help="Write a page to print as well.")
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Check a file and see every fault at once. Needs no home; nothing of the file is kept or sent.

    Exit code 0 where the file can be sent, 11 where it must be corrected first.
    """
    loaded = options.read_registry(registry)
    found, today = loaded.dataset(dataset), date.fromisoformat(options.now()[:10])
    submission.check_file(file, may_be_folder=bool(found.contract.tables))
    check_sent = tables.check_delivery if found.contract.tables else validate.check_file
    with options.progress_bar(is_shown=not as_json) as bar:
        task = bar.add_task("reading the file", total=1.0)
        result = check_sent(
            file, dataset=found, jurisdiction=loaded.jurisdiction(found.jurisdiction), today=today, limit_per_rule=lines,
            mapping=layout, progress=lambda share, words: bar.update(task, completed=share, description=words),
        )  # fmt: skip
    if html is not None:
        durable.write_file(html, report.as_html(result, checked_on=today.isoformat()))
    if as_json:
        typer.echo(report.as_json(result), nl=False)
    else:
        show(result, file=file, page=html)
    if result.verdict is Verdict.RETURNED:
        raise typer.Exit(errors.SubmissionRefused.exit_code)


def show(result: CheckResult, *, file: Path, page: Path | None = None) -> None:
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
    print_findings(console, result.tallies)
    if wrong := [item.field for item in result.tallies if item.rule == "codelist" and item.field]:
        asked = f"openjustice registry show {result.dataset} --field {wrong[0]}"
        console.print(Text.assemble(("See a list of codes: ", "bold"), asked))
    if longest := max(
        [item.count for item in result.tallies if len(item.lines) < item.count and item.lines], default=0
    ):
        console.print(Text.assemble(("See every line: ", "bold"), f"--lines {longest}"))
    console.print(Text.assemble(("Next: ", "bold"), report.NEXT_STEPS[result.verdict]))
    if result.verdict is not Verdict.RETURNED:
        asked = (
            f"openjustice submit {shlex.quote(str(file))} --dataset {result.dataset} --reporter CODE --period PERIOD"
        )
        console.print(Text(asked, style="dim"), soft_wrap=True)
    if page is not None:
        console.print(Text(f"A page to print is in {page.name}."))
