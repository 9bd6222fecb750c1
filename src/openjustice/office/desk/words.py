"""States, roles and acts in the reader's language: rulebooks hold codes, people read words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, str | Promise] = {
    "clerk": _("agency clerk"),
    "steward": _("data steward"),
    "checker": _("checker"),
    "reviewer": _("reviewer"),
    "decider": _("decider"),
    "researcher": _("researcher"),
    "team_member": _("team member"),
    "provider": _("provider"),
    "administrator": _("administrator"),
    "house": _("the office itself"),
}


def teach(words: Mapping[str, str | Promise]) -> None:
    """Add a desk's words for its codes; each desk does so when Django makes it ready."""
    _WORDS.update(words)


def known() -> frozenset[str]:
    """Return every code that has words."""
    return frozenset(_WORDS)


def in_words(code: str, *, of: str = "") -> str:
    """Return the words of a code, of this kind of thing where that has words of its own (taught as `thing.code`).

    A code nobody taught is shown with spaces, so that a page never fails over it.
    """
    return str(_WORDS.get(f"{of}.{code}") or _WORDS.get(code, code.replace("_", " ")))
