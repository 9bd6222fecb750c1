"""Words of the registry in another language: found by what they say, all faults told, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from openjustice.contracts import registry, translations
from openjustice.contracts.dataset import Code, Codelist
from openjustice.contracts.indicator import Breakdown, Indicator, Quantity
from openjustice.contracts.translations import Translations
from openjustice.ground import errors

INDICATOR = Indicator(
    indicator="deaths",
    title="Deaths",
    dataset="custody",
    question="How many?",
    says="A count.",
    unit="deaths",
    numerator=Quantity(dataset="custody", where="manner = 'x'", says="Every death."),
    interval="none",
    breakdowns={"year": Breakdown(variables=("year",), title="By year")},
    can_infer=("How many.",),
    cannot_infer=("Why.",),
)


def test_every_word_for_readers_is_said_anew_and_nothing_else():
    made = translations.translate(INDICATOR, lambda text: f"<{text}>")
    assert made.title == "<Deaths>"
    assert made.unit == "<deaths>"
    assert made.can_infer == ("<How many.>",)
    assert made.breakdowns["year"].title == "<By year>"
    assert made.numerator.says == "<Every death.>"
    assert made.numerator.where == "manner = 'x'"
    assert made.breakdowns["year"].variables == ("year",)
    assert made.breakdowns["year"].note == ""
    assert (made.indicator, made.dataset) == ("deaths", "custody")


def test_the_words_are_listed_in_their_order():
    assert translations.find_words(INDICATOR)[:3] == ["Deaths", "How many?", "A count."]


def test_one_text_may_mean_two_things():
    known = Translations("es", {("", "Other"): "Otro", ("race", "Other"): "Otra"})
    assert known.find("Other") == "Otro"
    assert known.find("Other", place="race") == "Otra"
    assert known.find("Others") is None


def test_a_pattern_answers_for_every_sentence_made_by_it(tmp_path: Path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "es.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "{hidden} of {all} numbers hidden."\nmsgstr "{hidden} de {all} números están ocultos."\n',
        encoding="utf-8",
    )
    demo = registry.load_registry(only=["demo"]).jurisdiction("demo")
    known = translations.read_translations([tmp_path], demo, language="es-US")
    assert known.find("3 of 1,200 numbers hidden.") == "3 de 1,200 números están ocultos."
    assert known.find("3 of 1,200 numbers hidden. And more.") is None


def test_names_of_places_are_the_same_in_every_language(tmp_path: Path):
    demo = registry.load_registry(only=["demo"]).jurisdiction("demo")
    known = translations.read_translations([tmp_path], demo, language="es-US")
    county = next(iter(demo.codelist("counties").labels().values()))
    assert known.find(county) == county
    names = Codelist(codelist="x", version="1", title="Names", names=True, codes=(Code(code="1", label="Juan"),))
    assert translations.holds_names(names, demo.declaration)


def test_a_file_that_is_no_catalog_is_refused_with_its_line(tmp_path: Path):
    (tmp_path / "es.po").write_text('msgid "a"\nrubbish\n', encoding="utf-8")
    with pytest.raises(errors.RegistryRefused) as refusal:
        list(translations.read_entries(tmp_path / "es.po"))
    assert refusal.value.codes == ("not_a_catalog",)
