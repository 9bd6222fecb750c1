"""What the journeys in a browser share: a site in two languages, Debian's Chromium, and a page that may fetch nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from openjustice.public.site import build
from unit.public.release_fixture import make_public_folder, spanish


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a public store whose site is built in English and in Spanish."""
    folder = make_public_folder(tmp_path_factory.mktemp("home") / "public")
    build.build_site(folder, translations=spanish())
    return folder


@pytest.fixture(scope="session")
def site(public: Path) -> Path:
    """Give the folder of the site."""
    return public / build.SITE


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page that may fetch nothing but files of this machine, and remembers what it was refused."""
    opened = browser.new_page()
    opened.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), _refuse)
    yield opened
    opened.close()


def _refuse(route: Route) -> None:
    route.abort()
    raise AssertionError(f"the page asked for {route.request.url}")
