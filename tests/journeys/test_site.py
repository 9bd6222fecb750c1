"""The site in a browser: every template is accessible, fits a phone, works from a folder, and is the same every time."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from openjustice.ground import errors
from openjustice.public.site import build, server
from unit.public.release_fixture import make_public_folder, spanish

TEMPLATES = (
    "index.html",
    "indicators/index.html",
    "indicators/deaths_count.html",
    "indicators/deaths_rate.html",
    "areas/index.html",
    "areas/aldermoor.html",
    "areas/kestrel-bluff.html",
    "datasets/index.html",
    "datasets/custody_deaths/index.html",
    "datasets/county_profile/index.html",
    "catalog/by/county.html",
    "id/terms/index.html",
    "id/codelist/counties/index.html",
    "id/area/01/index.html",
    "methods.html",
    "ledger.html",
    "markers.html",
    "compare/index.html",
    "compare/fenwater.html",
    "explore/index.html",
    "explore/custody_deaths.html",
    "myths.html",
    "glossary.html",
    "protection.html",
    "corrections.html",
    "take-part.html",
    "data/custody_deaths/latest/dictionary.html",
)
FIRST_VIEW_KB, SCRIPT_BYTES = 60, 5_000


def all_pages(site: Path) -> list[Path]:
    return sorted(
        path for path in site.resolve().rglob("*.html") if "data" not in path.relative_to(site.resolve()).parts
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_has_no_accessibility_violation_and_fits_its_screen(page: Page, site: Path, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((site / path).resolve().as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(item => item.open = true)")
    results = Axe().run(page)
    found = [f"{item['id']}: {node['html'][:160]}" for item in results.response["violations"] for node in item["nodes"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path", ["indicators/deaths_count.html", "indicators/deaths_rate.html", "areas/aldermoor.html"]
)
def test_no_label_of_a_chart_is_clipped_or_covers_another(page: Page, site: Path, path: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((site / path).resolve().as_uri())
    charts = page.evaluate(_TEXT_BOXES)
    assert charts
    for chart in charts:
        for box in chart["texts"]:
            assert box["left"] >= chart["left"] - 1, box
            assert box["right"] <= chart["right"] + 1, box
            assert box["top"] >= chart["top"] - 1, box
            assert box["bottom"] <= chart["bottom"] + 1, box
        assert _overlaps(chart["texts"]) == []


_TEXT_BOXES = """() => [...document.querySelectorAll('main svg[role=img]')].filter(svg => svg.getBoundingClientRect().width)
    .map(svg => { const box = item => { const r = item.getBoundingClientRect();
        return {left: r.left, right: r.right, top: r.top, bottom: r.bottom, text: item.textContent}; };
      return {...box(svg), texts: [...svg.querySelectorAll('text:not([stroke])')].filter(t => t.textContent.trim()).map(box)}; })"""


def _overlaps(texts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover each other by more than a pixel or two each way."""
    return [
        (one["text"], two["text"])
        for place, one in enumerate(texts)
        for two in texts[place + 1 :]
        if min(one["right"], two["right"]) - max(one["left"], two["left"]) > 1.5
        and min(one["bottom"], two["bottom"]) - max(one["top"], two["top"]) > 4
    ]


@pytest.mark.browser
def test_every_chart_has_a_name_and_a_description_and_a_table_beside_it(page: Page, site: Path):
    page.goto((site / "indicators/deaths_count.html").resolve().as_uri())
    images = page.locator("figure svg[role=img]").all()
    assert images
    for image in images:
        for part in (image.get_attribute("aria-labelledby") or "").split():
            assert (page.locator(f"[id='{part}']").text_content() or "").strip()
    assert page.locator("main table caption").count() >= page.locator("main figure").count()


@pytest.mark.browser
def test_tables_name_every_heading_for_what_it_heads(page: Page, site: Path):
    for path in TEMPLATES:
        page.goto((site / path).resolve().as_uri())
        assert page.locator("th:not([scope])").count() == 0, path
        assert page.locator("table:not(:has(caption))").count() == 0, path
        assert page.locator("h1").count() == 1, path


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.repeated: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (found := given.get("id")) is not None:
            self.repeated |= {found} & self.ids
            self.ids.add(found)
        self.targets += [value for name in ("href", "src") if (value := given.get(name)) is not None]


def read_links(path: Path) -> _Links:
    parser = _Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def test_every_link_leads_somewhere_and_is_relative(site: Path):
    root = site.resolve()
    for path in all_pages(site):
        for target in read_links(path).targets:
            if target.startswith(("https://", "mailto:")):
                continue
            name, _, anchor = target.partition("#")
            found = (path.parent / name).resolve() if name else path
            assert not target.startswith(("/", "http:")), f"{path.relative_to(root)} -> {target}"
            assert found.is_file(), f"{path.relative_to(root)} -> {target}"
            assert found.is_relative_to(root)
            if found.parent.name == "compare" and found.stem == "index" and re.fullmatch(r"[\w,]+", anchor):
                continue  # a choice of areas, which the page's script reads
            if anchor and found.suffix == ".html":
                assert anchor in read_links(found).ids, f"{path.relative_to(root)} -> {target}"


def test_no_id_stands_twice_on_a_page(site: Path):
    assert {path.name: read_links(path).repeated for path in all_pages(site) if read_links(path).repeated} == {}


def test_every_page_says_that_the_jurisdiction_is_invented(site: Path):
    pages = all_pages(site)
    assert len(pages) > 20
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert re.search("Everything here is invented.|Todo aquí es inventado.|Datos inventados.", text), path.name


