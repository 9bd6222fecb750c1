"""Commands about what is declared: `registry check|list|show|export`."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from openjustice.cli import options
from openjustice.cli.house.reference import playbooks
from openjustice.contracts import export
from openjustice.contracts.dataset import FieldDeclaration
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.ground import errors

_ROOM = 100  # columns from which a table reads better than a list


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
    own.command("playbook")(write_playbook)
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
    table = Table("jurisdiction", "kind", Column("name", overflow="fold"), "title", box=box.SIMPLE_HEAD)
    for name, jurisdiction in options.read_registry(registry).jurisdictions.items():
        for dataset in jurisdiction.datasets.values():
            table.add_row(name, "dataset", dataset.id, dataset.contract.title)
        for key, folder in jurisdiction.indicators.items():
            table.add_row(name, "indicator", key, folder.indicator.title)
    Console().print(table)


def show(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    field: Annotated[str | None, typer.Option("--field", help="Only this field, with the codes it may have.")] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Show one dataset: its fields with their roles, its checks and its policy; or one field with its codes."""
    loaded = options.read_registry(registry)
    found = loaded.dataset(dataset)
    console = Console()
    if field is not None:
        _print_field(console, found, field, jurisdiction=loaded.jurisdiction(found.jurisdiction))
        return
    console.print(f"[bold]{found.contract.title}[/bold]  {found.address}, version {found.contract.version}")
    console.print(found.contract.says)
    if console.width >= _ROOM:
        console.print(_fields_table(found))
    else:
        _print_fields(console, found)
    console.print(_checks_table(found))
    if found.policy:
        signed = ", ".join(f"{item.name} on {item.on}" for item in found.policy.signed)
        console.print(
            f"Policy version {found.policy.version}, in force from {found.policy.in_force_from}, signed by {signed}."
        )


def export_contract(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    form: Annotated[ExportForm, typer.Option("--as", help="The standard to write.")] = ExportForm.TABLE_SCHEMA,
    out: Annotated[
        Path | None, typer.Option("--out", callback=options.need_place, help="A file instead of standard output.")
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Write one contract as a Frictionless Table Schema or as CSV on the Web metadata."""
    loaded = options.read_registry(registry)
    text = json.dumps(_exported(loaded, loaded.dataset(dataset), form), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def write_playbook(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    out: Annotated[
        Path | None, typer.Option("--out", callback=options.need_place, help="A file instead of standard output.")
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Write the playbook of a dataset for the clerk who sends it: what, by when, in which form, and what goes wrong."""
    loaded = options.read_registry(registry)
    found = loaded.dataset(dataset)
    text = playbooks.make_page(found, jurisdiction=loaded.jurisdiction(found.jurisdiction))
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
        table.add_row(name, _type_of(field), field.role.value.replace("_", " "), field.says)
    return table


def _print_fields(console: Console, found: Dataset) -> None:
    for name, field in found.contract.fields.items():
        console.print(
            Text.assemble((f"  {name}", "bold"), f"  {_type_of(field)}, {field.role.value.replace('_', ' ')}")
        )
        console.print(Padding(Text(field.says), (0, 0, 0, 6)))


def _print_field(console: Console, found: Dataset, name: str, *, jurisdiction: Jurisdiction) -> None:
    """Print one field with every code it may have."""
    if name not in found.contract.fields:
        raise errors.RegistryRefused.because(
            "no_such_field", f"{found.address} has no field '{name}'.",
            way_out=f"It has: {', '.join(found.contract.fields)}.",
        )  # fmt: skip
    field = found.contract.fields[name]
    role = field.role.value.replace("_", " ")
    console.print(Text.assemble((name, "bold"), f"  {_type_of(field)}, {role}{', required' if field.required else ''}"))
    console.print(Text(field.says))
    if field.codelist is None:
        return
    table = Table(Column("code", overflow="fold"), "label", box=box.SIMPLE_HEAD)
    for item in jurisdiction.codelists[field.codelist.partition("@")[0]].codes:
        table.add_row(Text(item.code), Text(item.label))
    console.print(table)


def _type_of(field: FieldDeclaration) -> str:
    return f"{field.type} ({field.codelist})" if field.codelist else str(field.type)


def _checks_table(found: Dataset) -> Table:
    columns = (Column("rule", overflow="fold", ratio=4), "severity", Column("what it says", ratio=5))
    table = Table(*columns, title="Checks", box=box.SIMPLE_HEAD)
    for rule, item in found.checks.checks.items():
        table.add_row(rule, item.severity.value, item.says)
    return table
