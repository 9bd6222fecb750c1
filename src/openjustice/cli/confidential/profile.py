"""The command `profile`: proposes what the columns of a file are, and drafts the declaration that a clerk corrects."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import profile as profiling
from openjustice.ground import durable


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("profile")(profile)


def profile(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="One or several files of one agency.")
    ],
    dataset: Annotated[str, typer.Option("--dataset", help="A dataset: `name` or `jurisdiction/name`.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", callback=options.need_place, help="Where the draft is written; else it is not."),
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Propose what the columns of a file nobody has seen are, with how sure that is. Nothing is kept or sent.

    The draft is a source.yaml: correct it, put it into the registry, and run `conform`.
    """
    loaded = options.read_registry(registry)
    found = loaded.dataset(dataset)
    knowledge = profiling.learn(found, codelists=loaded.jurisdiction(found.jurisdiction).codelists)
    made = profiling.profile_files(files, knowledge=knowledge, settings=profiling.read_profiling())
    _show(made, dataset=found.address)
    if out is not None:
        name = re.sub(r"[^a-z0-9]+", "_", files[0].stem.lower()).strip("_") or "agency"
        durable.write_file(out, profiling.as_draft(made, source=name, title=name.replace("_", " ").title()))
        out.chmod(0o600)  # it holds texts of the file
        typer.echo(f"The draft is in {out}.")


def _show(made: profiling.Profiled, *, dataset: str) -> None:
    console = Console(highlight=False)
    above = ", below a title" if made.has_title else ""
    console.print(
        Text.assemble(
            (f"{len(made.proposals)} columns", "bold"), f", header on line {made.header_line}{above}; for {dataset}."
        )
    )
    table = Table(
        Column("column", overflow="fold"),
        "looks like",
        Column("field", overflow="fold"),
        Column("sure", justify="right"),
        Column("else", overflow="fold"),
        box=box.SIMPLE_HEAD,
    )
    for item in made.proposals:
        shown = Text(item.field or "left to you", style="" if item.field else "dim")
        color = "green" if item.confidence >= made.settings.sure_from else "yellow"
        sure = Text(f"{item.confidence:.0%}", style=color) if item.field else Text("")
        others = ", ".join(f"{name} {value:.0%}" for name, value in item.others[:2] if value > 0.2)
        table.add_row(Text(item.column.name), item.column.kind.value, shown, sure, Text(others, style="dim"))
    console.print(table)
