"""A dataset's page says which reports were owed, made, late and missing, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from openjustice.public.site import build
from unit.public.release_fixture import make_public_folder, spanish


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site of the invented releases, in two languages."""
    folder = make_public_folder(tmp_path_factory.mktemp("home") / "public")
    return build.build_site(folder, translations=spanish())


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("datasets/custody_deaths/index.html", "Reports owed and made"),
        ("es/datasets/custody_deaths/index.html", "Informes debidos y presentados"),
    ],
)
def test_missing_is_told_beside_what_was_reported(site: Path, page: str, title: str) -> None:
    text = (site / page).read_text(encoding="utf-8")
    assert title in text
    row = text[text.index("<caption>", text.index(title)) :]
    cells = [part.partition("</td>")[0] for part in row.split('<td class="n">')[1:5]]
    assert cells == ["40", "37", "4", "3"]
    assert "1,200" in text


def test_a_dataset_that_nobody_owes_says_nothing_of_it(site: Path) -> None:
    assert "Reports owed" not in (site / "datasets/county_profile/index.html").read_text(encoding="utf-8")
