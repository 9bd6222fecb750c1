"""The explorer in a browser: a view is chosen, shared, embedded and saved, and holds what was sealed and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from openjustice.public.site import server

pytestmark = pytest.mark.browser
DRAWN = "#view[data-drawn]"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Give the address of the explorer, served on this machine under the site's own policy."""
    with server.make_server(site, port=0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://{server.LOCAL}:{serving.server_address[1]}/explore/custody_deaths.html"
        serving.shutdown()
        thread.join()


def sealed_tables(site: Path) -> dict[str, Any]:
    text = (site / "explore/custody_deaths.tables.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix("globalThis.openjusticeTables = ").rstrip().rstrip(";"))
    return found


def watch(page: Page) -> list[str]:
    """Remember everything that the page says of faults and of what its policy refused."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda problem: said.append(str(problem)))
    return said


def open_view(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(DRAWN)


def save(page: Page, kind: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f"[data-save={kind}]")
    return Path(waiting.value.path()).read_bytes()


def test_every_number_of_the_explorer_is_one_that_was_sealed(site: Path):
    given = sealed_tables(site)
    for measure in given["measures"]:
        for table in measure["tables"]:
            names = [item["name"] for item in table["variables"]] + given["columns"]
            latest = site / "data/custody_deaths/latest" / f"{table['id']}.json"
            sealed = json.loads(latest.read_text(encoding="utf-8"))
            rows = sealed["rows"] if isinstance(sealed, dict) else sealed
            assert len(rows) == len(table["rows"])
            for row, cells in zip(rows, table["rows"], strict=True):
                assert {name: row[name] for name in names} == dict(zip(names, cells, strict=True))


def test_a_view_is_drawn_under_the_strict_policy_and_a_link_reopens_exactly_it(
    browser: Browser, page: Page, address: str
):
    said = watch(page)
    open_view(page, address)
    page.select_option("#table", "year_sex")
    page.wait_for_function("document.querySelector('#view').dataset.drawn.includes('year_sex')")
    page.select_option("#from", "2018")
    page.wait_for_function("document.querySelector('#view').dataset.drawn.includes('from=2018')")
    link, rows = page.input_value("#link"), page.locator("#numbers tbody tr").all_inner_texts()
    marks = page.locator("#chart svg path").count()
    other = browser.new_page()
    open_view(other, link)
    assert other.locator("#numbers tbody tr").all_inner_texts() == rows
    assert other.locator("#chart svg path").count() == marks
    assert len(rows) == 2 * 6
    other.close()
    assert said == []


def test_a_link_of_an_older_release_says_so(page: Page, address: str):
    open_view(page, f"{address}#measure=deaths_count&table=year&vintage=2024-05-01.1")
    assert "2024-05-01.1" in (page.locator("#older").text_content() or "")
    assert "2024-09-16.1" in (page.locator("#older").text_content() or "")


def test_counts_of_two_areas_are_shown_apart_with_the_reason_and_rates_on_one_scale(page: Page, address: str):
    open_view(page, f"{address}#measure=deaths_count&table=year_county&codes=01~02")
    assert "These are counts" in (page.locator("#reasons").text_content() or "")
    assert page.locator("#chart svg .role-axis-grid, #chart svg g.mark-group.role-scope").count() > 1
    apart = page.locator("#chart svg").evaluate(_SCALES)
    page.goto(f"{address}#measure=deaths_rate&table=year_county&codes=01~02&to=2022")
    page.wait_for_function("document.querySelector('#view').dataset.drawn.includes('deaths_rate')")
    assert page.locator("#reasons").is_hidden()
    assert (apart, page.locator("#chart svg").evaluate(_SCALES)) == (2, 1)
    page.goto(f"{address}#measure=deaths_rate&table=year_county&codes=01~02&to=2023")  # a year that not all reported
    page.wait_for_function("document.querySelector('#view').dataset.drawn.includes('to=2023')")
    assert "not all who should report did" in (page.locator("#reasons").text_content() or "")


_SCALES = (
    "svg => new Set([...svg.querySelectorAll('g.role-axis-title, g.role-axis')].map(item => item.parentNode)).size"
)


def test_files_hold_exactly_what_is_shown_with_citation_and_flags(page: Page, address: str):
    open_view(page, f"{address}#measure=deaths_rate&table=county&codes=01~02~11")
    shown = page.locator("#numbers tbody th").all_inner_texts()
    cite = (page.locator("#cite").text_content() or "").split(" CC0")[0]
    rows = list(csv.DictReader(io.StringIO(save(page, "csv").decode())))
    assert len(rows) == len(shown) == 3
    assert {row["county"] for row in rows} == {"01", "02", "11"}
    assert all(row["citation"] in cite and "not final" in row["flags"] for row in rows)
    found = json.loads(save(page, "json"))
    assert [str(row["value"] if row["value"] is not None else "") for row in found["rows"]] == [
        _plain(row["value"]) for row in rows
    ]
    assert found["citation"] in cite
    assert found["flags"] == ["Recent years are not final.", "The definition changed."]
    drawing = save(page, "svg").decode()
    assert "Manifest SHA-256" in drawing
    assert "<metadata>" in drawing
    assert "Recent years are not final." in drawing
    assert "<script" not in drawing


def _plain(text: str) -> str:
    return str(float(text)) if text else ""


def test_a_picture_is_whole_and_carries_its_citation(page: Page, address: str):
    open_view(page, address)
    chunks = dict(read_chunks(save(page, "png")))
    assert set(chunks) >= {"IHDR", "iTXt", "IDAT", "IEND"}
    about = json.loads(chunks["iTXt"].split(b"\0\0\0\0\0", 1)[1])
    assert about["vintage"] == "2024-09-16.1"
    assert "Recent years are not final." in about["flags"]


def read_chunks(picture: bytes) -> Iterator[tuple[str, bytes]]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(picture):
        size = int.from_bytes(picture[at : at + 4], "big")
        kind, body = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + body) == int.from_bytes(picture[at + 8 + size : at + 12 + size], "big")
        yield kind.decode(), body
        at += 12 + size


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "view",
    [
        "measure=deaths_count&table=year_manner",
        "measure=deaths_rate&table=county",
        "measure=deaths_count&table=year_county&codes=01~02~03",
    ],
)
def test_no_word_of_a_drawn_view_is_clipped_or_covers_another(page: Page, address: str, view: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    open_view(page, f"{address}#{view}")
    boxes = page.locator("#chart svg").evaluate(_BOXES)
    frame, texts = boxes["frame"], boxes["texts"]
    assert texts
    for box in texts:
        assert frame["left"] - 1 <= box["left"], box
        assert box["right"] <= frame["right"] + 1, box
        assert box["bottom"] <= frame["bottom"] + 1, box
    covered = [
        (one["text"], two["text"])
        for place, one in enumerate(texts)
        for two in texts[place + 1 :]
        if min(one["right"], two["right"]) - max(one["left"], two["left"]) > 1.5
        and min(one["bottom"], two["bottom"]) - max(one["top"], two["top"]) > 5
    ]
    assert covered == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


_BOXES = """svg => { const box = item => { const r = item.getBoundingClientRect();
    return {left: r.left, right: r.right, top: r.top, bottom: r.bottom, text: item.textContent}; };
  return {frame: box(svg), texts: [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()).map(box)}; }"""


def test_the_runtime_is_fetched_by_the_explorer_alone_and_from_a_folder_too(page: Page, site: Path):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "indicators/deaths_count.html").resolve().as_uri())
    assert not any("vega" in url for url in asked)
    open_view(page, (site / "explore/custody_deaths.html").resolve().as_uri())
    assert any("vega.min.js" in url for url in asked)


def test_an_embedded_view_shows_itself_and_leads_to_the_whole(page: Page, address: str):
    open_view(page, address.replace(".html", ".embed.html") + "#measure=deaths_rate&table=county")
    assert page.locator("#chart svg").count() == 1
    assert re.match(r"custody_deaths\.html#measure=deaths_rate", page.locator("#whole").get_attribute("href") or "")


def test_without_a_script_every_table_is_there(browser: Browser, address: str):
    off = browser.new_context(java_script_enabled=False)
    plain = off.new_page()
    plain.goto(address)
    assert plain.locator("#tables ~ ul a[download]").count() > 20
    assert plain.locator("#choose").is_hidden()
    off.close()
