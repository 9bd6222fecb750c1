"""What is known of a dataset's fields: the contract, its code lists, and how other agencies name and write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openjustice.confidential.collect.profile.clusters import fingerprint, nearest_code
from openjustice.confidential.collect.profile.names import Reading, weigh_words, words_of
from openjustice.contracts.dataset import FieldDeclaration, FieldType
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.source import Codes, FieldSource, Repeats, Source
from openjustice.ground.terms import Role


@dataclass
class Known:
    """What is known of one field: names of its columns, names of columns that flag it, texts by code, and their forms."""

    declared: FieldDeclaration
    repeats: bool = False
    names: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    part: str | None = None

    is_key: bool = False

    @property
    def is_number(self) -> bool:
        """Say whether the field numbers something: rows, incidents, persons."""
        is_named = self.declared.role is Role.DIRECT_IDENTIFIER or self.is_key
        return self.declared.type is FieldType.STRING and is_named

    def code_of(self, text: str, *, neighbor_from: float | None = None) -> str | None:
        """Return the code of a text by the texts that are known, the same or spelled nearly so; null where none is."""
        if (code := self.texts.get(fingerprint(text))) is not None:
            return code
        near = nearest_code(text, self.texts, neighbor_from=neighbor_from) if neighbor_from is not None else None
        return near[0] if near else None

    def found_in(self, text: str) -> str | None:
        """Return the code of the first pattern that is found in a text; null where none is."""
        key = " ".join(text.split()).lower()
        return next((code for pattern, code in self.patterns if pattern.search(key)), None)


@dataclass(frozen=True)
class Knowledge:
    """What is known of each field, and what each word of a column name tells."""

    fields: Mapping[str, Known]
    reading: Reading
    left_out: tuple[str, ...]
    counted: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    begins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def read_with(self, names: Sequence[str]) -> Knowledge:
        """Return the same knowledge for a file whose columns have these names.

        A word that begins several of them and that nobody knows stands for the one party of a file (`subject`, `officer`)
        whose own word begins none.
        """
        firsts = Counter(words[0] for name in names if len(words := self.reading.words(name)) > 1)
        there = {twin for twin in self.twins if any(twin.startswith(word) for word in firsts)}
        absent = [twin for twin in self.twins if twin not in there]
        strange = [
            word
            for word, count in firsts.most_common()
            if count >= _SEVERAL
            and self.begins.get(word, frozenset()) <= frozenset(absent)
            and not any(twin.startswith(word) for twin in self.twins)
        ]
        if len(absent) != 1 or not strange:
            return self
        return replace(self, reading=Reading(self.reading.weights, {**self.reading.stands_for, strange[0]: absent[0]}))


_SEVERAL = 3


def learn(dataset: Dataset, *, codelists: Codes, without: Iterable[str] = ()) -> Knowledge:
    """Learn from the contract, its code lists and the agencies already declared, but for those left out."""
    known: dict[str, Known] = {}
    # The reporter is known without a column, and the number within a row is counted.
    counted = {source.declaration.repeats.number for source in dataset.sources.values() if source.declaration.repeats}
    for name, declared in dataset.contract.fields.items():
        if name == dataset.contract.reporter_field or name in counted:
            continue
        is_key = name in dataset.contract.key
        known[name] = Known(declared, names=[name, declared.title or name], is_key=is_key)
        if declared.codelist and declared.codelist.partition("@")[0] in codelists:
            for item in codelists[declared.codelist.partition("@")[0]].codes:
                known[name].texts |= {fingerprint(item.label): item.code, fingerprint(item.code): item.code}
    skipped = set(without)
    learned = [source for name, source in sorted(dataset.sources.items()) if name not in skipped]
    for source in learned:
        _learn_source(known, source)
    for mapping in dataset.mappings.values():
        for column, target in mapping.columns.items():
            if target in known:
                known[target].names.append(column)
    told = [name for item in known.values() for name in (*item.names, *item.flags)]
    left_out = tuple(column for source in learned for column in source.declaration.ignore)
    twins = _twins(known)
    begins = _begins(known, twins)
    stands_for = {
        word: party for word, parties in begins.items() if (party := _party_of(parties)) is not None and party != word
    }
    reading = Reading(weigh_words([*told, *left_out]), stands_for)
    every = {word: frozenset(parties) for word, parties in begins.items()}
    numbers = tuple(name for name, item in known.items() if item.is_number)
    return Knowledge(known, reading, left_out, tuple(sorted(counted)), twins, numbers, every)


def _twins(known: Mapping[str, Known]) -> tuple[str, ...]:
    """Return the parties of a record: the first words of fields that share most of what follows (`subject`, `officer`)."""
    parts: dict[str, set[str]] = {}
    for name in known:
        first, _, rest = name.partition("_")
        parts.setdefault(first, set()).add(rest)
    return tuple(
        sorted(
            {
                first
                for first in parts
                for other in parts
                if first != other and len((parts[first] & parts[other]) - {""}) >= _SEVERAL
            }
        )
    )


def _begins(known: Mapping[str, Known], twins: tuple[str, ...]) -> dict[str, Counter[str]]:
    """Return for each word that begins names of columns, of how many fields of each party they are (none is "")."""
    begins: dict[str, Counter[str]] = {}
    for name, item in known.items():
        party = name.partition("_")[0]
        for word in {words[0] for column in (*item.names, *item.flags) if len(words := words_of(column)) > 1}:
            begins.setdefault(word, Counter())[party if party in twins else ""] += 1
    return begins


def _party_of(parties: Counter[str]) -> str | None:
    """Return the party that a word stands for: it begins names of several of its fields, and of hardly any other."""
    party, count = parties.most_common(1)[0]
    return party if party and count >= _SEVERAL - 1 and count / parties.total() > 0.8 else None


def _learn_source(known: dict[str, Known], source: Source) -> None:
    declared = source.declaration
    for name, item in declared.fields.items():
        _learn_field(known[name], item)
    if declared.repeats:
        known[declared.repeats.field].repeats = True
        _learn_field(known[declared.repeats.field], declared.repeats)
        for name, item in declared.repeats.aligned.items():
            _learn_field(known[name], item)


def _learn_field(known: Known, item: FieldSource | Repeats) -> None:
    known.names += item.columns
    known.flags |= item.flags
    known.texts |= {fingerprint(text): code for text, code in item.codes.items()}
    known.patterns += [(re.compile(pattern), code) for pattern, code in item.patterns.items()]
    if isinstance(item, FieldSource):
        known.formats += [form for form in item.formats if form not in known.formats]
        known.part = known.part or item.part
    if known.declared.type is FieldType.CODE:
        known.texts |= {fingerprint(text): code for text, code in item.flags.items()}
