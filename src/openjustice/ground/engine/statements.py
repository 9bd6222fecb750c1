"""Reads and rewrites statements with SQLGlot: only declared inputs may be named, every identifier is quoted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from openjustice.ground import errors
from openjustice.ground.engine.locks import literal

DIALECT = "duckdb"
# Functions that make rows out of their arguments alone. Anything else after FROM could reach a file.
_ROW_MAKERS = (exp.Unnest, exp.GenerateSeries, exp.Values)
# Answers that change from run to run, or tell of the connection instead of the inputs: as DuckDB's catalog marks them.
_CHANGING_NAMES = frozenset(
    [
        "current_connection_id",
        "current_localtime",
        "current_query",
        "current_query_id",
        "current_setting",
        "current_transaction_id",
        "currval",
        "error",
        "get_current_timestamp",
        "getvariable",
        "in_search_path",
        "nextval",
        "now",
        "setseed",
        "setval",
        "sleep_ms",
        "stats",
        "transaction_timestamp",
        "txid_current",
        "uuidv4",
        "uuidv7",
        "vector_type",
        "write_log",
    ]
)
_CHANGING = (
    exp.CurrentDatabase, exp.CurrentDate, exp.CurrentSchema, exp.CurrentSchemas, exp.CurrentTime, exp.CurrentTimestamp,
    exp.CurrentUser, exp.Localtime, exp.Localtimestamp, exp.Rand, exp.SessionUser, exp.Shuffle, exp.TableSample, exp.Uuid,
)  # fmt: skip

_MAKING_CHANGES = (exp.Insert, exp.Delete, exp.Update, exp.Create, exp.Command, exp.Into)


# An enumeration written out: texts alone, so nothing in it can name a table or call a function.
_LISTED = re.compile(r"ENUM\((?:'(?:[^']|'')*'(?:, )?){20,}\)")


def read_briefly(text: str) -> tuple[str, Mapping[str, str]]:
    """Return a statement in which the name of a type stands for each long enumeration, and what each name stands for.

    An enumeration of thousands of codes takes long to read, each time anew; a type is read once. `write_out` puts them back.
    """
    stands: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = f"codes_{hashlib.sha256(found[0].encode()).hexdigest()[:16]}"
        stands[name] = found[0]
        return name

    return _LISTED.sub(named, text), stands


def write_out(text: str, stands: Mapping[str, str]) -> str:
    """Return a statement with its long enumerations put back."""
    for name, whole in stands.items():
        text = text.replace(name, whole)
    return text


@lru_cache(maxsize=256)
def enumeration(codes: tuple[str, ...]) -> str:
    """Return the type whose values are some texts, written out."""
    return f"ENUM({', '.join(literal(code) for code in codes)})"


def quote(identifier: str) -> str:
    """Return an identifier quoted for a statement."""
    return exp.to_identifier(identifier, quoted=True).sql(dialect=DIALECT)


def bind_inputs(statement: str, *, relations: Mapping[str, str]) -> str:
    """Return a SELECT statement with each declared input replaced by its relation.

    Raises HouseFault where the text is not exactly one SELECT, names a table that was not declared, reads a file, calls a
    table function, or asks for chance, the time or the connection: the same inputs give the same rows. Surprise: common table expressions may shadow an input only by another name.
    """
    return _bound(statement, tuple(relations.items()))


@lru_cache(maxsize=32)
def _bound(statement: str, named: tuple[tuple[str, str], ...]) -> str:
    # A long statement takes a third of a second to read, and is often read twice: for its plan and for its rows.
    relations = dict(named)
    tree = _parse_select(statement)
    found = list(tree.find_all(exp.CTE, exp.Table))
    ctes = [node for node in found if isinstance(node, exp.CTE)]
    shadowing = {cte.alias_or_name for cte in ctes}
    if clash := shadowing & set(relations):
        raise _refuse(f"a WITH clause takes the name of the input {min(clash)}")
    for table in [node for node in found if isinstance(node, exp.Table)]:
        _bind_table(table, relations=relations, local=shadowing)
    for cte in ctes:
        cte.args["alias"].set("this", _local(cte.alias_or_name))
    return tree.sql(dialect=DIALECT)


def _parse_select(statement: str) -> exp.Query:
    try:
        trees = sqlglot.parse(statement, dialect=DIALECT)
    except SqlglotError:
        raise _refuse("it cannot be read as SQL") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise _refuse("it is not exactly one SELECT")
    # One walk for both questions: a statement of forty rules has ten thousand nodes.
    asked = list(trees[0].find_all(*_MAKING_CHANGES, *_CHANGING, exp.Anonymous))
    if any(isinstance(node, _MAKING_CHANGES) for node in asked):
        raise _refuse("it changes something")
    if any(not isinstance(node, exp.Anonymous) or node.name.lower() in _CHANGING_NAMES for node in asked):
        raise _refuse("it asks for chance, the time or the connection")
    return trees[0]


def _bind_table(table: exp.Table, *, relations: Mapping[str, str], local: set[str]) -> None:
    if isinstance(table.this, _ROW_MAKERS) or (
        isinstance(table.this, exp.Anonymous) and table.this.name.lower() in {"range", "generate_series"}
    ):
        return
    if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
        raise _refuse("it reads from something other than a declared input")
    if table.name not in relations and table.name not in local:
        raise _refuse(f"it names {table.name}, which was not declared as an input")
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
    table.set(
        "this", _local(table.name) if table.name in local else exp.to_identifier(relations[table.name], quoted=True)
    )


def _local(name: str) -> exp.Identifier:
    # No relation has such a name: outside its WITH clause the name finds nothing, instead of a stored table behind it.
    return exp.to_identifier(f"with {name}", quoted=True)


def _refuse(why: str) -> errors.Refusal:
    return errors.HouseFault.because(
        "statement_refused", "A statement was refused before it ran:", why=f"{why}.", way_out="Declare every input."
    )
