"""The command `docs`: writes the reference pages, or says which of them are stale."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from openjustice.cli.house.reference import commands, datasets, lifecycles, methods, refusals, rooms
from openjustice.contracts import registry
from openjustice.ground import errors

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
    stale = [name for name, text in pages.items() if _read(out / name) != text]
    if check and stale:
        raise errors.HouseFault(
            errors.Fault(
                code="stale_page",
                what="A reference page differs from what the code says.",
                way_out="Run: make docs",
                place=errors.Place(file=f"{out.as_posix()}/{name}"),
            )
            for name in stale
        )
    for name in [] if check else stale:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(pages[name], encoding="utf-8")
    typer.echo(f"{len(pages)} reference pages, {'all current' if check else f'{len(stale)} written'}.")


def make_pages(*, journeys: Mapping[str, Any]) -> dict[str, str]:
    """Make every reference page, by its place below the reference folder; `journeys` are the loaded commands by name."""
    pages = {
        "refusals.md": refusals.make_page(),
        "commands.md": commands.make_page(journeys),
        "lifecycles.md": lifecycles.make_page(),
        "methods.md": methods.make_page(),
        "rooms.md": rooms.make_page(),
    }
    for name, jurisdiction in registry.load_registry().jurisdictions.items():
        pages[f"{name}/indicators.md"] = datasets.make_indicators_page(jurisdiction)
        for dataset in jurisdiction.datasets.values():
            pages[f"{name}/{dataset.id}.md"] = datasets.make_dataset_page(dataset, jurisdiction=jurisdiction)
    return pages


def _journeys(context: typer.Context) -> dict[str, Any]:
    # Asked of the running command line, and not imported from it: the command line imports this package.
    root = context.find_root()
    group: Any = root.command
    return {name: group.resolve_command(root, [name])[1] for name in group.list_commands(root)}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
