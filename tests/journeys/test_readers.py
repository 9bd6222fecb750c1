"""Three readers of the dashboard, in a browser: a reporter, a councillor and an analyst do what they came for."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from openjustice.public.site import server

pytestmark = pytest.mark.browser
LOCAL = f"http://{server.LOCAL}"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Give the address of the site, served on this machine under its own policy."""
    with server.make_server(site, port=0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"{LOCAL}:{serving.server_address[1]}/"
        serving.shutdown()
        thread.join()


def sealed(site: Path, table: str) -> list[dict[str, Any]]:
    given = json.loads((site / f"data/custody_deaths/latest/{table}.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = given["rows"] if isinstance(given, dict) else given
    return rows


def test_a_reporter_finds_a_county_compares_it_sees_why_a_year_is_provisional_downloads_and_cites(
    page: Page, address: str, site: Path
):
    page.goto(address)
    page.click("main a:text-is('Fenwater')")
    assert page.locator("h1").inner_text() == "Fenwater"
    page.click("a:has-text('Compare Fenwater with others')")
    beside = page.locator("section[aria-labelledby=group0]")
    names = set(beside.locator("tr[data-area] th a").all_inner_texts())
    assert names == {"Fenwater", "Bramblewick", "Eastholm", "Glasswick", "Juniper Flats"}  # the four it borders on
    shown = beside.locator("table.compare").first.locator("tr[data-area='01'], tr[data-area]")
    assert shown.count() == 5
    page.click("main a:has-text('Deaths in custody per 100,000 residents')")
    assert "Recent periods are provisional." in (page.locator("#comparable ~ p").first.text_content() or "")
    assert page.locator("sup.st[title^=Provisional]").count() > 0
    with page.expect_download() as waiting:
        page.click("section[aria-labelledby=county] a[download]:text-is('CSV')")
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8"))))
    wanted = next(row for row in sealed(site, "deaths_rate__by_county") if row["county"] == "06")
    found = next(row for row in rows if row["county"] == "06")
    assert found["value"] == ("" if wanted["value"] is None else str(wanted["value"]))
    page.click("main a[href$='datasets/custody_deaths/index.html'] >> nth=0")
    assert "vintage 2024-09-16.1" in (page.locator("section[aria-labelledby=cite] .box").text_content() or "")


def test_a_councillor_chooses_three_places_and_shares_the_address(page: Page, address: str):
    page.goto(f"{address}compare/index.html")
    selects = page.locator("#choose select")
    for place, code in enumerate(("01", "04", "06")):
        selects.nth(place).select_option(code)
    assert page.url.endswith("#01,04,06")
    assert page.locator("tr[data-area]:visible").count() == 3 * page.locator("table.compare").count()
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    assert page.locator("#chosen").inner_text() == "Shown alone: Aldermoor, Dunmere, Fenwater."
    assert "Not set side by side." in page.locator("main").inner_text()  # the counts, with the reason
    assert page.locator("tr[data-area='01'] svg.onescale").count() == 1  # the rate alone is drawn
    page.goto(f"{address}indicators/deaths_rate.html#ranks")
    assert "can be told apart" in page.locator("section[aria-labelledby=ranks]").inner_text()
    page.goto(f"{address}indicators/deaths_count.html#ranks")
    assert "There is no ranking." in page.locator("section[aria-labelledby=ranks]").inner_text()


def test_an_analyst_checks_the_definition_the_protection_and_the_correction(page: Page, address: str):
    page.goto(f"{address}indicators/deaths_rate.html")
    assert "2 / 400,000 x 100,000 = 0.5." in page.locator("section[aria-labelledby=computed]").inner_text()
    page.click("footer a:text-is('How people are protected')")
    found = re.search(r"(\d[\d,]*) of (\d[\d,]*) numbers of its tables are withheld", page.locator("main").inner_text())
    assert found is not None
    page.click("footer a:text-is('Corrections and revisions')")
    assert "Three deaths of 2022" in page.locator("main").inner_text()
    page.click("nav a:text-is('Explore')")
    page.click("main a:text-is('Deaths in custody')")
    page.wait_for_selector("#view[data-drawn]")
    with page.expect_download() as waiting:
        page.click("[data-save=json]")
    given = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert given["vintage"] == "2024-09-16.1"
    assert given["manifest_sha256"]
    assert given["rows"]


def test_numbers_in_comparisons_are_the_sealed_ones(site: Path):
    rows = {row["county"]: row for row in sealed(site, "deaths_rate__by_county")}
    by_year = {(row["county"], row["death_year"]): row for row in sealed(site, "deaths_rate__by_year_county")}
    text = (site / "compare/index.html").read_text(encoding="utf-8")
    section = text[text.index("deaths-rate") :]
    when = re.search(r"<caption>[^<]*, (\d{4}|All)\.", section)
    assert when is not None
    for code, row in rows.items():
        if code == "_T":
            continue
        wanted = row if when[1] == "All" else by_year[code, when[1]]
        shown = re.search(rf'data-area="{code}"><th scope="row">[^<]*</th><td class="n">(.*?)(?:<sup|</td>)', section)
        assert shown is not None
        assert shown[1] == f"{wanted['value']:,.1f}" if wanted["value"] is not None else "abbr" in shown[1]
