"""One home with one draft of the invented deaths, made once; every test gets a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openjustice.confidential.drafting import draft
from openjustice.contracts.registry import Registry
from unit.airlock import homes

ROWS = 1500
# Two indicators are enough: counts with totals, and a share whose denominators are counts of persons too.
INDICATORS = ("custody_deaths", "suicide_share")


@pytest.fixture(scope="session")
def small_registry(registry_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the invented jurisdiction, with two indicators alone."""
    folder = tmp_path_factory.mktemp("small") / "registry"
    shutil.copytree(registry_root / "demo", folder / "demo")
    if (registry_root / "common" / "codelists").is_dir():
        shutil.copytree(registry_root / "common" / "codelists", folder / "common" / "codelists")
    for place in (folder / "demo" / "indicators").iterdir():
        if place.name not in INDICATORS:
            shutil.rmtree(place)
    return folder


@pytest.fixture(scope="session")
def registry(small_registry: Path) -> Registry:
    """Load it."""
    return homes.load_registry(small_registry)


@pytest.fixture(scope="session")
def drafted_home(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the home and its draft, once."""
    jurisdiction = registry.jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=ROWS)
    home = homes.make_home(
        tmp_path_factory.mktemp("drafted") / "home",
        jurisdiction=jurisdiction,
        rows={"custody_deaths": rows["custody_deaths"]},
    )
    draft.make_draft(home, dataset="demo/custody_deaths", author="Ada", at=homes.AT, seed=homes.SEED, registry=registry)
    return home


@pytest.fixture
def home(drafted_home: Path, tmp_path: Path) -> Path:
    """Give a copy of the home."""
    return Path(shutil.copytree(drafted_home, tmp_path / "home"))
