"""Commands about what is declared: `registry check|list|show|export`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from openjustice.cli import options
from openjustice.contracts import export
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.registry import Registry


class ExportForm(StrEnum):
    """The standards a contract can be written in."""

    TABLE_SCHEMA = "table-schema"
    CSVW = "csvw"


def register(app: typer.Typer) -> None:
    """Add the registry commands."""
    own = typer.Typer(no_args_is_help=True, help="Check, list, show or export what is declared.")
    own.command("check")(check)
    own.command("list")(list_declared)
    own.command("show")(show)
    own.command("export")(export_contract)
    app.add_typer(own, name="registry")


def check(registry: options.RegistryFolders = None) -> None:
    """Read every declaration and report all faults at once, with file and line."""
    loaded = options.read_registry(registry)
    count = sum(len(item.datasets) for item in loaded.jurisdictions.values())
    indicators = sum(len(item.indicators) for item in loaded.jurisdictions.values())
    Console().print(
        f"The registry is in order: {len(loaded.jurisdictions)} jurisdictions, {count} datasets, {indicators} indicators."
    )


def list_declared(registry: options.RegistryFolders = None) -> None:
    """List the datasets and indicators of every jurisdiction."""
    table = Table("jurisdiction", "kind", "name", "title")
    for name, jurisdiction in options.read_registry(registry).jurisdictions.items():
        for dataset in jurisdiction.datasets.values():
            table.add_row(name, "dataset", dataset.id, dataset.contract.title)
        for key, folder in jurisdiction.indicators.items():
            table.add_row(name, "indicator", key, folder.indicator.title)
    Console().print(table)


def show(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    registry: options.RegistryFolders = None,
) -> None:
    """Show one dataset: its fields with their roles, its checks and its policy."""
    loaded = options.read_registry(registry)
    found = loaded.dataset(dataset)
    console = Console()
    console.print(f"[bold]{found.contract.title}[/bold]  {found.address}, version {found.contract.version}")
    console.print(found.contract.says)
    console.print(_fields_table(found))
    console.print(_checks_table(found))
    if found.policy:
        signed = ", ".join(f"{item.name} on {item.on}" for item in found.policy.signed)
        console.print(
            f"Policy version {found.policy.version}, in force from {found.policy.in_force_from}, signed by {signed}."
        )


def export_contract(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    form: Annotated[ExportForm, typer.Option("--as", help="The standard to write.")] = ExportForm.TABLE_SCHEMA,
    out: Annotated[Path | None, typer.Option("--out", help="A file instead of standard output.")] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Write one contract as a Frictionless Table Schema or as CSV on the Web metadata."""
    loaded = options.read_registry(registry)
    text = json.dumps(_exported(loaded, loaded.dataset(dataset), form), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def _exported(loaded: Registry, found: Dataset, form: ExportForm) -> dict[str, Any]:
    jurisdiction: Jurisdiction = loaded.jurisdiction(found.jurisdiction)
    if form is ExportForm.CSVW:
        return export.csvw_metadata(found, jurisdiction=jurisdiction, address=f"{found.id}.csv")
    return export.table_schema(found, jurisdiction=jurisdiction)


def _fields_table(found: Dataset) -> Table:
    table = Table("field", "type", "role", "what it says", title="Fields")
    for name, field in found.contract.fields.items():
        kind = f"{field.type} ({field.codelist})" if field.codelist else str(field.type)
        table.add_row(name, kind, field.role.value.replace("_", " "), field.says)
    return table


def _checks_table(found: Dataset) -> Table:
    table = Table("rule", "kind", "severity", "what it says", title="Checks")
    for rule, item in found.checks.checks.items():
        table.add_row(rule, item.kind, item.severity.value, item.says)
    return table
