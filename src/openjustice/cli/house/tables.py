"""The commands for tables outside any home: `tables score|protect|audit|verify-certificate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.cli.house import tables_audit, tables_protect
from openjustice.contracts import declaration
from openjustice.contracts.registry import Registry
from openjustice.contracts.small_cells import ScoredTable, ScoringRules
from openjustice.ground import errors
from openjustice.protect import small_cells
from openjustice.protect.small_cells import Score, Verdict

COLORS = {Verdict.SUPPRESS: "bold red", Verdict.UNKNOWN: "bold yellow"}


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Score, protect or audit tables outside any home.", no_args_is_help=True)
    group.command("score")(score)
    group.command("protect")(tables_protect.protect)
    group.command("audit")(tables_audit.audit)
    group.command("verify-certificate")(tables_audit.verify_certificate)
    app.add_typer(group, name="tables")


def score(
    table: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The table, as YAML: see below.")],
    rules: Annotated[str, typer.Option("--rules", help="The scoring of the registry to judge by.")] = "calhhs_ddg_2",
    registry: options.RegistryFolders = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the lines and the verdict as JSON.")] = False,
) -> None:
    """Score a table for publication, line by line, and say whether its small counts must be hidden.

    The file names the table's smallest count and its variables: `title`, `smallest_count`, `smallest_denominator` (where
    there is one) and `variables`, each with `as` and one of `choice`, `population`, `years` or `categories`.
    """
    declared = _find(options.read_registry(registry), rules)
    read = declaration.read_declaration(table, label=table.name)
    faults: list[errors.Fault] = []
    described = declaration.validate(read, ScoredTable, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    found = small_cells.score_table(described, rules=declared)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2, ensure_ascii=False))
        return
    _show(found)


def _find(loaded: Registry, name: str) -> ScoringRules:
    if name in loaded.scorings:
        return loaded.scorings[name]
    raise errors.RegistryRefused.because(
        "unknown_scoring", f"There is no scoring '{name}'.", way_out=f"Known: {', '.join(sorted(loaded.scorings))}."
    )


def _show(found: Score) -> None:
    console = Console(highlight=False)
    grid = Table(title=found.table, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, how in (("Variable", {}), ("Judged by", {}), ("Rule", {}), ("Points", {"justify": "right"})):
        grid.add_column(heading, **how)  # type: ignore[arg-type]
    for line in found.lines:
        grid.add_row(Text(line.title), Text(_judged_by(line)), Text(line.rule), Text(_points(line.points)))
    grid.add_section()
    grid.add_row(
        Text("Score", style="bold"), "", Text(f"hide from {found.suppress_at}"), Text(_total(found.total), style="bold")
    )
    console.print(grid)
    console.print(Text(found.says, style=COLORS.get(found.verdict, "bold green")))
    console.print(Text(f"{found.rules}. {found.status[:1].upper()}{found.status[1:]}.", style="dim"))


def _judged_by(line: Any) -> str:
    doubt = "" if line.verified else " (not verified)"
    return f"{line.judged_by}{doubt}" + (f"; {line.review}" if line.review else "")


def _points(points: int | None) -> str:
    return "not known" if points is None else f"{points:+d}" if points else "0"


def _total(total: int | None) -> str:
    return "not known" if total is None else str(total)
