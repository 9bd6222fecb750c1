"""What is said in another language: every message of the program has a translation with the same holes and tags."""

from __future__ import annotations

import pytest

from openjustice.contracts.translations import Translations
from openjustice.ground import errors
from openjustice.public.publish import language
from openjustice.public.publish.content import MARKERS
from openjustice.public.publish.language import Language, say, say_count, say_in_page, speaking
from openjustice.public.site import numbers


def test_english_is_what_the_program_says():
    assert say("{low} to {high}", low=1, high=2) == "1 to 2"
    assert say_count("{count} table", "{count} tables", 1) == "1 table"
    assert say_count("{count} table", "{count} tables", 1200) == "1,200 tables"


def test_what_is_given_to_a_page_is_escaped_and_the_message_is_not():
    assert say_in_page("<strong>{name}</strong>", name="<script>") == "<strong>&lt;script&gt;</strong>"


def test_a_language_is_spoken_inside_its_block_alone():
    spanish = language.read_language("es-US")
    with speaking(spanish):
        assert MARKERS["c"][0] != "withheld"
        assert numbers.day("2024-09-16") == "16 de septiembre de 2024"
    assert MARKERS["c"][0] == "withheld"


def test_everything_that_is_missing_is_refused_at_once():
    spanish = language.read_language("es-US", declared=Translations("es-US", {}))
    with speaking(spanish):
        assert say("No catalog has this sentence.") == "No catalog has this sentence."
    assert spanish.word("Nor this word") == "Nor this word"
    with pytest.raises(errors.RegistryRefused) as refusal:
        language.refuse_missing((Language("en-US"), spanish))
    assert refusal.value.codes == ("untranslated", "untranslated")
    assert {fault.what for fault in refusal.value.faults} == {
        "There is no es for: No catalog has this sentence.",
        "There is no es for: Nor this word",
    }


def test_a_language_without_a_catalog_is_refused():
    with pytest.raises(errors.RegistryRefused) as refusal:
        language.read_language("tlh")
    assert refusal.value.codes == ("language_unknown",)


def test_numbers_are_written_as_the_language_writes_them():
    with speaking(Language("es-ES")):
        assert numbers.number(1234567.5, decimals=1) == "1.234.567,5"
    with speaking(Language("es-US")):
        assert numbers.number(-1234.5, decimals=1) == "\u22121,234.5"
