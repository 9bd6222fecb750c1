"""Finds words that name somebody: names, plates, telephone and identity numbers. The words are never told, only their line."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Holds, NoParameters
from openjustice.confidential.collect.personal import read_sought, shipped_screen
from openjustice.contracts.dataset import Check


def _words(_check: Check, _parameters: NoParameters) -> tuple[str, Holds]:
    return read_sought().hint, lambda text: bool(shipped_screen().find_kinds(text))


CHECK = CheckKind("personal_information", "Words that name somebody", NoParameters, words=_words)
