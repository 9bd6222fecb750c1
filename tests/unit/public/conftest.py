"""The invented public store, read and published once for all tests of the portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from openjustice.public.publish.content import Content, read_content
from openjustice.public.publish.release import PublishedRelease, publish_release
from openjustice.public.store import reader
from unit.public.release_fixture import make_public_folder


@pytest.fixture(scope="session")
def public_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a public store with three sealed releases of an invented jurisdiction."""
    return make_public_folder(tmp_path_factory.mktemp("home") / "public")


@pytest.fixture(scope="session")
def contents(public_folder: Path) -> tuple[Content, ...]:
    """Give the three releases, read whole, the oldest first."""
    with reader.open_reader(public_folder) as opened:
        return tuple(read_content(opened, manifest) for manifest in opened.releases())


@pytest.fixture(scope="session")
def published(contents: tuple[Content, ...], tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedRelease, ...]:
    """Give the three releases, published."""
    place = tmp_path_factory.mktemp("published")
    made: list[PublishedRelease] = []
    for item in contents:
        previous = next((one for one in made if one.content.dataset == item.dataset), None)
        made.append(publish_release(item, target=place / item.dataset / item.manifest.vintage, previous=previous))
    return tuple(made)
