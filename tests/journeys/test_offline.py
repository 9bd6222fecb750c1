"""People without the internet: the whole site from one file, in two languages, and a place on two pages of paper."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from openjustice.cli.main import app
from openjustice.ground import errors
from openjustice.public.publish import bundle
from openjustice.public.publish.language import speaking
from openjustice.public.site import build, profiles
from openjustice.public.store.reader import open_reader
from unit.public.release_fixture import spanish


@pytest.fixture(scope="module")
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a bundle that somebody unpacked."""
    folder = tmp_path_factory.mktemp("stick")
    bundle.pack_site(site.resolve(), folder / "justice.zip", name="justice", more={"README.txt": b"Open index.html."})
    with zipfile.ZipFile(folder / "justice.zip") as archive:
        archive.extractall(folder)
    return folder / "justice"


@pytest.mark.browser
def test_a_councillor_reads_the_county_offline_and_in_spanish(browser: Browser, unpacked: Path):
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((unpacked / "index.html").as_uri())
    page.get_by_role("searchbox").fill("kestrel")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#search-results li').length > 0")
    page.get_by_role("link", name="Kestrel Bluff", exact=True).click()
    english = page.locator("main").text_content() or ""
    page.get_by_role("link", name="Español").click()
    assert page.url.endswith("/es/areas/kestrel-bluff.html")
    assert page.evaluate("document.documentElement.lang") == "es-US"
    spoken = page.locator("main").text_content() or ""
    assert "Muertes bajo custodia" in spoken
    assert "Deaths in custody" in english
    assert numbers_of(spoken) == numbers_of(english)
    assert all(url.startswith("file:") for url in asked)
    context.close()


def numbers_of(text: str) -> list[str]:
    """Return the figures of a page in their order; the day of a year may stand elsewhere in a sentence."""
    return sorted(re.findall(r"\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+", text))


@pytest.mark.browser
def test_data_can_be_taken_from_the_bundle(page: Page, unpacked: Path):
    page.goto((unpacked / "es/indicators/deaths_count.html").as_uri())
    link = page.locator("main a[href$='.csv']").first
    found = (unpacked / "es/indicators" / (link.get_attribute("href") or "")).resolve()
    assert found.is_file()
    assert found.is_relative_to(unpacked)


def test_the_same_site_gives_the_same_archive(site: Path, tmp_path: Path):
    for name in ("one.zip", "two.zip"):
        bundle.pack_site(site.resolve(), tmp_path / name, name="justice")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "two.zip"]


def test_nothing_is_packed_where_nothing_was_built(tmp_path: Path):
    (tmp_path / "site").mkdir()
    with pytest.raises(errors.SealRefused) as refusal:
        bundle.pack_site(tmp_path / "site", tmp_path / "x.zip", name="x")
    assert refusal.value.codes == ("site_missing",)
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.browser
def test_a_place_is_printed_on_two_pages_with_the_same_bytes(public: Path, browser: Browser, tmp_path: Path):
    assert browser.is_connected()  # skips where Chromium is not
    with open_reader(public) as reader:
        portals = list(build.read_portals(reader, translations=spanish()))
    chromium = profiles.find_browser()
    for portal in portals:
        with speaking(portal.language):
            text = profiles.profile_html(portal, portal.areas[0])
        targets = [tmp_path / f"{portal.language.code}-{number}.pdf" for number in (1, 2)]
        profiles.print_pdf([(text, target) for target in targets], browser=chromium)
        one, two = (target.read_bytes() for target in targets)
        assert one == two
        assert re.findall(rb"/Count (\d+)", one) == [b"2"]
        assert b"D:19800101" in one
        assert 'style="' not in text


def test_a_place_that_is_not_there_is_named_with_those_that_are(public: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(profiles, "find_browser", lambda: "unused")
    done = CliRunner().invoke(app, ["profiles", "--home", str(public.parent), "--area", "Nowhere"])
    assert isinstance(done.exception, errors.RegistryRefused)
    assert done.exception.codes == ("place_unknown",)
    assert "Aldermoor" in done.exception.faults[0].way_out
