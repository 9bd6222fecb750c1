"""Pages for everyone: HTML_CodeSniffer and axe in Spanish, by keyboard, at four times the size, with still pictures, on paper."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from openjustice.public.site import palette

SNIFFER = Path(__file__).parents[1] / "vendor/html_codesniffer/HTMLCS.js"
KINDS = (
    "index.html",
    "indicators/index.html",
    "indicators/deaths_rate.html",
    "areas/index.html",
    "areas/kestrel-bluff.html",
    "compare/index.html",
    "datasets/index.html",
    "datasets/custody_deaths/index.html",
    "methods.html",
    "ledger.html",
    "markers.html",
    "search.html",
    "a-z/index.html",
    "a-z/k.html",
)
SNIFF = """() => new Promise(done => HTMLCS.process('WCAG2AA', document, () =>
    done(HTMLCS.getMessages().filter(item => item.type === HTMLCS.ERROR).map(item => item.code + ' ' + item.element.outerHTML.slice(0, 160)))))"""


@pytest.mark.browser
@pytest.mark.parametrize("language", ["", "es/"])
def test_html_codesniffer_finds_no_error(page: Page, site: Path, language: str):
    found: dict[str, list[str]] = {}
    for path in KINDS:
        page.goto((site / f"{language}{path}").resolve().as_uri())
        page.evaluate(SNIFFER.read_text(encoding="utf-8"))
        if errors := page.evaluate(SNIFF):
            found[path] = errors
    assert found == {}


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_violation_in_spanish(page: Page, site: Path, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    found: dict[str, list[str]] = {}
    for path in KINDS:
        page.goto((site / "es" / path).resolve().as_uri())
        results = Axe().run(page).response["violations"]
        problems = [f"{item['id']}: {node['html'][:160]}" for item in results for node in item["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append("wider than its screen")
        if problems:
            found[path] = problems
    assert found == {}


@pytest.mark.browser
def test_a_person_with_a_keyboard_reaches_the_content_the_search_and_the_other_language(page: Page, site: Path):
    page.goto((site / "index.html").resolve().as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " return [e.tagName, e.lang || e.name || e.textContent.trim(), s.outlineStyle !== 'none' || s.boxShadow !== 'none']; })()"
            )
        )
    names = [name for _, name, _ in reached]
    assert "q" in names
    assert "es-US" in names
    assert names.index("q") < names.index("es-US")
    assert all(is_visible for _, _, is_visible in reached)


@pytest.mark.browser
def test_a_screen_reader_meets_landmarks_names_and_headings_in_order(page: Page, site: Path):
    for path in ("areas/aldermoor.html", "es/areas/aldermoor.html", "es/indicators/deaths_count.html"):
        page.goto((site / path).resolve().as_uri())
        assert page.evaluate("document.documentElement.lang") == ("es-US" if path.startswith("es/") else "en-US")
        order = page.evaluate("[...document.querySelectorAll('header, main, footer')].map(item => item.tagName)")
        assert [name for name in order if name in ("HEADER", "MAIN", "FOOTER")][:1] == ["HEADER"]
        levels = page.evaluate(
            "[...document.querySelectorAll('main h1, main h2, main h3, main h4')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        unnamed = page.evaluate(
            "[...document.querySelectorAll('main svg[role=img]')].filter(s => !s.querySelector('title')?.textContent.trim()).length"
        )
        assert unnamed == 0


@pytest.mark.browser
def test_text_at_four_times_its_size_still_fits_one_column(page: Page, site: Path):
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    for path in ("index.html", "es/areas/aldermoor.html", "es/search.html", "es/indicators/deaths_count.html"):
        page.goto((site / path).resolve().as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.browser
def test_nothing_moves_for_those_who_ask_for_stillness(browser: Browser, site: Path):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto((site / "index.html").resolve().as_uri())
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0
    context.close()


@pytest.mark.browser
def test_on_paper_there_is_no_navigation_and_every_table_is_whole(page: Page, site: Path):
    page.emulate_media(media="print")
    page.goto((site / "es/datasets/custody_deaths/index.html").resolve().as_uri())
    assert page.locator("header nav").first.is_hidden()
    assert page.locator("form.search").first.is_hidden()
    clipped = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(s => s.scrollHeight > s.clientHeight + 1).length"
    )
    assert clipped == 0


def test_the_words_of_charts_stand_out_from_paper():
    for name in ("INK", "QUIET", "ACCENT"):
        assert contrast(getattr(palette, name), palette.PAPER) >= 4.5, name
    assert all(contrast(color, palette.PAPER) >= 3 for color in palette.SERIES)


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colors as WCAG 2.2 defines it."""
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
