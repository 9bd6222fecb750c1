"""Asks the SQL of a rule over the row of whole columns at once: which rows fail it, as the engine would say.

One definition serves both: what a kind of check says in SQL is read here as well. What is known of each expression is whether it
is true and whether it is false; a row where neither holds is unknown and does not fail. An expression whose answer might differ
from the engine's in any row is refused, and the engine asks the rule instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import sqlglot
from numpy.typing import NDArray
from sqlglot import expressions as exp

from openjustice.confidential.collect.screen.cells import MOST_DIGITS, NOTHING
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.contracts.dataset import FieldType

Columns = Mapping[str, NDArray[Any]]
Mask = NDArray[np.bool_]
# What an expression over the columns of a block gives: its values, and where they are known.
Values = Callable[[Columns], tuple[Any, Any]]
Truth = Callable[[Columns], tuple[Any, Any]]

_LARGEST = 2**62
_LARGEST_EXACT = 2**53  # as a number in double precision
_NO_CODE = -2  # a written text that is in no code list
_COMPARED: Mapping[type[Any], Callable[[Any, Any], Any]] = {
    exp.EQ: np.equal, exp.NEQ: np.not_equal, exp.LT: np.less, exp.LTE: np.less_equal, exp.GT: np.greater,
    exp.GTE: np.greater_equal,
}  # fmt: skip
_RECKONED: Mapping[type[Any], Callable[[Any, Any], Any]] = {
    exp.Add: np.add, exp.Sub: np.subtract, exp.Mul: np.multiply,
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What the screen knows of the fields: their types, the greatest number each may hold, and a number for each code."""

    types: Mapping[str, FieldType]
    limits: Mapping[str, int]
    texts: Mapping[str, int]
    bound: Mapping[str, Any]


@dataclass(frozen=True)
class Term:
    """An expression that has a value: of which kind, how large a whole number it may be, and how it is reckoned.

    `literal` is the value of one that is the same in every row.
    """

    kind: str  # whole, number, day or text
    values: Values
    limit: int = 0
    literal: Any = None


def failing(sql: str, *, known: Known) -> tuple[Callable[[Columns], Mask], frozenset[str]]:
    """Return what tells the rows for which a condition holds, and the fields that it reads; raises Unsupported."""
    try:
        parsed = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        raise Unsupported("a condition that cannot be read") from None
    truth = _truth(parsed, known)
    fields = frozenset(column.name for column in parsed.find_all(exp.Column))
    return lambda columns: truth(columns)[0], fields


# -- what is true or false ---------------------------------------------------------------------------------------------


def _truth(node: Any, known: Known) -> Truth:
    match node:
        case exp.Paren():
            return _truth(node.this, known)
        case exp.And() | exp.Or():
            return _joined(_truth(node.left, known), _truth(node.right, known), is_and=isinstance(node, exp.And))
        case exp.Not():
            return _turned(_truth(node.this, known))
        case exp.Is():
            return _is(node, known)
        case exp.In() if node.expressions and not node.args.get("query"):
            return _any([_equal(node.this, item, known) for item in node.expressions])
        case exp.Between() if not node.args.get("symmetric"):
            low = _compared(exp.GTE(this=node.this, expression=node.args["low"]), known)
            high = _compared(exp.LTE(this=node.this, expression=node.args["high"]), known)
            return _joined(low, high, is_and=True)
        case exp.Boolean():
            return lambda _: (np.bool_(node.this), np.bool_(not node.this))
        case exp.Column() if known.types.get(node.name) is FieldType.BOOLEAN:
            name = node.name
            return lambda columns: (columns[name] == 1, columns[name] == 0)
        case _ if type(node) in _COMPARED:
            return _compared(node, known)
        case _:
            pass
    raise Unsupported("a condition of a form that the screen does not know")


def _joined(one: Truth, two: Truth, *, is_and: bool) -> Truth:
    def ask(columns: Columns) -> tuple[Any, Any]:
        (true_1, false_1), (true_2, false_2) = one(columns), two(columns)
        return (true_1 & true_2, false_1 | false_2) if is_and else (true_1 | true_2, false_1 & false_2)

    return ask


