"""The command `docs`: writes the reference pages, or says which of them are stale."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from openjustice.cli.house.reference import (
    commands,
    comparisons,
    datasets,
    lifecycles,
    methods,
    permissions,
    playbooks,
    refusals,
    rooms,
    systems,
)
from openjustice.contracts import registry
from openjustice.ground import errors
from openjustice.office.desk import catalogs

DEFAULT_FOLDER = Path("docs/reference")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("docs", help="Write the reference pages that are made from the code and the registry.")(write)


def write(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; refuse where a page is stale.")] = False,
    out: Annotated[Path, typer.Option("--out", help="The folder of the pages.")] = DEFAULT_FOLDER,
) -> None:
    """Write the reference pages that are made from the code and the registry."""
    pages = make_pages(journeys=_journeys(context))
    made = {out / name: text.encode() for name, text in pages.items()} | catalogs.compile_catalogs()
    stale = [path for path, content in made.items() if not path.is_file() or path.read_bytes() != content]
    if check and stale:
        raise errors.HouseFault(
            errors.Fault(
                code="stale_page",
                what="A reference page or a compiled catalog differs from what the code says.",
                way_out="Run: make docs",
                place=errors.Place(file=path.as_posix()),
            )
            for path in stale
        )
    for path in [] if check else stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[path])
    typer.echo(f"{len(made)} reference pages and catalogs, {'all current' if check else f'{len(stale)} written'}.")


def make_pages(*, journeys: Mapping[str, Any]) -> dict[str, str]:
    """Make every reference page, by its place below the reference folder; `journeys` are the loaded commands by name."""
    pages = {
        "refusals.md": refusals.make_page(),
        "commands.md": commands.make_page(journeys),
        "lifecycles.md": lifecycles.make_page(),
        "methods.md": methods.make_page(),
        "permissions.md": permissions.make_page(),
        "rooms.md": rooms.make_page(),
    }
    for name, jurisdiction in registry.load_registry().jurisdictions.items():
        pages[f"{name}/indicators.md"] = datasets.make_indicators_page(jurisdiction)
        if jurisdiction.systems:
            pages[f"{name}/systems.md"] = systems.make_page(jurisdiction)
        for dataset in jurisdiction.datasets.values():
            pages[f"{name}/{dataset.id}.md"] = datasets.make_dataset_page(dataset, jurisdiction=jurisdiction)
            pages[f"{name}/{dataset.id}_playbook.md"] = playbooks.make_page(dataset, jurisdiction=jurisdiction)
            if dataset.definitions and dataset.sources:
                pages[f"{name}/{dataset.id}_compared.md"] = comparisons.make_page(dataset, dataset.definitions)
    return pages


def _journeys(context: typer.Context) -> dict[str, Any]:
    # Asked of the running command line, and not imported from it: the command line imports this package.
    root = context.find_root()
    group: Any = root.command
    return {name: group.resolve_command(root, [name])[1] for name in group.list_commands(root)}