def test_no_page_needs_another_server_and_nothing_inline_runs_or_styles_it(site: Path):
    for path in all_pages(site):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|rel="stylesheet" href)="https?:', text)
        assert re.findall(r'<script(?! src=)(?! type="application/ld\+json">)[^>]*>', text) == [], path.name
        assert not re.search(r'\s(?:style|on[a-z]+)="', text), path.name
        if path.parent.name != "dictionary":
            assert "<style" not in text or path.name == "dictionary.html", path.name


def test_a_page_other_than_the_explorer_has_at_most_five_kilobytes_of_script(site: Path):
    for path in all_pages(site):
        sources = re.findall(r'<script src="([^"]+)"', path.read_text(encoding="utf-8"))
        size = sum((path.parent / item).stat().st_size for item in sources)
        assert path.parent.name == "explore" or size <= SCRIPT_BYTES, f"{path.name}: {size}"
        assert not any("vega" in item for item in sources), (
            "the chart runtime is fetched when a view is drawn, not before"
        )


def test_the_first_view_is_light(site: Path):
    style = len(gzip.compress((site / "assets/style.css").read_bytes()))
    for path in all_pages(site):
        weight = len(gzip.compress(path.read_bytes())) + style
        assert weight <= FIRST_VIEW_KB * 1000, f"{path.name}: {weight} bytes"


def test_the_same_releases_give_the_same_site_to_the_byte(public: Path, tmp_path: Path):
    again = make_public_folder(tmp_path / "public")
    assert build.build_site(again, translations=spanish()).name == (public / build.SITE).resolve().name


def test_a_jurisdiction_without_a_map_has_its_table_and_chart(tmp_path: Path):
    folder = make_public_folder(tmp_path / "public", with_map=False)
    text = (build.build_site(folder) / "indicators/deaths_rate.html").read_text(encoding="utf-8")
    assert 'class="map"' not in text
    assert "The numbers as a table (13 rows)" in text


def test_building_again_switches_in_one_step_and_keeps_one_link(public: Path):
    before = (public / build.SITE).resolve()
    assert build.build_site(public, translations=spanish()) == before
    assert (public / build.SITE).is_symlink()
    assert [path.name for path in (public / build.SITES).iterdir()] == [before.name]


def test_an_empty_store_is_refused_with_the_way_out(tmp_path: Path):
    with pytest.raises(errors.SealRefused) as refusal:
        build.build_site(tmp_path)
    assert refusal.value.codes == ("nothing_sealed",)
    with pytest.raises(errors.SealRefused) as missing:
        build.current_site(tmp_path)
    assert missing.value.codes == ("site_missing",)


def test_a_release_that_was_altered_is_not_published(tmp_path: Path):
    folder = make_public_folder(tmp_path / "public")
    before = build.build_site(folder)
    table = next(folder.glob("releases/demo/custody_deaths/2024-09-16.1/tables/*.parquet"))
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    with pytest.raises(errors.SealRefused) as refusal:
        build.build_site(folder)
    assert refusal.value.codes == ("release_changed",)
    assert (folder / build.SITE).resolve() == before


def test_the_verifier_on_the_page_accepts_the_ledger_and_refuses_an_altered_one(site: Path, tmp_path: Path):
    page_text = (site / "ledger.html").read_text(encoding="utf-8")
    found = re.search(r'<code id="verifier">(.*?)</code>', page_text, re.DOTALL)
    assert found is not None
    program = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    ledger = (site / "ledger.jsonl").read_text(encoding="utf-8")
    assert run_verifier(program, ledger, tmp_path).returncode == 0
    last = json.loads(ledger.splitlines()[-1])["hash"]
    assert last in run_verifier(program, ledger, tmp_path).stdout
    assert last in page_text
    assert run_verifier(program, ledger.replace("Release Manager", "Someone Else", 1), tmp_path).returncode != 0
    assert run_verifier(program, "\n".join(ledger.splitlines()[1:]), tmp_path).returncode != 0


def run_verifier(program: str, ledger: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "ledger.jsonl").write_text(ledger, encoding="utf-8")
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Give the address of the site, served on this machine."""
    with server.make_server(site, port=0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://{server.LOCAL}:{serving.server_address[1]}/"
        serving.shutdown()
        thread.join()


def test_the_server_gives_pages_and_files_with_their_types_and_headers(address: str):
    for path, kind in (
        ("", "text/html; charset=utf-8"),
        ("assets/style.css", "text/css; charset=utf-8"),
        ("data.json", "application/json; charset=utf-8"),
        ("feed.xml", "application/atom+xml; charset=utf-8"),
        ("data/custody_deaths/latest/deaths_count__by_year.csv", "text/csv; charset=utf-8"),
        ("data/custody_deaths/latest/deaths_count__by_year.parquet", "application/vnd.apache.parquet"),
    ):
        with urllib.request.urlopen(address + path) as answer:  # noqa: S310 (our own server)
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["data/", "data/custody_deaths/", "../catalog.json", "%2e%2e/catalog.json", "nothing.html"]
)
def test_the_server_lists_no_folder_and_leaves_its_own(address: str, path: str):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address + path)  # noqa: S310 (our own server)
    assert refused.value.code == 404
    refused.value.close()


@pytest.mark.browser
def test_the_served_site_shows_its_style_under_its_own_policy(page: Page, address: str):
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    for path in TEMPLATES:
        page.goto(address + path)
        if not path.startswith("data/"):
            assert page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") != "normal"
    assert [text for text in refused if "favicon" not in text and "404" not in text] == []


@pytest.mark.browser
def test_only_an_embedded_view_may_be_framed(address: str):
    for path, framers in (("explore/custody_deaths.html", "'none'"), ("explore/custody_deaths.embed.html", "*")):
        with urllib.request.urlopen(address + path) as answer:  # noqa: S310 (our own server)
            assert f"frame-ancestors {framers}" in answer.headers["Content-Security-Policy"]
