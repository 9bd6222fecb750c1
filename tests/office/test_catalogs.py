"""Every message of the office has its Spanish words, the compiled catalogs are current, and the words keep their places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from openjustice.office.accounts.rules import Role
from openjustice.office.desk import catalogs, words

ROOMS = catalogs.find_rooms()
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_message_is_without_translation(room: Path, language: str):
    assert [(str(item.file), item.text) for item in catalogs.find_missing(room, language)] == []


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_translation_is_of_nothing(room: Path, language: str):
    assert catalogs.find_unused(room, language) == []


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_translation_keeps_the_places_of_its_message(room: Path, language: str):
    for item in catalogs.read_catalog(room, language):
        originals = (item.id,) if isinstance(item.id, str) else item.id
        told = (item.string or "",) if isinstance(item.string, str | None) else item.string
        for original, words_told in zip(originals, told, strict=True):
            assert sorted(PLACE.findall(original)) == sorted(PLACE.findall(words_told)), original


def test_the_compiled_catalogs_are_current():
    stale = [str(path) for path, content in catalogs.compile_catalogs().items() if path.read_bytes() != content]
    assert stale == []


def test_a_missing_translation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    room = tmp_path / "room"
    (room / "templates").mkdir(parents=True)
    (room / "templates" / "page.html").write_text('{% load i18n %}{% translate "Nobody ever wrote this" %}')
    (room / "views.py").write_text('from django.utils.translation import gettext as _\n_("Nor this")\n')
    monkeypatch.setattr(catalogs, "OFFICE", tmp_path)
    assert [item.text for item in catalogs.find_missing(room, "es")] == ["Nobody ever wrote this", "Nor this"]


def test_every_role_has_words():
    assert {item.value for item in Role} - words.known() == set()
