"""The command `extract`: what is new in an agency's records system becomes an encrypted submission."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import extract as extracting
from openjustice.contracts.extraction import read_extraction


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("extract")(extract)


def extract(
    declaration: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The YAML of the extraction.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for submissions and for what was sent already.")],
    registry: options.RegistryFolders = None,
) -> None:
    """Read what is new from a database or a folder of files, save it encrypted, and post it where that is declared.

    Run it as often as you like: what was sent is not sent again, and a run that was stopped is done again.
    """
    declared = read_extraction(declaration)
    found = options.read_registry(registry).dataset(declared.dataset)
    made = extracting.extract(declared, dataset=found, out=out)
    console = Console(highlight=False)
    if made.path is None:
        console.print("Nothing is new; nothing was written.")
        return
    sent = "posted" if made.was_posted else "saved"
    console.print(Text.assemble((f"{options.count_rows(made.rows)} {sent}: ", "bold"), str(made.path)), soft_wrap=True)
    if not declared.recipients:
        console.print(Text("It is not encrypted: name recipients before it leaves this machine.", style="yellow"))
