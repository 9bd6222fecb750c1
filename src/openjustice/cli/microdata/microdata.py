"""The commands for records outside any home: `microdata risk|recode|localize|suppress`."""

from __future__ import annotations

import typer

from openjustice.cli.microdata import local, recode, risk


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Protect records outside any home, and measure their risk.", no_args_is_help=True)
    group.command("risk")(risk.measure)
    group.command("recode")(recode.recode)
    group.command("localize")(local.localize)
    group.command("suppress")(local.suppress)
    app.add_typer(group, name="microdata")
