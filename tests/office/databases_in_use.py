"""Chooses the database that the office under test works in."""

from __future__ import annotations

from django.db import connections


def use_database(settings: dict) -> None:
    """Make this the office's database from now on."""
    connections.close_all()
    whole: dict = {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "TIME_ZONE": None,
        "TEST": {},
        "CONN_HEALTH_CHECKS": False,
    }
    connections.settings["default"] = {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", **whole, **settings}
    if hasattr(connections._connections, "default"):
        del connections["default"]
