"""Every address in the linked data is there: a page and a Turtle twin stand at it, and both know what is named."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox
import pytest

from openjustice.public.site import build, server
from unit.public.release_fixture import make_public_folder

BASE = "https://data.meridia.example/"
ROOTS = re.compile(rf"{BASE}(id/[^#]*/)(?:#(.*))?")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a built site."""
    public = make_public_folder(tmp_path_factory.mktemp("home") / "public")
    return build.build_site(public)


@pytest.fixture(scope="module")
def linked(site: Path) -> dict[Path, ox.Store]:
    """Give every Turtle file of the site, read."""
    read = {}
    for path in sorted(site.rglob("*.ttl")):
        store = read[path.relative_to(site)] = ox.Store()
        store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    return read


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.add(given.get("id") or "")
        if tag == "link" and given.get("type") == "text/turtle":
            self.links.append(given.get("href") or "")


def _anchors(page: Path) -> _Anchors:
    read = _Anchors()
    read.feed(page.read_text(encoding="utf-8"))
    return read


def test_every_address_has_a_page_and_a_twin_that_know_it(site: Path, linked: dict[Path, ox.Store]):
    named = {
        term.value
        for store in linked.values()
        for quad in store
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, ox.NamedNode) and term.value.startswith(f"{BASE}id/")
    }
    assert len(named) > 60
    for address in sorted(named):
        found = ROOTS.fullmatch(address)
        assert found, address
        folder, anchor = site / unquote(found[1]), unquote(found[2] or "")
        assert (folder / "index.html").is_file(), address
        assert anchor == "" or anchor in _anchors(folder / "index.html").found, address
        twin = linked[(folder / "index.ttl").relative_to(site)]
        assert any(twin.quads_for_pattern(ox.NamedNode(address), None, None)), address


def test_every_page_of_an_address_names_its_twin(site: Path):
    pages = [
        *(site / "id").rglob("index.html"),
        site / "datasets/custody_deaths/index.html",
        site / "areas/aldermoor.html",
    ]
    for page in pages:
        links = _anchors(page).links
        assert len(links) == 1
        assert (page.parent / links[0]).resolve().is_file()


def test_codes_that_only_older_releases_have_keep_their_address(site: Path, linked: dict[Path, ox.Store]):
    years = linked[Path("id/codelist/custody_deaths.death_year/index.ttl")]
    notation = ox.NamedNode("http://www.w3.org/2004/02/skos/core#notation")
    found = {str(quad.object) for quad in years.quads_for_pattern(None, notation, None)}
    assert found >= {'"2014"', '"2023"', '"_T"'}


def test_the_server_answers_an_address_as_a_page_or_as_linked_data(site: Path):
    running = server.make_server(site, port=0)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{running.server_address[1]}/id/area/01/"
        kinds = {"text/turtle": "text/turtle", "text/html,text/turtle;q=0.9": "text/html", "*/*": "text/html"}
        for wanted, given in kinds.items():
            asked = urllib.request.Request(address, headers={"Accept": wanted})
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
                assert answer.headers["Content-Type"].startswith(given)
                assert answer.headers["Vary"] == "Accept"
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def test_the_markup_for_search_engines_is_a_data_block_that_closes_nothing(site: Path):
    page = (site / "datasets/custody_deaths/index.html").read_text(encoding="utf-8")
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, flags=re.DOTALL)
    assert "<" not in block
    assert json.loads(block)["@type"] == "Dataset"
    assert page.count("<script") == 1


def test_the_page_of_a_dataset_tells_version_and_changes(site: Path):
    page = (site / "datasets/custody_deaths/index.html").read_text(encoding="utf-8")
    assert "1.1.0" in page
    assert "cells revised." in page
    assert "2024-09-16.1/changes.csv" in page


def test_each_facet_leads_to_a_page_with_its_datasets_alone(site: Path):
    whole = (site / "datasets/index.html").read_text(encoding="utf-8")
    paths = set(re.findall(r'href="\.\./(catalog/[^"]+)"', whole))
    assert {"catalog/holds/people.html", "catalog/holds/context.html", "catalog/by/county.html"} <= paths
    people = (site / "catalog/holds/people.html").read_text(encoding="utf-8")
    assert "datasets/custody_deaths/" in people
    assert "datasets/county_profile/" not in people
    assert all((site / path).is_file() for path in paths)


def _pages(site: Path) -> Iterator[Path]:
    return (site / "catalog").rglob("*.html")


def test_every_facet_page_marks_the_choice_that_it_shows(site: Path):
    for page in _pages(site):
        assert page.read_text(encoding="utf-8").count('aria-current="page"') == 1
