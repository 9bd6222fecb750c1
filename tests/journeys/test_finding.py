"""A place, an agency or an indicator is found without a server, with and without JavaScript, in both languages."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

SCRIPT_KB = 5


def results(page: Page, site: Path, path: str, words: str) -> list[str]:
    page.goto((site / path).resolve().as_uri())
    page.get_by_role("searchbox").fill(words)
    page.wait_for_function("document.getElementById('search-told').textContent.length > 0")
    return page.locator("#search-results li a").all_text_contents()


@pytest.mark.browser
def test_a_name_is_found_as_it_is_typed_from_a_folder(page: Page, site: Path):
    assert results(page, site, "search.html", "alder")[0] == "Aldermoor"
    assert page.get_by_role("status").text_content() == "1 result"
    page.locator("#search-results a").first.click()
    assert (page.locator("h1").text_content() or "").startswith("Aldermoor")


@pytest.mark.browser
def test_words_are_found_without_their_accents_in_spanish(page: Page, site: Path):
    found = results(page, site, "es/search.html", "que significan")
    assert "Qué significan las marcas" in found
    assert results(page, site, "es/search.html", "zzz") == []
    assert "No se encontró nada" in (page.get_by_role("status").text_content() or "")


@pytest.mark.browser
def test_the_form_of_every_page_leads_to_its_answers(page: Page, site: Path):
    page.goto((site / "es/indicators/deaths_count.html").resolve().as_uri())
    page.get_by_role("searchbox").fill("kestrel")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#search-results li').length > 0")
    assert page.url.endswith("/es/search.html?q=kestrel")
    assert page.locator("#search-results a").first.text_content() == "Kestrel Bluff"


@pytest.mark.browser
def test_without_javascript_the_lists_from_a_to_z_lead_to_everything(browser: Browser, site: Path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").resolve().as_uri())
    page.get_by_role("searchbox").fill("kestrel")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="the list from A to Z").click()
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^K\b")).click()
    page.get_by_role("link", name="Kestrel Bluff").click()
    assert (page.locator("h1").text_content() or "").startswith("Kestrel Bluff")
    context.close()


def test_the_script_is_small_and_only_the_search_page_has_it(site: Path):
    script = (site / "assets/search.js").read_bytes()
    assert len(gzip.compress(script)) <= SCRIPT_KB * 1000
    with_it = [
        path for path in site.resolve().rglob("*.html") if "assets/search.js" in path.read_text(encoding="utf-8")
    ]
    assert {path.relative_to(site.resolve()).as_posix() for path in with_it} == {"search.html", "es/search.html"}


def test_every_area_indicator_and_dataset_is_in_the_index_of_each_language(site: Path):
    for root in (site.resolve(), site.resolve() / "es"):
        known = {row[1] for path in (root / "search").glob("*.js") for row in read_shard(path)}
        for folder in ("areas", "indicators"):
            made = {f"{folder}/{path.name}" for path in (root / folder).glob("*.html")}
            assert made <= known
        assert {f"datasets/{path.parent.name}/index.html" for path in root.glob("datasets/*/index.html")} <= known
        assert all((root / path).is_file() for path in known)


def read_shard(path: Path) -> list[list[str]]:
    found = re.fullmatch(r'justiceSearch\("\w+",(.*)\);\n', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    rows: list[list[str]] = json.loads(found[1])
    return rows
