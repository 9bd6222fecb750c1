"""Writes a template as a page: in the language that is spoken, with the ways to its root and to what all languages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from openjustice.public.publish.content import MARKERS
from openjustice.public.publish.language import Language, say_count_in_page, say_in_page, spoken
from openjustice.public.publish.release import known_formats
from openjustice.public.site import numbers
from openjustice.public.site.portal import Portal, slug

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """One page: its path from the portal's root, and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Maker:
    """How one page is made, where it stands, and which datasets' releases it shows, so that it is made anew for them alone."""

    path: str
    uses: frozenset[str]
    make: Callable[[], Page]

    def __call__(self) -> Page:
        """Make the page."""
        return self.make()


def make_page(portal: Portal, path: str, template: str, *, here: str, **given: Any) -> Page:
    """Return the page that a template makes; `here` is the part of the portal that it belongs to."""
    return Page(path, render(portal, path, template, here=here, **given))


def render(portal: Portal, path: str, template: str, *, here: str = "", **given: Any) -> str:
    """Return what a template makes of a portal and of what is given, for a page that stands at a path."""
    root = "../" * path.count("/")
    text = (
        environment()
        .get_template(template)
        .render(
            portal=portal,
            jurisdiction=portal.jurisdiction,
            root=root,
            top=top_of(portal, path),
            lang=portal.language.tag,
            is_default=portal.is_default,
            tongues=[_tongue(portal, item, path) for item in portal.languages],
            here=here,
            page_path=path,
            markers=MARKERS,
            form_titles={form.name: form.title for form in known_formats()},
            **given,
        )
    )
    return f"{text}\n"


@dataclass(frozen=True)
class Tongue:
    """The same page in one language: where it stands, seen from this page and from anywhere."""

    tag: str
    name: str
    href: str
    address: str


def _tongue(portal: Portal, language: Language, path: str) -> Tongue:
    place = path if language.tag == portal.languages[0].tag else f"{language.code}/{path}"
    home = portal.jurisdiction.base_address.rstrip("/")
    return Tongue(language.tag, language.name, f"{top_of(portal, path)}{place}", f"{home}/{place}")


def top_of(portal: Portal, path: str) -> str:
    """Return the way from a page to the folder that all languages share: files, style sheet, feeds."""
    return "../" * (path.count("/") + (not portal.is_default))


def _told(text: str) -> Markup:
    """Return what a person wrote, in the language spoken where it is known, else marked as the language it was written in."""
    language = spoken()
    if language.knows(text):
        return escape(language.word(text))
    return Markup('<span lang="en">{}</span>').format(text)


@cache
def environment() -> jinja2.Environment:
    """Return the templates with what they call."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"say": say_in_page, "say_count": say_count_in_page}
    made.filters |= {
        "number": numbers.number,
        "size": numbers.size,
        "day": numbers.day,
        "share": numbers.share,
        "slug": slug,
        "told": _told,
    }
    return made
