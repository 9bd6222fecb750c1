"""What a check is: a plug-in folder that says, in SQL, which cells, rows or groups of rows fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlglot import expressions as exp

from openjustice.contracts.dataset import Check, Codelist, Contract, FieldDeclaration
from openjustice.contracts.declaration import Declared
from openjustice.ground.engine import enumeration, quote
from openjustice.ground.terms import Severity

# Found in a text that holds anything but the printable characters of ASCII.
NOT_PLAIN = r"[^\x20-\x7E\t\n\r]"

# So many comparisons take as long as one look-up (measured: 12 against 120 codes of up to four letters).
_FEW = 12


@dataclass
class Bound:
    """Values for a statement: each is bound under a name of its own, so that no value stands in the text.

    With `is_brief` the statement will read few rows, and what is quick to write goes before what is quick to run.
    """

    values: dict[str, Any] = field(default_factory=dict)
    is_brief: bool = False

    def add(self, value: Any) -> str:
        """Bind a value and return the text that stands for it."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"${name}"

    def used_in(self, statement: str) -> dict[str, Any]:
        """Return the values that a statement asks for; a test that was made and not used leaves its own behind."""
        return {name: self.values[name] for name in set(re.findall(r"\$(v[0-9]+)\b", statement))}


@dataclass(frozen=True)
class Scene:
    """What a check may know: the contract, its code lists, the day of checking, and where values are bound."""

    contract: Contract
    codelists: Mapping[str, Codelist]
    today: date
    bound: Bound

    def codes(self, name: str) -> tuple[str, ...]:
        """Return the codes that a field may have."""
        reference = self.contract.fields[name].codelist or ""
        return tuple(item.code for item in self.codelists[reference.partition("@")[0]].codes)


@dataclass(frozen=True)
class Cell:
    """One field of one row in SQL: its text as sent, and its value (null where the text cannot be read)."""

    name: str
    declared: FieldDeclaration
    text: str
    value: str


@dataclass(frozen=True)
class Passing:
    """What makes a plain text pass a test for certain, in words that can be asked of bytes without the engine.

    Each that is given must hold: the whole text is `like` a pattern, or not `unlike` one; it begins and ends with none of the
    characters named; it can be read as its field's type; it has at least and at most so many characters; its value lies `within` two bounds.
    """

    like: str = ""
    unlike: str = ""
    not_first: str = ""
    not_last: str = ""
    is_read: bool = False
    length: tuple[int, int | None] | None = None
    within: tuple[float | None, float | None] | None = None


@dataclass(frozen=True)
class CellTest:
    """A test that the contract implies for a field. `fails` is SQL that is true for a cell that fails.

    `decides` is false for a test that only explains why another one fails; the first test that fails gives the finding.
    Two cheap questions come before the costly ones of all tests of a field together. `hints` is SQL of which at least one is
    true for every text that fails; `trace` is a pattern found in every text that fails, and only in texts that are not
    plain, so that in a plain file it is not asked at all. `passing` lets a screen of the bytes tell that a cell passes; without
    it, and without a trace, the engine asks every cell of a field whose texts are not listed.
    """

    fails: str
    says: str
    fix: str
    severity: Severity = Severity.HARD
    decides: bool = True
    ask: str = ""
    hints: tuple[str, ...] = ()
    trace: str = ""
    passing: Passing | None = None


# Says whether a text holds what it may not.
Holds = Callable[[str], bool]


@dataclass(frozen=True)
class CheckKind:
    """One kind of check. It looks at cells (implied by the contract), at rows, at keys that may stand only once, at the
    `group` of records that hang on one record, or at the `whole`: then it gives a statement over `rows`, whose answer has the
    `line` of the first row of each part that fails; or at `words`: then it gives a pattern that is found in every text that may
    fail, and a function that says whether one does.

    `rank` orders the tests of one cell: the more particular explanation first.
    """

    name: str
    title: str
    parameters: type[Declared]
    rank: int = 0
    cell: Callable[[Cell, Scene], CellTest | None] | None = None
    row: Callable[[Check, Any, Scene], str] | None = None
    key: Callable[[Check, Any, Scene], Sequence[str]] | None = None
    group: Callable[[Check, Any, Scene], str] | None = None
    whole: Callable[[Check, Any, Scene], str] | None = None
    words: Callable[[Check, Any], tuple[str, Holds]] | None = None


class NoParameters(Declared):
    """A check that needs nothing beside its fields."""


def value_of(name: str) -> str:
    """Return the SQL name of a field's value in a row."""
    return quote(name)


def text_of(name: str) -> str:
    """Return the SQL name of a field's text in a row, as it was sent."""
    return quote(f"{name}#text")


def is_one_of(text: str, codes: Iterable[str], bound: Bound) -> str:
    """Return the SQL that is true where a text is one of the codes, and not true where it is null.

    Never IN: the engine would turn a long one into a join, and a join loses the rows' order. A cast to an enumeration looks
    a text up in one step, but is long to read; a few comparisons are quicker still.
    """
    known = list(codes)
    if bound.is_brief and len(known) > _FEW:
        return f"list_contains({bound.add(known)}, {text})"
    if len(known) > _FEW:
        return f"TRY_CAST({text} AS {enumeration(tuple(known))}) IS NOT NULL"
    listed = [exp.Literal.string(code).sql(dialect="duckdb") for code in known]
    return f"({' OR '.join(f'{text} = {code}' for code in listed)})" if listed else "false"


def split_at(text: str, sign: str) -> str:
    """Return the SQL of the parts of a text, as a list; an empty part between two signs is a part."""
    return f"string_split({text}, {exp.Literal.string(sign).sql(dialect='duckdb')})"


def are_all_of(text: str, sign: str, codes: Iterable[str]) -> str:
    """Return the SQL that is true where every part of a text is one of the codes, and not true where it is null."""
    known = tuple(codes)
    parts = split_at(text, sign)
    return (
        f"list_aggregate(TRY_CAST({parts} AS {enumeration(known)}[]), 'count') = length({parts})" if known else "false"
    )


def begins_below_letters(text: str) -> str:
    """Return the SQL that is true where a text begins with a sign, a digit or a space."""
    return f"ascii({text}) < 65"
