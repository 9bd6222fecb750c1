"""Renders the small part of Markdown that notes are written in: headings, paragraphs, lists, emphasis, code, links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])[*_]([^*_\n]+)[*_](?![*\w])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s\"]+|[\w./#-]+)\)"), r'<a href="\2">\1</a>'),
)
_ITEM = re.compile(r"^(?:[-*]|\d+\.) +")


def render(text: str, *, top: int = 2) -> str:
    """Return notes as HTML; their first heading is dropped (the page has one), the others begin at level `top` + 1.

    Surprise: raw HTML is shown as text, never passed on.
    """
    blocks = re.split(r"\n\s*\n", re.sub(r"^# .*\n?", "", text.strip(), count=1).strip())
    return "\n".join(piece for block in blocks if block.strip() for piece in _block(block.strip("\n"), top=top))


def _block(block: str, *, top: int) -> Iterator[str]:
    lines = block.split("\n")
    if heading := re.match(r"^(#{1,5}) +(.*)", lines[0]):
        level = min(6, top + max(0, len(heading[1]) - 2) + (1 if len(heading[1]) >= 2 else 0))
        yield f"<h{level}>{_inline(heading[2])}</h{level}>"
        if rest := "\n".join(lines[1:]).strip("\n"):
            yield from _block(rest, top=top)
    elif _ITEM.match(lines[0]):
        yield from _list(lines)
    elif any(_ITEM.match(line) for line in lines):
        start = next(place for place, line in enumerate(lines) if _ITEM.match(line))
        yield f"<p>{_inline(' '.join(lines[:start]))}</p>"
        yield from _list(lines[start:])
    else:
        yield f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _list(lines: list[str]) -> Iterator[str]:
    tag = "ol" if lines[0][0].isdigit() else "ul"
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line):
            items.append(_ITEM.sub("", line))
        elif items:
            items[-1] += f" {line.strip()}"
    yield f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"


def _inline(text: str) -> str:
    made = html.escape(text, quote=False)
    for pattern, replacement in _INLINE:
        made = pattern.sub(replacement, made)
    return made
