"""Loads Django with the office of one home, and says plainly where the office is not installed."""

from __future__ import annotations

import os
from pathlib import Path

from openjustice.ground import errors

SETTINGS = "openjustice.office.settings"


def load_office(home: Path) -> None:
    """Make Django ready for the office of this home; raises RegistryRefused where it is not installed or not set up."""
    name_home(home)
    try:
        import django
    except ModuleNotFoundError:
        raise errors.RegistryRefused.because(
            "office_not_installed", "The office is not installed.",
            way_out="Install the project with its extra: office.", ask="the administrator of the office",
        ) from None  # fmt: skip
    django.setup()


def name_home(home: Path) -> None:
    """Tell the settings, here and in every process started from here, which home is meant."""
    if not (home / "home.yaml").is_file():
        raise errors.RegistryRefused.because(
            "home_missing", f"'{home}' is not a home.", ask="the owner of the home",
            way_out="Name the home with --home, or make one with: openjustice home init",
        )  # fmt: skip
    os.environ["OPENJUSTICE_HOME"] = str(home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
