"""What is said in another language: every message of the program has a translation with the same holes and tags."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest
from babel.messages import pofile

from openjustice.cli.house import translate
from openjustice.contracts.registry import shipped_registry
from openjustice.contracts.translations import Translations, plain
from openjustice.ground import discovery, errors
from openjustice.protect import methods
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan.sentences import AGAINST_TABLES, Shown, say_page
from openjustice.public.publish import language
from openjustice.public.publish.content import MARKERS
from openjustice.public.publish.language import Language, say, say_count, say_in_page, speaking
from openjustice.public.publish.sealed import say_again
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


def plain_text(message: str | list[str] | tuple[str, ...] | None) -> str:
    return plain(forms_of(message)[0])


def catalogs() -> list[Path]:
    return [*language.MESSAGES.glob("*.po"), *sorted(shipped_registry().rglob("*.po"))]


def test_nothing_that_the_program_says_lacks_a_translation():
    for catalog in language.MESSAGES.glob("*.po"):
        with catalog.open("rb") as stream:
            done = {plain_text(item.id) for item in pofile.read_po(stream) if item.id and all(forms_of(item.string))}
        assert [message for message in translate.find_messages() if plain_text(message) not in done] == []


def test_a_translation_has_the_same_holes_tags_and_figures():
    for path in catalogs():
        with path.open("rb") as stream:
            for item in pofile.read_po(stream):
                for text, translated in zip(forms_of(item.id), forms_of(item.string), strict=True):
                    if item.id and translated:
                        assert parts(text) == parts(translated), f"{path.name}: {text[:60]}"


def forms_of(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def parts(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}|</?\w+[^>]*>|\d[\d,.]*\d|\d", text))


def test_the_sentences_that_are_sealed_are_those_that_are_said_again():
    attacks = [
        AttackResult(attack=name, against="tables", passed=True, says="", figures={"earlier_releases": 2})
        for name in AGAINST_TABLES
    ]
    sealed = [
        say_page(Shown(1200, hidden, share), attacks=chosen)
        for hidden, share in ((0, 1.0), (3, 0.97), (3, None))
        for chosen in (attacks, [])
    ]
    for name in ("controlled_rounding", "random_rounding", "dp_cubes", "cell_key", "percentage_coding"):
        method = discovery.load_plugin(methods, name, attribute="METHOD")
        assert method.consequence is not None
        sealed += list(method.consequence(_Example(name)))
    spanish = language.read_language("es-US")
    with speaking(spanish):
        assert [text for text in sealed if say_again(text) is None] == []
    assert spanish.missing == set()


class _Example:
    """Parameters of any method, as its words need them."""

    base, threshold, epsilon, budget, decimals, smallest_group = 3, 10, 1.5, 4.0, 0, 10
    rounding = types.SimpleNamespace(base=3, threshold=10)
    noise = types.SimpleNamespace(largest_change=2)
    caps = (types.SimpleNamespace(group_at_least=10, cap=10.0), types.SimpleNamespace(group_at_least=100, cap=5.0))

    def __init__(self, name: str) -> None:
        self.name = name
