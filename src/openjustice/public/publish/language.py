"""Says every sentence of the public wing in the language that is spoken at the time, from message catalogs."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import mofile, pofile
from markupsafe import Markup

from openjustice.contracts.translations import Translations
from openjustice.ground import errors

MESSAGES = Path(__file__).parent / "messages"
DEFAULT = "en-US"

Pieces = tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One language of the site: its tag, its own name, its messages, and what it has for the words that are declared.

    `missing` gathers what was asked for and not found, so that a build can refuse all of it at once.
    """

    tag: str
    messages: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    declared: Translations | None = None
    missing: set[tuple[str, str]] = field(default_factory=set)

    @property
    def code(self) -> str:
        """Return the language alone, as an address names it: `es`."""
        return self.tag.partition("-")[0]

    @property
    def locale(self) -> Locale:
        """Return what Babel knows of the language: names of months, signs of numbers."""
        return _locale(self.tag)

    @property
    def name(self) -> str:
        """Return the language's name in itself: Español."""
        own = self.locale.language_name or self.code
        return own[:1].upper() + own[1:]

    @property
    def is_default(self) -> bool:
        """Return whether the language is the one that the messages in the source are written in."""
        return self.code == DEFAULT.partition("-")[0]

    def word(self, text: str, place: str = "") -> str:
        """Return a declared text in this language; `place` names the declaration, where one text means two things."""
        if self.is_default or not text.strip():
            return text
        found = self.declared.find(text, place=place) if self.declared else None
        if found is None:
            self.missing.add(("declared", text))
            return text
        return found

    def knows(self, text: str) -> bool:
        """Return whether a text that people wrote freely can be told in this language."""
        return self.is_default or (self.declared is not None and self.declared.find(text) is not None)


ENGLISH = Language(DEFAULT)
_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


def spoken() -> Language:
    """Return the language that is spoken now; English where nothing else was chosen."""
    return _SPOKEN.get()


@contextmanager
def speaking(language: Language) -> Iterator[Language]:
    """Speak a language inside the block."""
    token = _SPOKEN.set(language)
    try:
        yield language
    finally:
        _SPOKEN.reset(token)


def say(message: str, /, **given: Any) -> str:
    """Return a message in the language that is spoken, with what is given at its places: `say("{low} to {high}", ...)`.

    The message is a literal, so that it can be found and put into the catalogs.
    """
    found = spoken().messages.gettext(message)
    return found.format(**given) if given else found


def say_count(one: str, many: str, count: int, /, **given: Any) -> str:
    """Return a message about a number of things, in the form that the language has for so many; `{count}` is the number."""
    found = spoken().messages.ngettext(one, many, count)
    return found.format(**{"count": f"{count:,}", **given})


def say_in_page(message: str, /, **given: Any) -> Markup:
    """Return a message as part of a page: what is given is escaped, the message's own tags stand."""
    made = Markup(spoken().messages.gettext(message))  # noqa: S704 (messages are part of the program)
    return made.format(**given) if given else made


def say_count_in_page(one: str, many: str, count: int, /, **given: Any) -> Markup:
    """Return a message about a number of things as part of a page."""
    made = Markup(spoken().messages.ngettext(one, many, count))  # noqa: S704
    return made.format(**{"count": f"{count:,}", **given})


def noted(message: str) -> str:
    """Return a message as it is, only noted for the catalogs; it is said later, with `say`."""
    return message


class Said(Mapping[str, Pieces]):
    """A table of noted messages by code that answers in the language spoken when it is asked."""

    def __init__(self, messages: Mapping[str, Pieces]) -> None:
        self._messages = dict(messages)

    def __getitem__(self, code: str) -> Pieces:
        """Return the pieces of one code, said."""
        return tuple(say(item) for item in self._messages[code])

    def __iter__(self) -> Iterator[str]:
        """Go through the codes in their order."""
        return iter(self._messages)

    def __len__(self) -> int:
        """Return how many codes there are."""
        return len(self._messages)


def read_language(tag: str, *, declared: Translations | None = None) -> Language:
    """Return a language with its catalog of messages; raises RegistryRefused where there is no catalog for it."""
    language = Language(tag, declared=declared)
    if language.is_default:
        return language
    path = MESSAGES / f"{language.code}.po"
    if not path.is_file():
        raise errors.RegistryRefused.because(
            "language_unknown",
            f"There are no messages in the language '{language.code}'.",
            way_out=f"Known: {', '.join(sorted(item.stem for item in MESSAGES.glob('*.po')))}.",
        )
    messages = _read_messages(path)
    messages.add_fallback(_Missing(language.missing))
    return Language(tag, messages=messages, declared=declared, missing=language.missing)


def refuse_missing(languages: Iterator[Language] | tuple[Language, ...]) -> None:
    """Raise RegistryRefused with every text that was asked for and has no translation."""
    faults = [
        errors.Fault(
            code="untranslated",
            what=f"There is no {item.code} for: {text}",
            way_out=f"Run `openjustice translate {item.code}`, then fill in what is empty.",
            ask=errors.RegistryRefused.who_must_act,
        )
        for item in languages
        for _, text in sorted(item.missing)
    ]
    if faults:
        raise errors.RegistryRefused(faults)


class _Missing(gettext.NullTranslations):
    """What is asked when a catalog has no answer: remembers the message, and answers with it."""

    def __init__(self, missing: set[tuple[str, str]]) -> None:
        super().__init__()
        self._missing = missing

    def gettext(self, message: str) -> str:
        self._missing.add(("message", message))
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self._missing.add(("message", msgid1))
        return msgid1 if n == 1 else msgid2


def _read_messages(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as stream:
        catalog = pofile.read_po(stream, locale=path.stem)
    packed = io.BytesIO()
    mofile.write_mo(packed, catalog)
    packed.seek(0)
    return gettext.GNUTranslations(packed)


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


Word = Callable[[str, str], str]
