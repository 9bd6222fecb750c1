"""Commands on the office: `office setup|start|invite|grant|clock|checkpoint`."""

from __future__ import annotations

import os
import secrets
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from openjustice.cli import options
from openjustice.cli.office import loading
from openjustice.ground import errors

_ADMINISTRATION = "Administration"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Set up and start the office, and let people in.")
    own.command("setup")(setup)
    own.command("start")(start)
    own.command("invite")(invite)
    own.command("grant")(grant)
    own.command("clock")(clock)
    own.command("checkpoint")(checkpoint)
    app.add_typer(own, name="office")


def setup(home: options.Home = options.DEFAULT_HOME) -> None:
    """Make the office's keys, folders and tables in a home, or bring them up to this version."""
    set_up(home)
    typer.echo("The office is set up. Invite its first administrator with: openjustice office invite NAME@EXAMPLE.ORG")


def set_up(home: Path) -> None:
    """Make the office's keys, folders and tables, and leave Django ready for it."""
    loading.name_home(home)
    from openjustice.office.desk import keys

    keys.make_keys(home, secret=secrets.token_bytes(keys.SECRET_BYTES), seed=secrets.token_bytes(keys.SEED_BYTES))
    for folder in ("office", "office/mail", "office/incoming"):
        (home / folder).mkdir(mode=0o700, exist_ok=True)
    loading.load_office(home)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def start(
    home: options.Home = options.DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="The port on this machine.")] = 8001,
    workers: Annotated[int, typer.Option(help="How many processes answer.", min=1)] = 2,
) -> None:
    """Serve the office on this machine, until it is stopped. A proxy in front of it ends TLS and faces the world."""
    loading.load_office(home)
    command = [sys.executable, *serving_command(port=port, workers=workers)]
    typer.echo(f"The office is at http://127.0.0.1:{port}/  (stop it with Ctrl-C)")
    os.execv(sys.executable, command)  # noqa: S606  (no shell; this process becomes the server)


def serving_command(*, port: int, workers: int) -> list[str]:
    """Return what Python is told so that it serves the office: one request at a time in each process."""
    return [
        "-m", "gunicorn", "openjustice.office.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--worker-class", "sync", "--timeout", "600", "--max-requests", "5000", "--max-requests-jitter", "500",
        "--no-control-socket",
    ]  # fmt: skip


def invite(
    email: Annotated[str, typer.Argument(help="The e-mail address.")],
    role: Annotated[str, typer.Option(help="As what.")] = "administrator",
    organization: Annotated[
        str, typer.Option(help="For which organization; it is added if it is new.")
    ] = _ADMINISTRATION,
    kind: Annotated[
        str, typer.Option(help="What a new organization is: authority, agency, research or provider.")
    ] = "authority",
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Invite somebody and print the link, which works once and for seven days."""
    loading.load_office(home)
    from django.conf import settings

    from openjustice.office.accounts import services

    token, audit = secrets.token_urlsafe(32), _audit()
    services.invite(
        email=email, organization=_organization(organization, kind=kind, audit=audit), role=role, token=token,
        address=settings.ADDRESS, audit=audit,
    )  # fmt: skip
    typer.echo(f"{settings.ADDRESS}/accounts/invitation/{token}/")


def grant(
    role: Annotated[str, typer.Argument(help="A role of the PostgreSQL server.")],
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Let a database role work in the office: of the audit record it may read and add entries, and nothing else."""
    loading.load_office(home)
    from openjustice.office.audit import locks

    locks.grant_to(role)
    typer.echo(f"{role} may now work in the office's database, and may only add to its audit record.")


def clock(
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Let licenses remind, end and ask for certificates when it is time, until it is stopped. Run it beside the office."""
    loading.load_office(home)
    from openjustice.office.desk import moments
    from openjustice.office.licenses import services

    if once:
        typer.echo(f"{services.look_at_clock(at=moments.moment())} things were due.")
        return
    typer.echo("The clock of the office runs  (stop it with Ctrl-C)")
    services.run_clock(now=moments.moment, sleep=time.sleep, goes_on=lambda: True)


def checkpoint(home: options.Home = options.DEFAULT_HOME) -> None:
    """Sign where the audit record ends, and print the checkpoint: keep a copy where this machine's owner cannot reach."""
    loading.load_office(home)
    from openjustice.office.audit import services
    from openjustice.office.desk import keys

    typer.echo(services.take_checkpoint(home, key=keys.read_checkpoint_key(home), at=options.now()).as_text())


def _organization(name: str, *, kind: str, audit: Any) -> Any:
    from openjustice.office.accounts import rules, services
    from openjustice.office.accounts.models import Organization

    if kind not in {item.value for item in rules.Kind}:
        raise errors.AccessRefused.because(
            "kind_unknown", f"'{kind}' is no kind of organization.",
            way_out=f"Choose one of: {', '.join(item.value for item in rules.Kind)}.", ask="the administrator of the office",
        )  # fmt: skip
    found = Organization.objects.filter(name=name).first()
    return found or services.add_organization(name=name, kind=kind, audit=audit)


def _audit() -> Any:
    from openjustice.office.audit.rules import Audit

    return Audit(actor="command line", role="administrator", at=datetime.fromisoformat(options.now()))
