"""The command `audit verify`: finds any change of the office's audit record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openjustice.cli import options
from openjustice.cli.office import loading
from openjustice.ground import errors


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Verify the office's audit record.")
    own.callback()(_hold)
    own.command("verify")(verify)
    app.add_typer(own, name="audit")


def _hold() -> None:
    """Verify the office's audit record."""


def verify(
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoints", exists=True, dir_okay=False, help="A file of checkpoints kept elsewhere; may be repeated."
        ),
    ] = None,
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Find any entry that was edited, deleted, inserted, moved or cut off, beside every signed checkpoint."""
    loading.load_office(home)
    from openjustice.office.audit import rules, selectors
    from openjustice.office.desk import keys

    kept = selectors.read_checkpoints(home)
    for path in checkpoints or []:
        kept += [rules.read_checkpoint(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    found = selectors.find_tampering(checkpoints=set(kept), key=keys.read_checkpoint_public(home))
    if found:
        raise errors.HouseFault(
            errors.Fault(
                code="audit_broken", what=what, way_out="Keep the database as it is, and compare it with a backup.",
                ask="the privacy officer",
            )
            for what in found
        )  # fmt: skip
    newest = max((item.size for item in kept), default=0)
    typer.echo(f"The audit record is whole. Checkpoints: {len(set(kept))}, the newest over {newest:,} entries.")
