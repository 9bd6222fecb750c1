"""Commands about drafts: `draft DATASET`, `drafts list|show`."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.drafting import draft as drafting
from openjustice.contracts.release import DraftManifest, ProductKind


def register(app: typer.Typer) -> None:
    """Add the draft commands."""
    app.command("draft")(draft)
    own = typer.Typer(no_args_is_help=True, help="List or show drafts.")
    own.command("list")(list_drafts)
    own.command("show")(show)
    app.add_typer(own, name="drafts")


def draft(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    author: Annotated[str, typer.Option("--author", help="Who makes the draft; may not check it.")],
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", help="Decides ties in the protection of records; by default made of the home's own key."
        ),
    ] = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Prepare a draft release: measured, protected, attacked and explained."""
    loaded = options.read_registry(registry, home=home)
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), transient=True) as progress:
        task = progress.add_task("Drafting", total=1.0)
        number = drafting.make_draft(
            home, dataset=dataset, author=author, at=options.now(), registry=loaded,
            seed=drafting.make_seed(home, dataset=loaded.dataset(dataset).id) if seed is None else seed,
            progress=lambda share, says: progress.update(task, completed=share, description=says),
        )  # fmt: skip
    _show(home, number)
    console = Console()
    console.print(f"Read the disclosure report: {drafting.report_page(home, number)}")
    console.print(f"Next: openjustice release approve {number} --checker NAME --role ROLE", style="dim")


def list_drafts(home: options.Home = options.DEFAULT_HOME) -> None:
    """List the drafts and where each stands."""
    table = Table(
        "draft",
        Column("dataset", overflow="fold"),
        "state",
        "author",
        "made",
        "approvals",
        Column("release", overflow="fold"),
    )
    for row in drafting.list_drafts(home):
        named = f"{row['jurisdiction']}/{row['dataset']}"
        table.add_row(
            str(row["number"]),
            named,
            row["state"],
            row["author"],
            row["at"][:10],
            str(row["approvals"]),
            row["release"] or "",
        )
    Console().print(table if table.row_count else "There is no draft yet.")


def show(
    number: Annotated[int, typer.Argument(help="The draft's number.")],
    home: options.Home = options.DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Print the draft's manifest as JSON.")] = False,
) -> None:
    """Show a draft: its products, its attacks, its approvals and its history."""
    if as_json:
        typer.echo(json.dumps(drafting.read_draft(home, number).as_dict(), indent=2, ensure_ascii=False))
        return
    _show(home, number)


def _show(home: options.Home, number: int) -> None:
    found = drafting.read_draft(home, number)
    console = Console()
    console.print(
        Text.assemble(
            (f"Draft {number} ", "bold"),
            f"of {found.manifest.jurisdiction}/{found.manifest.dataset}, {found.state}, by {found.manifest.author}",
        )
    )
    console.print(Text(f"Digest {found.manifest.digest}", style="dim"))
    console.print(_products_table(found.manifest, hidden=found.hidden))
    for item in found.attacks:
        mark = ("passed", "green") if item["passed"] else ("failed", "bold red")
        console.print(Text.assemble(mark, f"  {item['attack']} against {item['against']}: {item['says']}"))
    for approval in found.approvals:
        console.print(f"approved by {approval.checker} ({approval.role}) at {approval.at}")


def _products_table(manifest: DraftManifest, *, hidden: dict[str, str]) -> Table:
    table = Table(Column("product", overflow="fold"), Column("rows", justify="right"), "hidden", "SHA-256")
    for item in manifest.products:
        if item.kind in (ProductKind.TABLE, ProductKind.MICRODATA):
            table.add_row(item.id, f"{item.rows:,}", hidden.get(item.id, ""), f"{item.sha256[:8]}…")
    return table
