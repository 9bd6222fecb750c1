"""The command that runs the query service over sealed releases: `service`."""

from __future__ import annotations

from typing import Annotated

import typer

from openjustice.cli import options


def register(app: typer.Typer) -> None:
    """Add the service command."""
    app.command("service")(service)


def service(
    home: options.Home = options.DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="The port.", min=0, max=65535)] = 8080,
    host: Annotated[
        str, typer.Option(help="The address to listen on; this machine alone, unless you say otherwise.")
    ] = "127.0.0.1",
) -> None:
    """Answer questions over sealed releases until stopped: records, groups, CSV, JSON and Parquet, with an OpenAPI document."""
    from openjustice.public.service import limits, run

    with run.open_app(options.public_folder(home), limits=limits.read_limits()) as app:
        typer.echo(f"The query service is at http://{host}:{port}/  (stop with Ctrl-C)")
        run.serve(app, host=host, port=port)