def _turned(one: Truth) -> Truth:
    def ask(columns: Columns) -> tuple[Any, Any]:
        is_true, is_false = one(columns)
        return is_false, is_true

    return ask


def _any(parts: Sequence[Truth]) -> Truth:
    made = parts[0]
    for part in parts[1:]:
        made = _joined(made, part, is_and=False)
    return made


def _equal(left: Any, right: Any, known: Known) -> Truth:
    return _compared(exp.EQ(this=left, expression=right), known)


def _is(node: exp.Is, known: Known) -> Truth:
    if not isinstance(node.expression, exp.Null):
        raise Unsupported("a condition of a form that the screen does not know")
    column = node.this.unnest()
    if not isinstance(column, exp.Column) or column.name not in known.types:
        raise Unsupported("a question for nothing of something that is no field")
    values = _column(column, known, is_any=True).values

    def ask(columns: Columns) -> tuple[Any, Any]:
        given = values(columns)[1]
        return ~given, given

    return ask


def _compared(node: Any, known: Known) -> Truth:
    if _is_truth(node.left, known) and _is_truth(node.right, known):
        return _same(_truth(node.left, known), _truth(node.right, known), node)
    one, two = _alike(_term(node.left, known), _term(node.right, known))
    if one.kind == "text" and not isinstance(node, exp.EQ | exp.NEQ):
        raise Unsupported("an order of texts")
    compare = _COMPARED[type(node)]

    def ask(columns: Columns) -> tuple[Any, Any]:
        (left, given_1), (right, given_2) = one.values(columns), two.values(columns)
        found, given = compare(left, right), given_1 & given_2
        return found & given, ~found & given

    return ask


def _is_truth(node: Any, known: Known) -> bool:
    node = node.unnest()
    kinds: Any = (exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Boolean, *_COMPARED)
    return isinstance(node, kinds) or (
        isinstance(node, exp.Column) and known.types.get(node.name) is FieldType.BOOLEAN
    )  # fmt: skip


def _same(one: Truth, two: Truth, node: Any) -> Truth:
    if not isinstance(node, exp.EQ | exp.NEQ):
        raise Unsupported("an order of conditions")

    def ask(columns: Columns) -> tuple[Any, Any]:
        (true_1, false_1), (true_2, false_2) = one(columns), two(columns)
        return (true_1 & true_2) | (false_1 & false_2), (true_1 & false_2) | (false_1 & true_2)

    return ask if isinstance(node, exp.EQ) else _turned(ask)


# -- what has a value --------------------------------------------------------------------------------------------------


def _term(node: Any, known: Known) -> Term:  # noqa: C901 (one case for each form)
    match node:
        case exp.Paren():
            return _term(node.this, known)
        case exp.Column():
            return _column(node, known)
        case exp.Literal():
            return _literal(node.this if node.is_string else _plain_number(node.this), known)
        case exp.Parameter() | exp.Placeholder():
            name = node.name or str(node.this)
            if name not in known.bound:
                raise Unsupported("a value that is not bound")
            return _literal(known.bound[name], known)
        case exp.Neg():
            return _reckoned(_literal(0, known), _term(node.this, known), exp.Sub)
        case exp.Cast() if node.to.this in (exp.DataType.Type.DATE, exp.DataType.Type.DATE32):
            return _as_day(_term(node.this, known))
        case exp.Abs():
            return _absolute(_term(node.this, known))
        case exp.Year() | exp.Month() | exp.Day() | exp.DayOfMonth():
            return _part(node, _term(node.this, known))
        case _ if type(node) in _RECKONED:
            return _reckoned(_term(node.left, known), _term(node.right, known), type(node))
        case _:
            pass
    raise Unsupported("an expression of a form that the screen does not know")


def _column(node: exp.Column, known: Known, *, is_any: bool = False) -> Term:
    name, kind = node.name, known.types.get(node.name)
    match kind:
        case FieldType.INTEGER:
            return Term("whole", lambda columns: (columns[name], columns[name] != NOTHING), known.limits[name])
        case FieldType.NUMBER:
            return Term("number", lambda columns: (columns[name], ~np.isnan(columns[name])))
        case FieldType.DATE:
            return Term("day", lambda columns: (columns[name], columns[name] != NOTHING))
        case FieldType.CODE:
            return Term("text", lambda columns: (columns[name], columns[name] != NOTHING))
        case FieldType.STRING | FieldType.BOOLEAN if is_any:
            return Term("other", lambda columns: (columns[name], columns[name] != NOTHING))
        case _:
            pass
    raise Unsupported("a field whose values the screen does not hold")


