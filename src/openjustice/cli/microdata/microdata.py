"""The commands for records outside any home: `microdata risk`, `recode`, `localize`, `synthesize` and others."""

from __future__ import annotations

import typer

from openjustice.cli.microdata import batches, local, recode, risk, special, synthetic, trees


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Protect records outside any home, and measure their risk.", no_args_is_help=True)
    group.command("risk")(risk.measure)
    group.command("recode")(recode.recode)
    group.command("localize")(local.localize)
    group.command("suppress")(local.suppress)
    group.command("apply")(batches.apply)
    group.command("hierarchy")(trees.hierarchy)
    group.command("special")(special.special)
    group.command("synthesize")(synthetic.synthesize)
    group.command("redraw")(synthetic.redraw)
    app.add_typer(group, name="microdata")
