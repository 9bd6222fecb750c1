"""Commands of the intake for machines: `intake serve|token|tokens|revoke|verify`."""

from __future__ import annotations

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import upkeep
from openjustice.confidential.collect.intake import receipts, tokens
from openjustice.ground import errors

_LISTED = 12


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Take files from machines: over HTTP, and from a watched folder.")
    own.command("serve")(serve)
    own.command("token")(make_token)
    own.command("tokens")(list_tokens)
    own.command("revoke")(revoke)
    own.command("verify")(verify)
    app.add_typer(own, name="intake")


def serve(
    home: options.Home = options.DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="The port.", min=0, max=65535)] = 8090,
    host: Annotated[
        str, typer.Option(help="The address to listen on. Put a server with TLS in front of any other.")
    ] = "127.0.0.1",
    folder: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Also watch this folder: JURISDICTION.DATASET/REPORTER/PERIOD/FILE."
        ),
    ] = None,
    registry: options.RegistryFolders = None,
) -> None:
    """Take files from machines until stopped: whole files are receipted and checked in order; after a stop it goes on."""
    from openjustice.confidential.collect.intake import limits as limits_of
    from openjustice.confidential.collect.intake.watch import Watch
    from openjustice.confidential.collect.intake.worker import House, work
    from openjustice.office.intake import service, serving

    limits, key = limits_of.read_limits(), receipts.read_key(home)
    house = House(home=home, registry=options.read_registry(registry, home=home), key=upkeep.read_key(home))
    spool = service.open_spool(home, limits=limits, key=key)
    ending = threading.Event()
    tasks = [lambda: work(spool, house, now=options.now, wait=ending.wait, seconds=limits.look_seconds)]
    if folder is not None:
        watch = Watch(folder, spool=spool, house=house, limits=limits)

        def look() -> None:
            while not ending.wait(limits.look_seconds):
                watch.look(at=options.now(), clock=time.monotonic())

        tasks.append(look)
    app = service.make_app(spool, house, key=key, limits=limits, now=options.now)
    typer.echo(f"The intake is at http://{host}:{port}/  (stop with Ctrl-C)")
    serving.serve(app, host=host, port=port, beside=tasks, ending=ending)


def make_token(
    reporter: Annotated[str, typer.Argument(help="The reporting agency's code.")],
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Make a token for an agency's machine. It is shown this once; the home keeps only its digest."""
    upkeep.read_key(home)  # there is a home
    receipts.keep_key(home, seed=secrets.token_bytes(receipts.SEED_BYTES))
    text = tokens.make_token(home, reporter=reporter, secret=secrets.token_bytes(tokens.SECRET_BYTES), at=options.now())
    typer.echo(text)
    Console(stderr=True, highlight=False).print("Hand it over by a safe way. It cannot be shown again.")


def list_tokens(home: options.Home = options.DEFAULT_HOME) -> None:
    """List the tokens that were made: whose, when, and whether revoked."""
    table = Table("reporter", "digest", "made", "revoked", box=None, pad_edge=False)
    for item in tokens.read_tokens(home):
        table.add_row(item.reporter, item.digest[:_LISTED], item.made_at, item.revoked_at or "")
    Console(highlight=False).print(table if table.row_count else "No token was made yet.")


def revoke(
    reporter: Annotated[str, typer.Argument(help="The reporting agency's code.")],
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Revoke every token of an agency; from the next request on they open nothing."""
    count = tokens.revoke_tokens(home, reporter=reporter, at=options.now())
    typer.echo(f"Revoked {count:,} {'token' if count == 1 else 'tokens'}.")


def verify(
    receipt: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A receipt, as JSON.")],
    key: Annotated[str, typer.Option(help="The public key of the home, from its address /v1/key.")],
) -> None:
    """Verify a receipt: it was signed by the holder of this key, and not one word of it was changed."""
    try:
        given = json.loads(receipt.read_bytes())
    except (ValueError, RecursionError):
        raise errors.SubmissionRefused.because(
            "receipt_unreadable", "This file is no receipt.", way_out="Give the receipt as it was received.",
        ) from None  # fmt: skip
    receipts.verify(given, public=key)
    Console(highlight=False).print(Text("The receipt is genuine.", style="green"))
