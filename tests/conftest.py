"""What every test may count on: a deterministic Hypothesis, the real files where they are, and the demo jurisdiction."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"

settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
settings.register_profile("night", derandomize=True, deadline=None, max_examples=2_000, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def registry_root() -> Path:
    """Give the registry's folder."""
    return ROOT / "registry"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real files that stands beside the repository, or skip."""
    if not (REAL_DATA / "us").is_dir():
        pytest.skip("the real files are not here: they stand in ../shared/data beside the repository")
    return REAL_DATA


CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium, or skip. One for all tests of a process: a second driver in it is refused."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: requirements/browser.sh installs Debian's")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()