def _plain_number(text: str) -> int | float:
    if text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    whole, point, decimals = text.partition(".")
    if point and (whole + decimals).isdigit() and len(text) <= MOST_DIGITS:
        return float(text)
    raise Unsupported("a number of a form that the screen does not know")


def _literal(value: Any, known: Known) -> Term:
    match value:
        case bool():
            raise Unsupported("a truth where a value is wanted")
        case int():
            return Term("whole", lambda _: (np.int64(value), np.True_), abs(value), value)
        case float():
            return Term("number", lambda _: (np.float64(value), np.True_), 0, value)
        case str():
            number = np.int64(known.texts.get(value, _NO_CODE))
            return Term("text", lambda _: (number, np.True_), 0, value)
        case _:
            pass
    raise Unsupported("a value of a type that the screen does not know")


def _alike(one: Term, two: Term) -> tuple[Term, Term]:
    """Return two terms that may be compared: a written text stands for a day beside one."""
    kinds = {one.kind, two.kind}
    if kinds == {"day", "text"}:
        return (one, _as_day(two)) if one.kind == "day" else (_as_day(one), two)
    if kinds == {"text"} and None not in (one.literal, two.literal):
        raise Unsupported("a comparison of two written texts")
    if len(kinds) == 1 or (kinds == {"whole", "number"} and max(one.limit, two.limit) <= _LARGEST_EXACT):
        return one, two
    raise Unsupported("a comparison of two types")


def _as_day(term: Term) -> Term:
    if term.kind == "day":
        return term
    if not isinstance(term.literal, str):
        raise Unsupported("a day that is reckoned")
    try:
        moment = date.fromisoformat(term.literal)
    except ValueError:
        raise Unsupported("a day that is not in the calendar") from None
    if len(term.literal) != 10:
        raise Unsupported("a day that is not written in full")
    packed = np.int64(moment.year * 512 + moment.month * 32 + moment.day)
    return Term("day", lambda _: (packed, np.True_))


def _absolute(term: Term) -> Term:
    if term.kind not in ("whole", "number"):
        raise Unsupported("the size of what is no number")

    def values(columns: Columns) -> tuple[Any, Any]:
        found, given = term.values(columns)
        return np.abs(found), given

    return Term(term.kind, values, term.limit)


def _part(node: Any, term: Term) -> Term:
    if term.kind != "day":
        raise Unsupported("a part of what is no day")
    shift, mask = {exp.Year: (9, 0x3FFF), exp.Month: (5, 15)}.get(type(node), (0, 31))

    def values(columns: Columns) -> tuple[Any, Any]:
        found, given = term.values(columns)
        return found >> shift & mask, given

    return Term("whole", values, mask)


def _reckoned(one: Term, two: Term, kind: type[Any]) -> Term:
    """Add, subtract or multiply. Whole numbers stay whole; with a written decimal the engine would reckon in decimals."""
    kinds = {one.kind, two.kind}
    if not kinds <= {"whole", "number"}:
        raise Unsupported("a sum of what are no numbers")
    decimals = [term for term in (one, two) if term.kind == "number" and term.literal is not None]
    if (decimals and kinds == {"whole", "number"}) or len(decimals) == 2:
        raise Unsupported("a sum with a written decimal")
    reckon = _RECKONED[kind]
    limit = one.limit * two.limit if kind is exp.Mul else one.limit + two.limit
    if limit > (_LARGEST if kinds == {"whole"} else _LARGEST_EXACT):
        raise Unsupported("a sum that might not fit")

    def values(columns: Columns) -> tuple[Any, Any]:
        (left, given_1), (right, given_2) = one.values(columns), two.values(columns)
        return reckon(left, right), given_1 & given_2

    return Term("whole" if kinds == {"whole"} else "number", values, limit)
