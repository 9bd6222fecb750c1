"""Reads what the registry's words are in other languages: a file `es.po` in the folder of each declaration.

Which words are for readers, the declarations' own classes say (`Words`); a text is looked up by what it says in the
declaration, so that a translation cannot outlive the words that it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from babel.messages import pofile
from babel.messages.catalog import Catalog

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.declaration import FOR_READERS, Declared
from openjustice.contracts.jurisdiction import Jurisdiction, JurisdictionDeclaration
from openjustice.contracts.policy import Policy
from openjustice.ground import errors

M = TypeVar("M", bound=Declared)
Say = Callable[[str], str]
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Text:
    """One text for readers: the words, the declaration they stand in, and the folder whose file translates them."""

    words: str
    place: str
    folder: str


@dataclass(frozen=True)
class Translations:
    """What one jurisdiction's words are in one language.

    `entries`: translation by (declaration, words); the declaration "" answers for every one. A text with `{holes}` answers
    for every sentence that is made by it.
    """

    language: str
    entries: Mapping[tuple[str, str], str]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = field(default=(), repr=False)

    def find(self, text: str, *, place: str = "") -> str | None:
        """Return the translation of a text, or None. White space at line ends is no difference."""
        words = plain(text)
        found = self.entries.get((place, words)) or self.entries.get(("", words))
        return found or next((made for pattern in self.patterns if (made := _fill(pattern, words))), None)


def holds_names(codelist: Codelist, jurisdiction: JurisdictionDeclaration) -> bool:
    """Return whether the labels of a code list are names, which no language changes: those of places, and where it says so."""
    return codelist.names or codelist.codelist == jurisdiction.area_codelist


def file_name(language: str) -> str:
    """Return the name of the files that hold the translations into a language: `es.po` for `es-US`."""
    return f"{language.partition('-')[0]}.po"


def plain(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def read_translations(roots: Sequence[Path], jurisdiction: Jurisdiction, *, language: str) -> Translations:
    """Read every file of one language that a jurisdiction's words may be in: its own folders first, then the common ones."""
    entries: dict[tuple[str, str], str] = {}
    for name in (jurisdiction.id, "common"):
        for root in reversed(roots):
            for path in sorted((root / name).rglob(file_name(language))):
                for place, words, translated in read_entries(path):
                    entries.setdefault((place or path.parent.name, words), translated)
                    if not place:
                        entries.setdefault(("", words), translated)
    names = {
        plain(label)
        for codelist in jurisdiction.codelists.values()
        if holds_names(codelist, jurisdiction.declaration)
        for label in codelist.labels().values()
    }
    entries |= {("", name): name for name in sorted(names) if ("", name) not in entries}
    return Translations(language, entries, tuple(_patterns(entries)))


def load_translations(
    roots: Sequence[Path], jurisdictions: Mapping[str, Jurisdiction]
) -> dict[str, tuple[Translations, ...]]:
    """Read what the words of each jurisdiction are in each further language that its pages are made in."""
    return {
        name: tuple(read_translations(roots, item, language=language) for language in item.declaration.languages)
        for name, item in jurisdictions.items()
        if item.declaration.languages
    }


