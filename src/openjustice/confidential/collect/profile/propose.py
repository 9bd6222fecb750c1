"""Proposes for each column the field that it could fill, by its name and its values, with how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openjustice.confidential.collect.profile.columns import FORMATS, HOURS, Column, Kind, find_format
from openjustice.confidential.collect.profile.knowledge import Knowledge, Known
from openjustice.contracts.dataset import FieldType
from openjustice.contracts.declaration import Declared


class Profiling(Declared):
    """The weights and thresholds of a proposal."""

    profiling: str
    title: str
    says: str
    name_weight: float
    value_weights: Mapping[str, float]
    contradicted: float
    propose_from: float
    sure_from: float
    neighbor_from: float
    sampled_values: int
    flag_words: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What a column could be: a field or none, how sure that is from 0 to 1, and the next best fields."""

    column: Column
    field: str | None
    confidence: float
    others: tuple[tuple[str, float], ...]
    is_flag: bool = False


def propose(columns: Sequence[Column], *, knowledge: Knowledge, settings: Profiling) -> list[Proposal]:
    """Propose a field for each column: the best for all together, since in one file one column fills one field.

    Several columns may fill the field that repeats. A column whose best field stays under the threshold is left to the
    clerk, with its next best fields told.
    """
    knowledge = knowledge.read_with([column.name for column in columns])
    scores = [
        {name: _score(column, place, name, knowledge, settings) for name in knowledge.fields}
        for place, column in enumerate(columns)
    ]
    ranked = sorted(
        ((score, place, name) for place, own in enumerate(scores) for name, score in own.items()),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    chosen: dict[int, str] = {}
    taken: dict[str, set[str]] = {}
    for score, place, name in ranked:
        column, known = columns[place], knowledge.fields[name]
        if score < settings.propose_from or place in chosen or _is_left_out(column, score, knowledge):
            continue
        if not known.repeats and taken.get(name, set()) & column.files:
            continue
        chosen[place] = name
        if not _is_folded(column, known):
            taken.setdefault(name, set()).update(column.files)
    chosen |= _beside(columns, chosen, knowledge)
    return [_proposal(column, chosen.get(place), scores[place], knowledge) for place, column in enumerate(columns)]


def _beside(columns: Sequence[Column], chosen: Mapping[int, str], knowledge: Knowledge) -> dict[int, str]:
    """Return the yes-or-no columns that nothing else claims and that stand among those of the field that repeats."""
    found: dict[int, str] = {}
    for place, column in enumerate(columns):
        if place in chosen or column.kind is not Kind.FLAG:
            continue
        near = [
            chosen[at]
            for at in range(place - _NEAR, place + _NEAR + 1)
            if at in chosen and columns[at].kind is Kind.FLAG
        ]
        beside = [name for name in near if knowledge.fields[name].repeats]
        if len(beside) >= 2 and len(beside) > len(near) / 2:
            found[place] = beside[0]
    return found


_NEAR = 3


def _proposal(column: Column, field: str | None, own: Mapping[str, float], knowledge: Knowledge) -> Proposal:
    order = sorted(own, key=lambda name: (-own[name], name))
    others = tuple((name, own[name]) for name in order[:4] if name != field)[:3]
    known = knowledge.fields[field] if field else None
    is_flag = known is not None and _is_folded(column, known)
    return Proposal(column, field, own[field] if field else 1 - (others[0][1] if others else 0.0), others, is_flag)


def _score(column: Column, place: int, name: str, knowledge: Knowledge, settings: Profiling) -> float:
    """Return how sure it is that a column fills a field: its name and its values are two witnesses, each fallible."""
    known = knowledge.fields[name]
    by_name = settings.name_weight * _name_score(column, known, knowledge)
    if column.kind is Kind.EMPTY:
        return by_name
    value = _value_score(column, known, settings)
    if place < _NUMBERS_STAND_FIRST and name in knowledge.numbers[: 2 if place else 1] and value > 0:
        by_name = max(by_name, settings.propose_from * value)
    return 1 - (1 - by_name) * (1 - _weight(known, settings) * value) if value > 0 else by_name * settings.contradicted


# Numbers of rows and of incidents stand before all else, whatever they are called.
_NUMBERS_STAND_FIRST = 2
_DIFFERENT = 0.95


def _weight(known: Known, settings: Profiling) -> float:
    """Return what values witness of a field: much where a code list knows them, little where any text or number would do."""
    is_yes_or_no = {"yes", "no"} <= set(known.texts.values())
    kind = known.declared.type
    if kind is FieldType.CODE and not is_yes_or_no:
        return settings.value_weights["code"]
    if known.is_number:
        return settings.value_weights["number"]
    return settings.value_weights["moment" if kind is FieldType.DATE or known.part == "hour" else "other"]


def _name_score(column: Column, known: Known, knowledge: Knowledge) -> float:
    read = knowledge.reading
    own = max(read.likeness(column.name, name) for name in known.names)
    own = max(own, _SENTENCE * read.told_by(column.name, known.declared.says))
    return max(own, _flag_score(column, known, knowledge)) if column.kind is Kind.FLAG else own


_SENTENCE, _FOLD = 0.7, 0.9


def _flag_score(column: Column, known: Known, knowledge: Knowledge) -> float:
    """Return how well a yes-or-no column names one code of a field: `Taser Used` among kinds of force."""
    if not (known.flags or known.repeats) and known.declared.type is not FieldType.CODE:
        return 0.0
    if known.declared.type is FieldType.CODE and {"yes", "no"} <= set(known.texts.values()):
        return 0.0
    told = [*known.flags, *known.texts]
    best = max((knowledge.reading.likeness(column.name, text) for text in told), default=0.0)
    by_pattern = any(pattern.search(" ".join(knowledge.reading.words(column.name))) for pattern, _ in known.patterns)
    return max(_FOLD * best, 0.5 if by_pattern and known.repeats else 0.0)


def _is_folded(column: Column, known: Known) -> bool:
    """Say whether a column is one of several that fold into a field: a yes or no to one code or word of it."""
    is_code = known.declared.type is FieldType.CODE and not {"yes", "no"} <= set(known.texts.values())
    return column.kind in (Kind.FLAG, Kind.EMPTY) and (is_code or bool(known.flags))


def _value_score(column: Column, known: Known, settings: Profiling) -> float:
    texts = [text for text, _ in column.texts]
    match known.declared.type:
        case FieldType.CODE:
            return _code_score(column, known, settings)
        case FieldType.DATE:
            return 1.0 if column.kind is Kind.DAY else 0.0
        case FieldType.INTEGER:
            return _integer_score(column, known)
        case FieldType.NUMBER:
            return 1.0 if column.kind in (Kind.NUMBER, Kind.INTEGER) else 0.0
        case FieldType.BOOLEAN:
            return 1.0 if column.kind is Kind.FLAG else 0.0
        case FieldType.STRING:
            if known.is_number:
                return _number_score(column, known)
            if column.kind is Kind.FLAG:
                return 0.5 if known.flags else 0.0
            if known.declared.pattern:
                return column.share(bool(re.fullmatch(known.declared.pattern, text)) for text in texts)
            return 0.2 if column.kind in (Kind.DAY, Kind.HOUR) else 0.6


def _code_score(column: Column, known: Known, settings: Profiling) -> float:
    if column.kind is Kind.FLAG:
        is_yes_or_no = {"yes", "no"} <= set(known.texts.values())
        return 1.0 if is_yes_or_no else 0.15
    if column.kind in (Kind.DAY, Kind.HOUR):
        return 0.0
    told = sum(count * _certainty(text, known, settings) for text, count in column.texts)
    share = told / max(1, sum(count for _, count in column.texts))
    return share if share > 0.05 else 0.05 if column.kind in (Kind.CODE, Kind.TEXT) else 0.0


def _certainty(text: str, known: Known, settings: Profiling) -> float:
    """Return how surely a text, or a part of it, is one of a field's: a known text, or only one that a pattern finds."""
    parts = _parts(text)
    if any(known.code_of(part, neighbor_from=settings.neighbor_from) is not None for part in parts):
        return 1.0
    return _BY_PATTERN if any(known.found_in(part) for part in parts) else 0.0


_BY_PATTERN = 0.5


def _number_score(column: Column, known: Known) -> float:
    """Return how well a column could number rows, incidents or persons: short words with digits, many of them different."""
    if column.kind in (Kind.FLAG, Kind.DAY, Kind.HOUR) or column.distinct < _FEWEST_NUMBERS:
        return 0.0
    like = column.share(
        bool(re.fullmatch(r"[^\W_]{0,6}[-#_ ]?\d[\w, -]{0,24}|-?\d+", text)) for text, _ in column.texts
    )
    different = column.distinct / max(1, column.filled)
    if known.is_key:
        return like if different >= _DIFFERENT else 0.0
    return like * min(1.0, 2 * different)


_FEWEST_NUMBERS = 10


def _integer_score(column: Column, known: Known) -> float:
    low, high = known.declared.range or (None, None)
    if known.part == "hour" and column.kind is Kind.HOUR:
        return 1.0
    if known.part and column.kind is Kind.DAY:
        return 0.7
    if column.kind not in (Kind.INTEGER, Kind.FLAG):
        return 0.0
    inside = column.share(
        (low is None or float(text) >= low) and (high is None or float(text) <= high)
        if re.fullmatch(r"-?\d+(\.0*)?", text)
        else False
        for text, _ in column.texts
    )
    return inside if inside > 0.5 else 0.0


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,;/|]", text) if part.strip()]
    return [text, *parts] if len(parts) > 1 else [text]


def _is_left_out(column: Column, score: float, knowledge: Knowledge) -> bool:
    """Say whether other agencies leave a column of this name out, and nothing is surer than that."""
    like = max((knowledge.reading.likeness(column.name, name) for name in knowledge.left_out), default=0.0)
    return like >= 0.97 and score < 0.5


def formats_of(column: Column, known: Known) -> tuple[str, ...]:
    """Return the forms in which a column writes its moments: those that other agencies use first."""
    every = dict.fromkeys((*known.formats, *(HOURS if known.part == "hour" else FORMATS)))
    return find_format(column, tuple(every))
