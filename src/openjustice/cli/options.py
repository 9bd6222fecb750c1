"""Options that several commands share, so that one thing is asked for in one way."""

from __future__ import annotations

import os
import shlex
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from openjustice.contracts import registry, translations
from openjustice.contracts.registry import Registry
from openjustice.contracts.translations import Translations
from openjustice.ground import errors


def need_words(given: str | None) -> str | None:
    """Return a name or note as it was given; refuses one of spaces alone."""
    if given is not None and not given.strip():
        raise typer.BadParameter("it is empty")
    return given


def need_place(given: Path | None) -> Path | None:
    """Return where a file is to be written; refuses a folder, and a place whose folder is not there."""
    if given is not None and given.is_dir():
        raise typer.BadParameter(f"'{given}' is a folder; name a file")
    if given is not None and not given.parent.is_dir():
        raise typer.BadParameter(f"there is no folder '{given.parent}'")
    return given


Home = Annotated[Path, typer.Option("--home", help="The home: the folder with stores, keys and releases.")]
RegistryFolders = Annotated[
    list[Path] | None,
    typer.Option(
        "--registry", exists=True, file_okay=False,
        help="A registry folder instead of the shipped one; may be repeated.",
    ),
]  # fmt: skip
DEFAULT_HOME = Path("home")


def now() -> str:
    """Return this moment in UTC, to the second. The clock is read here and nowhere below the command line.

    Surprise: OPENJUSTICE_NOW overrides it, so that a run can be repeated to the byte.
    """
    return os.environ.get("OPENJUSTICE_NOW") or datetime.now(UTC).replace(microsecond=0).isoformat()


def read_registry(folders: list[Path] | None, *, home: Path | None = None) -> Registry:
    """Load the shipped registry, or the folders given; a home's own `registry` folder is added last."""
    return registry.load_registry(registry_folders(folders, home=home))


def registry_folders(folders: list[Path] | None, *, home: Path | None = None) -> list[Path]:
    """Return the folders of the registry, later ones going before earlier ones: the shipped one or those given, the home's."""
    roots = list(folders or []) or [registry.shipped_registry()]
    if home is not None and (home / "registry").is_dir():
        roots.append(home / "registry")
    return roots


def read_translations(home: Path) -> dict[str, tuple[Translations, ...]]:
    """Return by jurisdiction what the registry's words are in each further language of its pages."""
    roots = registry_folders(None, home=home)
    return translations.load_translations(roots, registry.load_registry(roots).jurisdictions)


def today() -> date:
    """Return this day in UTC, by the same clock as `now`."""
    return date.fromisoformat(now()[:10])


def public_folder(home: Path) -> Path:
    """Return where a home keeps what everyone may see; raises RegistryRefused where there is no home."""
    folder = home / "public"
    if not folder.is_dir():
        raise errors.RegistryRefused.because(
            "home_missing", f"'{home}' is not a home.", ask="the owner of the home",
            way_out="Name the home with --home, or make one with: openjustice home init",
        )  # fmt: skip
    return folder


def home_words(home: Path) -> str:
    """Return the option that a suggested command needs to act on this home: none for the default one."""
    return "" if home == DEFAULT_HOME else f" --home {shlex.quote(str(home))}"


def progress_bar(*, is_shown: bool = True) -> Progress:
    """Return a bar that goes to standard error and leaves nothing behind; silent where no person looks on."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not (is_shown and console.is_terminal))


def dataset_name(reference: str | None) -> str | None:
    """Return the name in `name` or `jurisdiction/name`."""
    return None if reference is None else reference.rpartition("/")[2]


def tell_waiting(words: str) -> None:
    """Say on standard error that another process is waited for."""
    typer.echo(words, err=True)


def count_rows(count: int) -> str:
    """Write a number of rows in words: `1 row`, `1,204 rows`."""
    return f"{count:,} row{'' if count == 1 else 's'}"
