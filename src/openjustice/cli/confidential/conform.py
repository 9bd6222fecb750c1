"""The command `conform`: an agency's files, as they are, become the records of one contract, with a record of changes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import conform as conforming
from openjustice.confidential.collect.conform.conformed import REASONS
from openjustice.confidential.collect.conform.record import Transforms


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("conform")(conform)


def conform(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder with the agency's files.")],
    dataset: Annotated[str, typer.Option("--dataset", help="A dataset: `name` or `jurisdiction/name`.")],
    source: Annotated[str, typer.Option("--source", help="The agency: a folder below the dataset's `sources`.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the records and the record of changes.")],
    registry: options.RegistryFolders = None,
) -> None:
    """Bring an agency's files into a dataset's one form, by the agency's declaration alone.

    Writes SOURCE.csv in the contract's own names, SOURCE_raw.csv with each text as it was, and SOURCE_transforms.json;
    where the dataset has definitions, SOURCE_measured.yaml holds the figures that `compare` weighs.
    """
    loaded = options.read_registry(registry)
    found = loaded.dataset(dataset)
    declared = conforming.find_source(found, source)
    record = conforming.save_conformed(
        declared, folder=folder, dataset=found, codelists=loaded.jurisdiction(found.jurisdiction).codelists, target=out
    )
    _show(record, title=declared.declaration.title, out=out, dataset=found.address)


def _show(record: Transforms, *, title: str, out: Path, dataset: str) -> None:
    console = Console(highlight=False)
    console.print(
        Text.assemble(
            (title, "bold"), f": {options.count_rows(record.rows_read)} read, {record.records:,} records made."
        )
    )
    for reason, count in record.left_out.items():
        console.print(Text(f"  {options.count_rows(count)} left out: {REASONS[reason]}"))
    counts = (Column(name, justify="right") for name in ("filled", "as it was", "changed", "not mapped"))
    table = Table(Column("field", overflow="fold"), *counts, box=box.SIMPLE_HEAD)
    for item in record.fields:
        table.add_row(
            item.field,
            f"{item.filled:,}",
            f"{item.same:,}",
            f"{item.changed:,}",
            f"{item.unmapped:,}" if item.unmapped else "",
        )
    console.print(table)
    for file, columns in record.unread.items():
        console.print(Text(f"  {file}: {len(columns)} columns are neither read nor left out by name."))
    console.print(
        Text.assemble(("Next: ", "bold"), f"openjustice check {out / (record.source + '.csv')} --dataset {dataset}"),
        soft_wrap=True,
    )
