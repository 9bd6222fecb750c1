"""Keeps the message catalogs: finds every message of a desk, says which has no translation, and compiles the catalogs."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog
from django.utils.translation.template import templatize

OFFICE = Path(__file__).parents[1]
LANGUAGES = ("es",)
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """One message of the office: its words in English, and the file that it stands in."""

    text: str
    file: Path
    context: str | None = None


def find_rooms() -> list[Path]:
    """Return every folder of the office that has pages or words."""
    return sorted(path.parent for path in OFFICE.glob("*/__init__.py"))


def find_messages(room: Path) -> Iterator[Message]:
    """Find every message that a room's code or templates mark for translation."""
    for path in sorted([*room.rglob("*.py"), *room.rglob("templates/**/*.html"), *room.rglob("templates/**/*.txt")]):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = templatize(source, origin=str(path))
        stream = io.BytesIO(source.encode())
        for _line, found, _comments, context in extract.extract("python", stream, keywords=_KEYWORDS):
            for text in (found,) if isinstance(found, str) else found[:1]:
                if text:
                    yield Message(text, path.relative_to(OFFICE), context)


def read_catalog(room: Path, language: str) -> Catalog:
    """Read a room's catalog; an empty one where it has none."""
    path = _path(room, language)
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        catalog = pofile.read_po(stream, locale=language, abort_invalid=True)
    catalog.creation_date = catalog.revision_date = _NO_DATE  # else the compiled form would hold the moment it was made
    return catalog


def find_missing(room: Path, language: str) -> list[Message]:
    """Return the messages of a room that have no translation in this language, here or at the shared desk."""
    catalogs = [read_catalog(room, language), read_catalog(OFFICE / "desk", language)]
    return [item for item in find_messages(room) if not any(_is_translated(catalog, item) for catalog in catalogs)]


def find_unused(room: Path, language: str) -> list[str]:
    """Return the messages of a room's catalog that nothing uses any more."""
    used = {item.text for item in find_messages(room)}
    return [str(_first(item.id)) for item in read_catalog(room, language) if item.id and _first(item.id) not in used]


def compile_catalogs() -> dict[Path, bytes]:
    """Return the compiled form of every catalog, by the place it has in the package."""
    made = {}
    for room in find_rooms():
        for language in LANGUAGES:
            path = _path(room, language)
            if path.is_file():
                stream = io.BytesIO()
                mofile.write_mo(stream, read_catalog(room, language))
                made[path.with_suffix(".mo")] = stream.getvalue()
    return made


def _path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def _is_translated(catalog: Catalog, message: Message) -> bool:
    found = catalog.get(message.text, context=message.context)
    if found is None or found.fuzzy:
        return False
    return all(found.string) if isinstance(found.string, tuple) else bool(found.string)


def _first(identifier: str | Sequence[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]
