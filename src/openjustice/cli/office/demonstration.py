"""The office of a demonstration: an account for every role, with one password that is told once."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from openjustice.cli import options
from openjustice.cli.office import desks, loading

_AUTHORITY = ("steward", "checker", "checker", "reviewer", "decider", "administrator")


@dataclass(frozen=True)
class DemoAccount:
    """Somebody who can sign in at a demonstration."""

    email: str
    role: str
    name: str


def make_accounts(home: Path, *, jurisdiction: str, reporter: str, password: str) -> tuple[DemoAccount, ...]:
    """Set the office of a home up and make an account for every role, all with this password; returns whom."""
    os.environ["OPENJUSTICE_OFFICE_DEMO"] = "1"
    desks.set_up(home)
    from openjustice.office.accounts import services
    from openjustice.office.audit.rules import Audit

    audit = Audit(actor="demonstration", role="administrator", at=datetime.fromisoformat(options.now()))

    def organize(name: str, kind: str, **where: str) -> Any:
        return services.add_organization(name=name, kind=kind, audit=audit, **where)

    office, university = organize("The office", "authority"), organize("A university", "research")
    agency = organize("A reporting agency", "agency", jurisdiction=jurisdiction, reporter=reporter)
    places = [
        *((office, role) for role in _AUTHORITY),
        (agency, "clerk"),
        *((university, role) for role in ("researcher", "team_member", "team_member")),
        (organize("A service provider", "provider"), "provider"),
    ]
    made: list[DemoAccount] = []
    for organization, role in places:
        place = 1 + sum(item.role == role for item in made)
        name = f"Demo {role.replace('_', ' ').title()}{f' {place}' if place > 1 else ''}"
        email = f"{role.replace('_', '.')}{place if place > 1 else ''}@demo.example"
        account = services.add_account(email=email, name=name, password=password, audit=audit)
        services.grant(account=account, organization=organization, role=role, audit=audit)
        made.append(DemoAccount(email, role, name))
    return tuple(made)


def make_password() -> str:
    """Make up a password for a demonstration."""
    return f"demo-{secrets.token_urlsafe(9)}"


@contextmanager
def served(home: Path, *, port: int) -> Iterator[str]:
    """Serve the office of a demonstration beside the block, on this machine alone; give its address."""
    loading.name_home(home)
    address = f"http://127.0.0.1:{port}"
    told = {**os.environ, "OPENJUSTICE_OFFICE_DEMO": "1", "OPENJUSTICE_OFFICE_URL": address}
    child = subprocess.Popen(
        [sys.executable, *desks.serving_command(port=port, workers=1)], env=told, stderr=subprocess.DEVNULL
    )
    try:
        yield address
    finally:
        child.terminate()
        child.wait(timeout=30)
