"""Reads the condition of a quantity: which variables it holds fixed, and which part of it speaks of time alone."""

from __future__ import annotations

from collections.abc import Collection

import sqlglot
from sqlglot import expressions as exp

Pairs = tuple[tuple[str, str], ...]


def fixed_pairs(where: str | None) -> Pairs | None:
    """Return the sorted pairs of variable and code that a condition holds fixed, or None where it says anything else.

    Without a condition nothing is fixed. Surprise: `a = 'x' OR b = 'y'` is None, however few records it leaves out.
    """
    pairs = [_pair(part) for part in _parts(where)]
    return None if None in pairs else tuple(sorted(pair for pair in pairs if pair))


def named_columns(where: str | None) -> tuple[str, ...]:
    """Return the columns that a condition names, sorted."""
    return tuple(sorted({column.name for part in _parts(where) for column in part.find_all(exp.Column)}))


def only_about(where: str | None, variables: Collection[str]) -> str | None:
    """Return the part of a condition that names these variables alone, or None where there is none."""
    kept = [part for part in _parts(where) if {column.name for column in part.find_all(exp.Column)} <= set(variables)]
    return exp.and_(*kept).sql(dialect="duckdb") if kept else None


def _parts(where: str | None) -> list[exp.Expr]:
    if not where:
        return []
    tree = sqlglot.parse_one(where, dialect="duckdb")
    return list(tree.flatten()) if isinstance(tree, exp.And) else [tree]


def _pair(part: exp.Expr) -> tuple[str, str] | None:
    if isinstance(part, exp.EQ) and isinstance(part.left, exp.Column) and isinstance(part.right, exp.Literal):
        return (part.left.name, part.right.name)
    return None
