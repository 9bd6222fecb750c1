"""The command that tells how a published number was made: `trace RELEASE TABLE`, from the sealed release's own trace."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.contracts.release import ReleaseManifest
from openjustice.ground import engine, errors
from openjustice.ground.engine import Step
from openjustice.public.store import reader

KINDS = {
    "values": "given values",
    "statement": "statement",
    "method": "method",
    "read": "read",
    "label": "label lowered",
}


def register(app: typer.Typer) -> None:
    """Add the trace command."""
    app.command("trace")(trace)


def trace(
    release: Annotated[str, typer.Argument(help="A release: `jurisdiction/dataset/vintage`.")],
    table: Annotated[str, typer.Argument(help="One of its tables: `indicator__by_breakdown`.")],
    home: options.Home = options.DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Print the steps as JSON.")] = False,
) -> None:
    """Print how a published table was made: every step, its statement, its inputs and its rows."""
    with reader.open_reader(options.public_folder(home)) as opened:
        manifest = opened.release(release)
        steps = find_story(opened.trace(release), table)
    if as_json:
        typer.echo(json.dumps([step.as_dict() for step in steps], indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(_head(manifest, table))
    for number, step in enumerate(steps, start=1):
        console.print(_step_panel(step, number=number))


def find_story(content: dict[str, Any], table: str) -> list[Step]:
    """Return the steps that led to a table of a release; raises SealRefused where its trace has no such table."""
    if table not in content["tables"]:
        raise errors.SealRefused.because(
            "table_unknown", "This release has no table of that name.",
            way_out=f"It has: {', '.join(sorted(content['tables']))}.",
        )  # fmt: skip
    return engine.story_of(engine.read_steps(content["steps"]), content["tables"][table])


def _head(manifest: ReleaseManifest, table: str) -> Table:
    head = Table.grid(padding=(0, 2))
    declared = manifest.declarations
    lines = [
        ("table", f"{manifest.address}/{table}"),
        ("sealed", f"{manifest.sealed_at} by {manifest.sealed_by}"),
        ("checked by", ", ".join(f"{item.checker} ({item.role})" for item in manifest.approvals)),
        ("policy", f"version {declared.policy_version}, {declared.policy[:16]}…"),
        ("contract", f"{declared.contract[:16]}…"),
    ]
    for name, value in lines:
        head.add_row(Text(name, style="dim"), Text(value))
    return head


def _step_panel(step: Step, *, number: int) -> Panel:
    rows = "rows not published" if step.rows is None else f"{step.rows:,} rows"
    body = Table.grid()
    if step.inputs:
        body.add_row(Text(f"from {', '.join(f'{relation} as {name}' for relation, name in step.inputs)}", style="dim"))
    if step.kind == "statement":
        body.add_row(Syntax(step.statement, "sql", word_wrap=True, background_color="default"))
    elif step.statement:
        body.add_row(Text(step.statement))
    if step.parameters:
        body.add_row(Text(", ".join(f"{name} = {_short(value)}" for name, value in step.parameters), style="dim"))
    title = Text(f"{number}  {step.makes}  {KINDS.get(step.kind, step.kind)}, {rows}")
    return Panel(body, title=title, title_align="left", border_style="dim")


def _short(value: str, *, limit: int = 120) -> str:
    return value if len(value) <= limit else f"{value[:limit]}…"
