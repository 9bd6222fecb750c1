"""Commands about drafts: `draft DATASET`, `drafts list|show`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.padding import Padding
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
    author: Annotated[
        str, typer.Option("--author", callback=options.need_words, help="Who makes the draft; may not check it.")
    ],
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
    with options.progress_bar() as progress:
        task = progress.add_task("Drafting", total=1.0)
        number = drafting.make_draft(
            home, dataset=dataset, author=author, at=options.now(), registry=loaded,
            seed=drafting.make_seed(home, dataset=loaded.dataset(dataset).id) if seed is None else seed,
            progress=lambda share, says: progress.update(task, completed=share, description=says),
        )  # fmt: skip
    _show(home, number)
    console = Console()
    console.print(f"Read the disclosure report: {drafting.report_page(home, number)}", soft_wrap=True)
    asked = f"openjustice release approve {number} --checker NAME --role ROLE{options.home_words(home)}"
    console.print(f"Next: {asked}", style="dim", soft_wrap=True)


def list_drafts(home: options.Home = options.DEFAULT_HOME) -> None:
    """List the drafts and where each stands."""
    console = Console(highlight=False)
    found = drafting.list_drafts(home)
    for row in found:
        named = f"{row['jurisdiction']}/{row['dataset']}, {row['state'].replace('_', ' ')}"
        console.print(Text.assemble((f"{row['number']:>4}  ", "bold"), named), soft_wrap=True)
        approvals = f"{row['approvals']} approval{'' if row['approvals'] == 1 else 's'}"
        said = f"made {row['at'][:10]} by {row['author']}, {approvals}"
        released = f"\nreleased as {row['release']}" if row["release"] else ""
        console.print(Padding(Text(said + released, style="dim"), (0, 0, 0, 6)))
    if not found:
        console.print("There is no draft yet.")


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
    console.print()
    console.print(_products_table(found.manifest, hidden=found.hidden))
    for item in found.attacks:
        mark = ("passed", "green") if item["passed"] else ("failed", "bold red")
        console.print(Text.assemble(mark, f"  {item['attack']} against {item['against']}"))
        console.print(Padding(Text(item["says"]), (0, 0, 0, 8)))
        if told := tell_records(item.get("at_risk", ())):
            console.print(Padding(Text(told, style="dim"), (0, 0, 0, 8)))
    if (page := drafting.steward_page(home, number)) is not None:
        console.print(Text(f"What was hidden and why, for its checkers alone: {page}", style="dim"), soft_wrap=True)
    for approval in found.approvals:
        console.print(f"approved by {approval.checker} ({approval.role}) at {approval.at}")


def tell_records(rows: Sequence[int], *, most: int = 20) -> str:
    """Name the records that an attack singles out by their numbers, the first of them if they are many."""
    more = f" and {len(rows) - most:,} more" if len(rows) > most else ""
    return f"Records at risk: {', '.join(f'{row:,}' for row in rows[:most])}{more}" if rows else ""


def _products_table(manifest: DraftManifest, *, hidden: dict[str, str]) -> Table:
    table = Table(Column("product", overflow="fold"), Column("rows", justify="right"), "hidden", box=box.SIMPLE_HEAD)
    for item in manifest.products:
        if item.kind in (ProductKind.TABLE, ProductKind.MICRODATA):
            table.add_row(item.id, f"{item.rows:,}", hidden.get(item.id, ""))
    return table
