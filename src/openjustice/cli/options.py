"""Options that several commands share, so that one thing is asked for in one way."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from openjustice.contracts import registry
from openjustice.contracts.registry import Registry

Home = Annotated[Path, typer.Option("--home", help="The home: the folder with stores, keys and releases.")]
RegistryFolders = Annotated[
    list[Path] | None, typer.Option("--registry", help="A registry folder instead of the shipped one; may be repeated.")
]
DEFAULT_HOME = Path("home")


def now() -> str:
    """Return this moment in UTC, to the second. The clock is read here and nowhere below the command line.

    Surprise: OPENJUSTICE_NOW overrides it, so that a run can be repeated to the byte.
    """
    return os.environ.get("OPENJUSTICE_NOW") or datetime.now(UTC).replace(microsecond=0).isoformat()


def read_registry(folders: list[Path] | None, *, home: Path | None = None) -> Registry:
    """Load the shipped registry, or the folders given; a home's own `registry` folder is added last."""
    roots = list(folders or []) or [registry.shipped_registry()]
    if home is not None and (home / "registry").is_dir():
        roots.append(home / "registry")
    return registry.load_registry(roots)


def today() -> date:
    """Return this day in UTC, by the same clock as `now`."""
    return date.fromisoformat(now()[:10])


def tell_waiting(words: str) -> None:
    """Say on standard error that another process is waited for."""
    typer.echo(words, err=True)


def count_rows(count: int) -> str:
    """Write a number of rows in words: `1 row`, `1,204 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"
