"""Commands on a home: make one, and look after it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import upkeep


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Make a home: the folder that holds stores, keys and releases.")
    own.command("init")(make_home)
    own.command("show")(show_home)
    own.command("check")(check_home)
    app.add_typer(own, name="home")


def make_home(
    path: Annotated[Path | None, typer.Argument(help="Where the home will be; by default the --home.")] = None,
    home: options.Home = options.DEFAULT_HOME,
    wait_seconds: Annotated[
        float, typer.Option(help="How long one command waits for another to leave the store.")
    ] = 30,
) -> None:
    """Make a home, whole or not at all: stores, the key of the pseudonyms, and the public folder."""
    place = path or home
    # The one place where a key is made. It is never shown, and never replaced.
    upkeep.make_home(place, key=secrets.token_bytes(upkeep.KEY_BYTES), at=options.now(), wait_seconds=wait_seconds)
    console = Console(highlight=False)
    console.print(Text.assemble(("Made a home at ", "bold"), str(place)))
    console.print("Keep a copy of keys/pseudonym.key in a safe: without it a resubmission cannot find its records.")
    asked = f"openjustice submit FILE --dataset ID --reporter CODE --period 2018{options.home_words(place)}"
    console.print(f"Next: {asked}", soft_wrap=True)


def show_home(home: options.Home = options.DEFAULT_HOME) -> None:
    """Show what a home holds: submissions, queries, records and drafts, in figures."""
    figures = upkeep.summarize(home, today=options.today())
    console = Console(highlight=False)
    for name in ("submissions", "queries", "drafts", "records"):
        parts = ", ".join(f"{count:,} {state.replace('_', ' ')}" for state, count in figures[name].items())
        console.print(Text.assemble((f"{name:<12} ", "bold"), parts or "none"))
    if figures["queries_overdue"]:
        console.print(Text(f"{figures['queries_overdue']:,} queries are overdue.", style="yellow"))


def check_home(home: options.Home = options.DEFAULT_HOME) -> None:
    """Check that a home is whole: files match their names, states match the audit, nothing is without its submission."""
    upkeep.check_home(home)
    Console(highlight=False).print("The home is whole.")
