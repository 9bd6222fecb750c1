"""Presidio's analyzer with our recognizers and without a language model: words are split by rules, nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import spacy
from presidio_analyzer import (
    AnalyzerEngine,
    EntityRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import PhoneRecognizer

from openjustice.confidential.collect.personal.names import find_names
from openjustice.confidential.collect.personal.sought import Sought


class _Splitter(NlpEngine):
    """Splits a text into words by the rules of English, and knows nothing of what they mean."""

    def __init__(self) -> None:
        self._nlp = spacy.blank("en")

    def load(self) -> None:
        """Load nothing: there is no model."""

    def is_loaded(self) -> bool:
        """Say yes."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Split one text."""
        split = self._nlp(text)
        return NlpArtifacts(
            entities=[], tokens=split, tokens_indices=[token.idx for token in split],
            lemmas=[token.text.lower() for token in split], nlp_engine=self, language=language,
        )  # fmt: skip

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_more: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Split texts one after the other."""
        del batch_size, n_process
        for text in texts:
            yield text, self.process_text(text, language)

    def is_stopword(self, word: str, language: str) -> bool:
        """Say whether a word is too usual to be a context."""
        del language
        return bool(self._nlp.vocab[word].is_stop)

    def is_punct(self, word: str, language: str) -> bool:
        """Say whether a word is a sign."""
        del language
        return bool(self._nlp.vocab[word].is_punct)

    def get_supported_entities(self) -> list[str]:
        """Return nothing: it finds none by itself."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the one language."""
        return ["en"]


class _Names(EntityRecognizer):
    """Finds names by lists and titles."""

    def __init__(self, sought: Sought, *, first: frozenset[str], last: frozenset[str]) -> None:
        self._score = sought.names.score
        self._first, self._last = first, last
        self._titles = frozenset(word.casefold() for word in sought.names.titles)
        self._not_names = frozenset(word.casefold() for word in sought.names.not_names)
        super().__init__(supported_entities=["NAME"], supported_language="en", name="names")

    def load(self) -> None:
        """Load nothing: the lists were given."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """Return where names stand."""
        del entities, nlp_artifacts
        places = find_names(text, first=self._first, last=self._last, titles=self._titles, not_names=self._not_names)
        return [RecognizerResult("NAME", begin, end, self._score) for begin, end in places]


def make_analyzer(sought: Sought, *, first: frozenset[str], last: frozenset[str]) -> AnalyzerEngine:
    """Return an analyzer that looks for what is declared, and for nothing else."""
    known: list[EntityRecognizer] = [_Names(sought, first=first, last=last), _phone(sought)]
    for name, item in sought.patterns.items():
        patterns = [Pattern(f"{name} {number}", text, item.score) for number, text in enumerate(item.patterns)]
        known.append(
            PatternRecognizer(
                supported_entity=name.upper(), name=name, patterns=patterns, context=list(item.context),
                supported_language="en", global_regex_flags=0,
            )
        )  # fmt: skip
    registry = RecognizerRegistry(recognizers=known, supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=_Splitter(), supported_languages=["en"])


def _phone(sought: Sought) -> PhoneRecognizer:
    made = PhoneRecognizer(supported_language="en", supported_regions=list(sought.telephone.regions), leniency=2)
    made.SCORE = sought.telephone.score
    return made
