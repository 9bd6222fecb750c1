"""Reads the address of the office's database: SQLite in the home by default, PostgreSQL where an address is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from openjustice.ground import errors

_SQLITE = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 20000;"


def read_address(address: str, *, home: Path) -> dict[str, Any]:
    """Return Django's settings for `postgresql://name@host:5432/database`, or for SQLite where the address is empty.

    A folder of unix sockets is given as `postgresql:///database?host=FOLDER`. Raises RegistryRefused for any other scheme.
    """
    if not address:
        return sqlite(home / "office" / "office.sqlite3")
    given = urlsplit(address)
    if given.scheme not in ("postgresql", "postgres"):
        raise errors.RegistryRefused.because(
            "database_unknown", "The address of the office's database is not one of PostgreSQL.",
            way_out="Write postgresql://name@host:5432/database, or leave it out for SQLite.",
            ask="the administrator of the office",
        )  # fmt: skip
    asked = parse_qs(given.query)
    options = {"options": "-c lock_timeout=20000"} | {
        name: asked[name][0] for name in ("sslmode", "sslrootcert", "passfile") if name in asked
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.path.lstrip("/"),
        "USER": unquote(given.username or ""),
        "PASSWORD": unquote(given.password or ""),
        "HOST": asked.get("host", [given.hostname or ""])[0],
        "PORT": asked.get("port", [str(given.port or "")])[0],
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Return Django's settings for a database in one file: a writer takes its turn at once, and waits for it."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _SQLITE}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "CONN_MAX_AGE": 600, "OPTIONS": options}
