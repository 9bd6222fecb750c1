"""The command that shows the site on this machine: `serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from openjustice.cli import options
from openjustice.ground import errors
from openjustice.public.site import build, server


def register(app: typer.Typer) -> None:
    """Add the serve command."""
    app.command("serve")(serve)


def serve(
    home: options.Home = options.DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="The port on this machine.", min=0, max=65535)] = 8000,
) -> None:
    """Serve the site on this machine until stopped; the next `publish` shows at once."""
    serve_site(home, port=port)


def serve_site(home: Path, *, port: int) -> None:
    """Serve a home's site and say where; returns when interrupted. Raises SealRefused where there is no site yet."""
    build.current_site(options.public_folder(home))
    try:
        serving = server.make_server(home / "public" / build.SITE, port=port)
    except OSError:
        raise errors.AccessRefused.because(
            "port_taken",
            f"Port {port} cannot be used on this machine.",
            way_out="Choose another one with --port.",
        ) from None
    with serving:
        typer.echo(f"The site is at http://{server.LOCAL}:{serving.server_address[1]}/  (stop with Ctrl-C)")
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            typer.echo("Stopped.")
