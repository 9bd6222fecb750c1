"""Makes ready what the screen asks of each column, each row and each key, from the same rules that the engine runs."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect import rules
from openjustice.confidential.collect.check import CellTest, Passing, Scene, text_of
from openjustice.confidential.collect.ingest import Ingested, reading
from openjustice.confidential.collect.screen import cells, conditions
from openjustice.confidential.collect.screen.automaton import automaton
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.confidential.collect.screen.words import table_of
from openjustice.contracts.dataset import Checks, FieldType
from openjustice.ground import engine as engines
from openjustice.ground.kernels import WORD

Array = NDArray[Any]
# Reads a column: the arrays of a block, the column's place, and what to take off the end of its cells.
Read = Callable[..., None]

_POWERS = np.array([10.0**exponent for exponent in range(cells.MOST_DIGITS + 1)])
_PARTS = {"Y": 4, "m": 2, "d": 2}
_LISTED = (FieldType.CODE, FieldType.BOOLEAN)


@dataclass(frozen=True)
class Column:
    """A column that fills a field: its place in the file, how it is read, and what its values are kept as."""

    name: str
    place: int
    read: Read
    more: tuple[Any, ...]
    kind: type = np.int64


@dataclass(frozen=True)
class KeyPlan:
    """A key that may stand only once: its fields, whether as values or as texts, and the types of the first."""

    names: tuple[str, ...]
    is_strict: bool


@dataclass(frozen=True)
class Plan:
    """What the screen asks of a text. `valued` are the fields whose values a rule or a key needs."""

    delimiter: int
    width: int
    columns: tuple[Column, ...]
    sieves: tuple[Callable[[conditions.Columns], Array], ...]
    keys: tuple[KeyPlan, ...]
    valued: frozenset[str]
    absent: frozenset[str] = frozenset()
    types: Mapping[str, FieldType] = field(default_factory=dict)


def make_plan(ingested: Ingested, *, declared: Checks, scene: Scene, engine: engines.Engine, delimiter: str) -> Plan:
    """Return what is to be asked of a text of a layout; raises Unsupported where a rule is not for the screen."""
    match = ingested.match
    if match is None or match.width < 2 or match.layout.mapping.constants or match.layout.mapping.unpivot:
        raise Unsupported("a layout that the screen does not read")
    if match.layout.mapping.keep or any(item.rule == "missing_column" for item in match.faults):
        raise Unsupported("a layout that the screen does not read")
    filled = {
        target: match.places[column]
        for column, target in match.layout.mapping.columns.items()
        if column in match.places
    }
    texts = _numbered_codes(ingested)
    made = rules.make_rules(ingested, declared=declared, scene=scene)
    columns = [
        _column(name, filled[name], rule, ingested=ingested, scene=scene, engine=engine, texts=texts)
        for name, rule in zip(ingested.contract.fields, made, strict=False)
        if name in filled
    ]
    absent = frozenset(ingested.contract.fields) - set(filled)
    _check_absent(absent, ingested, scene)
    types = {name: item.type for name, item in ingested.contract.fields.items()}
    known = conditions.Known(types, _limits(columns), texts, scene.bound.values)
    sieves = [conditions.failing(sql, known=known) for sql in rules.row_conditions(declared, scene=scene)]
    keys = [_key(key, ingested, absent) for key in rules.make_keys(declared, scene=scene)]
    valued = frozenset().union(*(names for _, names in sieves), *(key.names for key in keys if key.is_strict))
    return Plan(
        delimiter=ord(delimiter), width=match.width, columns=tuple(columns), sieves=tuple(ask for ask, _ in sieves),
        keys=tuple(key for key in keys if not (key.is_strict and absent & set(key.names))), valued=valued, absent=absent,
        types=types,
    )  # fmt: skip


def _numbered_codes(ingested: Ingested) -> dict[str, int]:
    """Return a number for every code of every field, the same for the same text."""
    names = [name for name, item in ingested.contract.fields.items() if item.type is FieldType.CODE]
    return {
        code: number
        for number, code in enumerate(dict.fromkeys(code for name in names for code in ingested.codes(name)))
    }


def _check_absent(absent: frozenset[str], ingested: Ingested, scene: Scene) -> None:
    """A field without a column is blank in every row."""
    for name in absent:
        if "required" in rules.cell_tests(name, ingested=ingested, scene=scene):
            raise Unsupported("a required field without a column")


def _limits(columns: Sequence[Column]) -> dict[str, int]:
    """Return the greatest size of each whole number that the screen lets pass."""
    return {
        item.name: max(abs(item.more[1]), abs(item.more[2]))
        for item in columns
        if item.read is cells.read_whole_numbers
    }


def _key(key: rules.Key, ingested: Ingested, absent: frozenset[str]) -> KeyPlan:
    codes = ingested.match.layout.mapping.codes if ingested.match else {}
    if not key.is_strict and set(codes) & set(key.names):
        raise Unsupported("a key of texts that are translated")
    names = key.names if key.is_strict else tuple(name for name in key.names if name not in absent)
    return KeyPlan(names, key.is_strict)


# -- one column --------------------------------------------------------------------------------------------------------


def _column(
    name: str,
    place: int,
    rule: rules.Rule,
    *,
    ingested: Ingested,
    scene: Scene,
    engine: engines.Engine,
    texts: Mapping[str, int],
) -> Column:
    declared = ingested.fields[name]
    tests = rules.cell_tests(name, ingested=ingested, scene=scene)
    is_blank_right = "required" not in tests
    translated = ingested.match.layout.mapping.codes.get(name, {}) if ingested.match else {}
    if declared.type in _LISTED:
        listed = _listed(name, rule, translated, ingested=ingested, scene=scene, engine=engine)
        meanings = _meanings(listed, declared.missing, declared.type, texts)
        table = table_of(list(listed))
        if all(len(text.encode()) <= WORD for text in listed):
            at_places = np.where(table[1] >= 0, np.append(meanings, 0)[table[1]], 0)
            return Column(name, place, cells.read_short_words, (is_blank_right, table[0], at_places))
        return Column(name, place, cells.read_words, (is_blank_right, *table, meanings))
    if translated:
        raise Unsupported("a field without a code list whose texts are translated")
    wanted = [_passing(test) for kind, test in tests.items() if test.decides and kind != "required"]
    marks = table_of([mark for mark in declared.missing if mark])
    match declared.type:
        case FieldType.INTEGER:
            low, high = _within(wanted)
            least, most = max(low, -cells.LARGEST), min(high, cells.LARGEST)
            more = (is_blank_right, math.ceil(least), math.floor(most), *marks)
            return Column(name, place, cells.read_whole_numbers, more)
        case FieldType.NUMBER:
            low, high = _within(wanted)
            return Column(name, place, cells.read_numbers, (is_blank_right, low, high, _POWERS, *marks), np.float64)
        case FieldType.DATE:
            _only(wanted, ("is_read",))
            form, signs = _day_form(declared.format or "%Y-%m-%d")
            return Column(name, place, cells.read_days, (is_blank_right, form, signs, *marks))
        case _:
            return Column(name, place, cells.read_texts, (is_blank_right, *_text_form(wanted), *marks))


def _passing(test: CellTest) -> Passing:
    """Return what makes a text pass; one whose failures always leave a trace is passed by every plain text."""
    if test.passing is not None:
        return test.passing
    if test.trace:
        return Passing()
    raise Unsupported("a kind of check without a piece for the screen")


def _only(wanted: Sequence[Passing], names: tuple[str, ...]) -> None:
    """Refuse what is asked of a text where only its value is read."""
    plain = Passing()
    for item in wanted:
        if any(
            getattr(item, name) != getattr(plain, name) for name in Passing.__dataclass_fields__ if name not in names
        ):
            raise Unsupported("a test of the text of a value")


def _within(wanted: Sequence[Passing]) -> tuple[float, float]:
    _only(wanted, ("is_read", "within"))
    bounds = [item.within for item in wanted if item.within is not None]
    lows = [low for low, _ in bounds if low is not None]
    highs = [high for _, high in bounds if high is not None]
    return max(lows, default=-math.inf), min(highs, default=math.inf)


def _text_form(wanted: Sequence[Passing]) -> tuple[Array, Array, Array, Array, Array]:
    """Return with which bytes a text may begin and end, and the automata that it passes."""
    if any(item.is_read or item.within or item.length for item in wanted):
        raise Unsupported("a test of the value of a text")
    edges = np.ones(512, dtype=np.uint8)
    for item in wanted:
        edges[[ord(mark) for mark in item.not_first]] = 0
        edges[[256 + ord(mark) for mark in item.not_last]] = 0
    made = [automaton(item.like, is_wanted=True) for item in wanted if item.like]
    made += [automaton(item.unlike, is_wanted=False) for item in wanted if item.unlike]
    begins = np.cumsum([0, *(len(item.ends) for item in made)], dtype=np.int64)[:-1]
    steps = np.concatenate([np.zeros(0, dtype=np.uint8), *(item.steps for item in made)])
    ends = np.concatenate([np.zeros(0, dtype=np.uint8), *(item.ends for item in made)])
    return edges, steps, ends, np.array([item.live for item in made], dtype=np.int64), begins


def _day_form(form: str) -> tuple[Array, Array]:
    """Return where the parts of a day stand in a text of fixed length, and the signs between them as masks."""
    pieces = re.split(r"%(.)", form)
    parts = [piece for index, piece in enumerate(pieces) if index % 2]
    if sorted(parts) != sorted(_PARTS) or not form.isascii():
        raise Unsupported("a form of days that the screen does not read")
    places, text = {}, b""
    for index, piece in enumerate(pieces):
        if index % 2:
            places[piece] = len(text)
            text += b"\0" * _PARTS[piece]
        else:
            text += piece.encode()
    mask = bytes(255 if code else 0 for code in text)
    signs = [int.from_bytes(part, "little") for part in (mask[:8], text[:8], mask[-8:], text[-8:])]
    form_at = np.array([len(text), places["Y"], places["m"], places["d"]], dtype=np.int64)
    return form_at, np.array(signs, dtype=np.uint64)


# -- fields whose texts are listed -------------------------------------------------------------------------------------


def _listed(
    name: str,
    rule: rules.Rule,
    translated: Mapping[str, str],
    *,
    ingested: Ingested,
    scene: Scene,
    engine: engines.Engine,
) -> dict[str, str]:
    """Return the texts that pass every test of a field, by what stands in the file: the engine is asked of each."""
    declared = ingested.fields[name]
    known = ingested.codes(name) if declared.type is FieldType.CODE else _words_of_truth()
    sent = [text for text in dict.fromkeys([*translated, *known, *declared.missing]) if text and '"' not in text]
    meant = [translated.get(text, text) for text in sent]
    bound = scene.bound
    value = reading.value_sql(declared, text=text_of(name), bound=bound, codes=ingested.codes(name))
    places, texts = bound.add(list(range(len(sent)))), bound.add(meant)
    given = f"SELECT unnest({places}) AS place, unnest({texts}) AS {text_of(name)}"
    statement = (
        f"SELECT place FROM (SELECT *, {value} AS {engines.quote(name)} FROM ({given}) AS texts) AS valued "
        f"WHERE NOT coalesce({rule.fails}, false)"
    )
    passing = [row[0] for row in engine.ask(statement, bound.used_in(statement))]
    return {sent[place]: meant[place] for place in sorted(passing)}


def _words_of_truth() -> list[str]:
    """Return every spelling of yes and no in small and capital letters."""
    words = (*reading.YES, *reading.NO)
    return ["".join(letters) for word in words for letters in product(*({mark, mark.upper()} for mark in word))]


def _meanings(
    listed: Mapping[str, str], missing: Mapping[str, Any], kind: FieldType, texts: Mapping[str, int]
) -> Array:
    """Return the value of each text: a code's number, or 1 and 0 for yes and no."""
    made = []
    for meant in listed.values():
        if meant in missing:
            made.append(cells.NOTHING)
        elif kind is FieldType.BOOLEAN:
            made.append(int(meant.lower() in reading.YES))
        else:
            made.append(texts[meant])
    return np.array(made, dtype=np.int64)
