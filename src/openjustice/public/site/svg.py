"""Makes a chart's SVG fit for a page: named for screen readers, lean, and free of clashing ids."""

from __future__ import annotations

import html
import re

_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_NOISE = re.compile(r' (?:role|aria-[a-z]+|class|xmlns:xlink|version|pointer-events|cursor)="[^"]*"')
_EMPTY = re.compile(
    r'<path d="M0,0[^"]*"(?: fill="transparent"| fill="none"| stroke="none"| display="none"| style="[^"]*")*/?>(?:</path>)?'
)
_HEAD = re.compile(r"<svg[^>]*?viewBox=\"0 0 ([\d.]+) ([\d.]+)\"[^>]*>")


def for_page(text: str, *, name: str, title: str, says: str, css_class: str = "") -> str:
    """Return an SVG as one image with a title and a description; `name` makes its ids unique on the page.

    Surprise: everything inside is silent to a screen reader; the table beside the chart holds the numbers.
    """
    body = _lean(text)
    found = _HEAD.search(body)
    width, height = (found[1], found[2]) if found else ("0", "0")
    inner = body[found.end() :] if found else body
    inner = re.sub(r'id="(?:clip|gradient_)', lambda item: f"{item[0][:4]}{name}-{item[0][4:]}", inner)
    inner = inner.replace("url(#clip", f"url(#{name}-clip")
    return head(name=name, width=width, height=height, title=title, says=says, css_class=css_class) + inner


def head(*, name: str, width: str, height: str, title: str, says: str, css_class: str = "") -> str:
    """Return the opening tag of a named image with its title and description."""
    chosen = f' class="{css_class}"' if css_class else ""
    return (
        f'<svg{chosen} xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{html.escape(title)}</title>'
        f'<desc id="{name}-d">{html.escape(says)}</desc>'
    )


def _lean(text: str) -> str:
    lean = _NOISE.sub("", text)
    lean = _NUMBER.sub(lambda item: f"{float(item[0]):.2f}".rstrip("0").rstrip("."), lean)
    return lean.replace("\n", "")