def read_entries(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield declaration, words and translation of each finished entry of a file; raises RegistryRefused where it is no catalog."""
    for message in _read_catalog(path):
        if message.id and isinstance(message.string, str) and message.string and not message.fuzzy:
            yield message.context or "", plain(str(message.id)), message.string


def _read_catalog(path: Path) -> Catalog:
    try:
        with path.open("rb") as stream:
            return pofile.read_po(stream, locale=path.stem, abort_invalid=True)
    except (pofile.PoFileError, UnicodeDecodeError) as problem:
        raise errors.RegistryRefused.because(
            "not_a_catalog",
            "This file of translations cannot be read.",
            place=errors.Place(file=f"{path.parent.name}/{path.name}", line=getattr(problem, "lineno", None)),
            way_out="Mend it, or take it away and run `openjustice translate`.",
        ) from None


def translate(declared: M, say: Say) -> M:
    """Return a declaration whose words for readers are said in another language; nothing else of it changes."""
    update = {name: made for name, made in _translated_fields(declared, say) if made is not getattr(declared, name)}
    return declared.model_copy(update=update) if update else declared


def find_words(declared: Declared) -> list[str]:
    """Return every text for readers of a declaration, in its order."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    translate(declared, note)
    return [text for text in found if text.strip()]


def find_texts(
    jurisdiction: Jurisdiction, *, datasets: Collection[str], comparability: Mapping[str, Any] | None = None
) -> list[Text]:
    """Return every text that a reader of the pages about some datasets may meet, each once for each declaration."""
    home = jurisdiction.id
    words = [*find_words(jurisdiction.declaration), *_reporter_kinds(jurisdiction, datasets)]
    texts = [Text(item, home, home) for item in words]
    texts += [Text(str(flag["says"]), "comparability", "common") for flag in (comparability or {}).values()]
    for name in sorted(_codelists_of(jurisdiction, datasets)):
        codelist = jurisdiction.codelists[name]
        labels = () if holds_names(codelist, jurisdiction.declaration) else codelist.labels().values()
        texts += [Text(item, name, f"{home}/codelists") for item in (codelist.title, *labels)]
    for name, dataset in jurisdiction.datasets.items():
        if name not in datasets:
            continue
        folder = f"{home}/datasets/{name}"
        policy = [*find_words(public_policy(dataset.policy))] if dataset.policy else []
        words = [*find_words(dataset.contract), *policy]
        words += [*note_blocks(dataset.notes), *_made_words(jurisdiction, name)]
        texts += [Text(item, name, folder) for item in words]
    for name, folder_ in jurisdiction.indicators.items():
        words = [*find_words(folder_.indicator), *find_words(folder_.examples)]
        if folder_.indicator.dataset in datasets:
            texts += [Text(item, name, f"{home}/indicators/{name}") for item in words]
    unique = {(item.place, plain(item.words)): item for item in texts}
    return list(unique.values())


def _codelists_of(jurisdiction: Jurisdiction, datasets: Collection[str]) -> set[str]:
    """Return the code lists that some datasets use, the areas among them."""
    used = {
        (field.codelist or "").partition("@")[0]
        for name in datasets
        for field in jurisdiction.datasets[name].contract.fields.values()
    }
    own = {name for name in datasets for name in _variable_lists(jurisdiction, name)}
    return (used | own | {jurisdiction.declaration.area_codelist}) & set(jurisdiction.codelists)


def _reporter_kinds(jurisdiction: Jurisdiction, datasets: Collection[str]) -> list[str]:
    """Return the kinds of reporters that a statement of quality counts together, where there are too many to name."""
    references = {
        contract.fields[contract.reporter_field].codelist
        for contract in (jurisdiction.datasets[name].contract for name in datasets)
        if contract.reporter_field and contract.persons
    } - {None}
    kinds = [jurisdiction.codelist(reference).attribute("type").values() for reference in references if reference]
    return sorted({sentence_case(str(kind)) for found in kinds for kind in found})


def _variable_lists(jurisdiction: Jurisdiction, dataset: str) -> set[str]:
    """Return the public variables of a dataset: a code list of a variable's own name gives its labels."""
    policy = jurisdiction.datasets[dataset].policy
    return set(policy.tiers["public"].recode) if policy and "public" in policy.tiers else set()


def find_untranslated(texts: Iterable[Text], translations: Translations) -> list[Text]:
    """Return the texts that have no translation."""
    return [item for item in texts if translations.find(item.words, place=item.place) is None]


def public_policy(policy: Policy) -> Policy:
    """Return what a policy says of the public: its own words, and the public tier alone."""
    return policy.model_copy(
        update={"tiers": {name: rules for name, rules in policy.tiers.items() if name == "public"}, "scenarios": {}}
    )


def note_blocks(notes: str) -> list[str]:
    """Return the blocks of a dataset's notes that are translated one by one: what stands between empty lines, and no heading
    of the first level."""
    blocks = re.split(r"\n\s*\n", re.sub(r"^# .*\n?", "", notes.strip(), count=1).strip())
    return [block.strip("\n") for block in blocks if block.strip()]


def _made_words(jurisdiction: Jurisdiction, dataset: str) -> list[str]:
    """Return the words that pages make of names: groups of a code list that public variables have, and scenarios."""
    found = jurisdiction.datasets[dataset]
    public = found.policy.tiers.get("public") if found.policy else None
    words: list[str] = []
    for recoding in (public.recode if public else {}).values():
        reference = found.contract.fields[recoding.of].codelist
        attribute = recoding.into if recoding.method == "merge_small" else recoding.attribute
        if reference and attribute:
            words += [str(value) for value in jurisdiction.codelist(reference).attribute(attribute).values()]
    records = public.microdata.require if public and public.microdata else ()
    words += [item.scenario.replace("_", " ") for item in records]
    return [sentence_case(word) if "_" in word else word for word in dict.fromkeys(words)]


def sentence_case(name: str) -> str:
    """Return a name as words: underscores become spaces, the first letter is a capital."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _translated_fields(declared: Declared, say: Say) -> Iterator[tuple[str, Any]]:
    for name, is_words in _fields(type(declared)).items():
        value = getattr(declared, name)
        yield name, _say_all(value, say) if is_words else _inside(value, say)


@cache
def _fields(model: type[Declared]) -> Mapping[str, bool]:
    """Return for each field of a declaration whether it holds words for readers."""
    return {
        name: FOR_READERS in info.metadata or _mentions(info.annotation) for name, info in model.model_fields.items()
    }


def _mentions(annotation: Any) -> bool:
    return FOR_READERS in getattr(annotation, "__metadata__", ()) or any(
        _mentions(item) for item in get_args(annotation)
    )


def _say_all(value: Any, say: Say) -> Any:
    if isinstance(value, str):
        return say(value) if value.strip() else value
    if isinstance(value, Mapping):
        return {key: _say_all(item, say) for key, item in value.items()}
    return tuple(_say_all(item, say) for item in value) if isinstance(value, tuple) else value


def _inside(value: Any, say: Say) -> Any:
    if isinstance(value, Declared):
        return translate(value, say)
    if isinstance(value, Mapping):
        made = {key: _inside(item, say) for key, item in value.items()}
        return made if any(made[key] is not item for key, item in value.items()) else value
    if isinstance(value, tuple):
        listed = tuple(_inside(item, say) for item in value)
        return listed if any(one is not two for one, two in zip(listed, value, strict=True)) else value
    return value


def _patterns(entries: Mapping[tuple[str, str], str]) -> Iterator[tuple[re.Pattern[str], str]]:
    for (place, words), translated in entries.items():
        if not place and _HOLE.search(words):
            pieces = _HOLE.split(words)
            made = "".join(
                re.escape(piece) if number % 2 == 0 else f"(?P<{piece}>.+?)" for number, piece in enumerate(pieces)
            )
            yield re.compile(made + r"\Z"), translated


def _fill(pattern: tuple[re.Pattern[str], str], words: str) -> str | None:
    found = pattern[0].match(words)
    return pattern[1].format(**found.groupdict()) if found else None
