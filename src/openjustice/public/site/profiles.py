"""Makes a place's profile on two pages of paper, for people who do not use the internet; Chromium prints it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from openjustice.ground import errors
from openjustice.public.publish import citation
from openjustice.public.site import rendering, sparks
from openjustice.public.site.portal import Area, AreaFigure, Portal, leading_facts

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MOST_FIGURES, MOST_FACTS = 14, 8
_SECONDS = 60
# What Chromium writes of the moment of printing; the length stays, so every offset in the file stays.
_MOMENT = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}([+\-Z][\d']*)?\)")


def profile_html(portal: Portal, area: Area) -> str:
    """Return the profile of an area as a page that stands alone; the portal's language must be spoken."""
    figures = list(portal.area_figures(area))
    facts = portal.facts(area)
    leading = leading_facts(facts)
    others = [fact for fact in facts if fact not in leading]
    shown = figures[:MOST_FIGURES]
    used = {item.view.content.dataset: item.view.content for item in shown}
    used |= {fact.dataset: portal.newest[fact.dataset].content for fact in facts}
    return rendering.render(
        portal,
        f"areas/{area.slug}.html",
        "profile.html",
        area=area,
        facts=[*leading, *others][:MOST_FACTS],
        figures=[(item, _spark(item, area, number)) for number, item in enumerate(shown)],
        more=len(figures) - len(shown),
        sources=[citation.as_text(content) for content in used.values()],
        cautions=list(dict.fromkeys(item.view.indicator.cannot_infer[0] for item in shown)),
    )


def _spark(item: AreaFigure, area: Area, number: int) -> str:
    if (
        len(item.points) < 3
        or not item.view.has_comparable_periods
        or all(point.value is None for point in item.points)
    ):
        return ""
    return sparks.spark_svg(
        item.points, name=f"p{number}", title=f"{item.title}, {area.label}", says="", width=150, height=62
    )


def find_browser() -> str:
    """Return the browser that prints; raises AccessRefused where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise errors.AccessRefused.because(
            "browser_missing",
            "No browser that can print is installed.",
            way_out="Install Chromium, for example with: apt-get install chromium",
            ask="the administrator of this machine",
        )
    return found


def print_pdf(pages_html: Iterable[tuple[str, Path]], *, browser: str) -> None:
    """Print each page to its PDF file; the same page on the same machine gives the same bytes.

    Surprise: another version of the browser, or other fonts, give other bytes. The file appears whole or not at all.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "page.html", Path(folder) / "page.pdf"
        for text, target in pages_html:
            source.write_text(text, encoding="utf-8")
            _print(browser, source, made, profile=Path(folder) / "profile")
            content = _MOMENT.sub(lambda item: item[0][: item[0].index(b"D:") + 2] + _fixed(item[0]), made.read_bytes())
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(content)
            part.replace(target)


def _fixed(written: bytes) -> bytes:
    """Return a fixed moment as long as the one that was written."""
    rest = len(written) - written.index(b"D:") - 3
    return b"19800101000000+00'00'"[:rest].ljust(rest, b"'") + b")"


def _print(browser: str, source: Path, target: Path, *, profile: Path) -> None:
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}",
        f"--print-to-pdf={target}", source.as_uri(),
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)
    except (subprocess.SubprocessError, OSError):
        raise errors.AccessRefused.because(
            "printing_failed",
            "The browser did not print a profile.",
            way_out="Run it again; where it fails again, look whether the browser starts at all.",
            ask="the administrator of this machine",
        ) from None
