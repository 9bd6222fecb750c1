"""Checks what holds between the tables of a delivery: every record hangs on one, as many as there must be, and rules over both.

Set by set in the engine: of each table only the keys, as fingerprints, and the fields that some rule across tables names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlglot
from sqlglot import expressions as exp

from openjustice.confidential.collect import rules
from openjustice.confidential.collect.check import Bound, CheckKind, Scene, value_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import Ingested
from openjustice.confidential.collect.ingest.clean import LINE
from openjustice.contracts import related
from openjustice.contracts.dataset import Check, Contract
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine as engines
from openjustice.ground.engine import quote, read_briefly, write_out
from openjustice.ground.terms import Severity

_KEY = "#key"
_LINK = "#link"
_THERE = "#there"

ORPHAN = Tally(
    rule="hangs_on_nothing", severity=Severity.HARD, count=0,
    says="The record that this one belongs to was not sent.",
    fix="Send it too, or correct the fields that name it.",
)  # fmt: skip
TOO_FEW = Tally(
    rule="too_few_related", severity=Severity.HARD, count=0,
    says="Fewer related records were sent for this one than there must be.",
    fix="Send what belongs to it, or correct the fields by which it is found.",
)  # fmt: skip
TOO_MANY = Tally(
    rule="too_many_related", severity=Severity.HARD, count=0,
    says="More related records were sent for this one than there may be.",
    fix="Remove what does not belong to it, or correct the fields by which it is found.",
)  # fmt: skip


@dataclass(frozen=True)
class _Slim:
    """One table with its keys and the few fields that rules across tables need; its line is a column, or follows the row."""

    table: engines.Table
    first_line: int | None

    def line(self, alias: str) -> str:
        return f"{alias}.{LINE}" if self.first_line is None else f"({alias}.rowid + {int(self.first_line)})"


@dataclass(frozen=True)
class _Across:
    """One rule across tables: its own table, its declaration and kind."""

    rule: str
    table: str
    check: Check
    kind: CheckKind


def find_across(
    parts: Mapping[str, Ingested], *, dataset: Dataset, jurisdiction: Jurisdiction, today: date, limit: int,
    engine: engines.Engine,
) -> list[Tally]:  # fmt: skip
    """Return what does not hold between tables that were taken in; a table that could not be read is left out.

    Counts are exact, and the first `limit` lines of each rule are listed; each tally says which table its lines are of.
    """
    contract = dataset.contract
    declared = [_across(rule, check, contract) for rule, check in dataset.checks.checks.items()]
    across = [item for item in declared if item.kind.whole or related.is_across(item.check, contract)]
    across = [item for item in across if {item.table, *_tables_read(item, contract)} <= set(parts)]
    if not across and not contract.tables:
        return []
    wanted = _wanted(across, contract)
    slim = {
        table: _slim(ingested, table, wanted[table], contract=contract)
        if ingested.sent is not None or ingested.whole is not None
        else _empty(table, wanted[table], contract, engine)
        for table, ingested in parts.items()
    }
    found: list[Tally] = []
    for table in contract.tables:
        parent = related.ancestors(contract, table)[0].table
        if table in slim and parent in slim:
            found += _links(slim, table, parent, contract=contract, limit=limit)
    for item in across:
        scene = _scene(item, contract, jurisdiction, today)
        found += _group(item, slim, scene, limit) if item.kind.group else []
    for item in across:
        found += _whole(item, slim, contract, jurisdiction, today, limit) if item.kind.whole else []
    for table in related.table_names(contract):
        over_rows = [item for item in across if item.table == table and item.kind.row]
        found += _rows(over_rows, slim, contract, jurisdiction, today, limit) if over_rows else []
    for made in slim.values():
        made.table.engine.drop(made.table)
    return found


def _across(rule: str, check: Check, contract: Contract) -> _Across:
    return _Across(rule, check.table or contract.main_table, check, rules.kind_of(check))


def _tables_read(item: _Across, contract: Contract) -> set[str]:
    named = {name.partition(".")[0] for name in related.names_in(item.check, contract) if "." in name}
    named |= {str(item.check.parameters["of"])} if item.kind.group else set()
    chain: set[str] = set()
    for above in related.ancestors(contract, item.table):
        chain.add(above.table)
        if named & {above.table}:
            named |= chain  # the way to a table leads over those between
    return named


def _wanted(across: Sequence[_Across], contract: Contract) -> dict[str, set[str]]:
    """Return the fields of each table that some rule across tables names."""
    wanted: dict[str, set[str]] = {table: set() for table in related.table_names(contract)}
    for item in across:
        for name in related.names_in(item.check, contract):
            table, _, field = name.rpartition(".")
            wanted[table or item.table].add(field)
    return wanted


def _slim(ingested: Ingested, table: str, wanted: Iterable[str], *, contract: Contract) -> _Slim:
    """Make the slim table; carefully, with each row's line, where the rows are not those that the lines promise."""
    whole = ingested.whole() if ingested.whole is not None else ingested
    try:
        made = _read_slim(whole, table, wanted, contract)
        if whole.first_line is None or made.table.row_count == whole.row_count:
            return made
        made.table.engine.drop(made.table)
    except engines.StatementFailed:
        if ingested.whole is None:
            raise
    if ingested.whole is None:
        return _read_slim(whole.numbered(), table, wanted, contract)
    return _read_slim(ingested.whole(is_careful=True), table, wanted, contract)


def _empty(table: str, wanted: Iterable[str], contract: Contract, engine: engines.Engine) -> _Slim:
    """Return the slim table of a file that has column names and no rows."""
    fields = related.fields_of_table(contract, table)
    columns = {LINE: "BIGINT", _KEY: "UHUGEINT"} | ({_LINK: "UHUGEINT"} if table in contract.tables else {})
    columns |= {name: fields[name].sql for name in sorted(wanted)}
    return _Slim(engine.make_table("slim", columns=columns, rows=[], plane=engine.plane), None)


def _read_slim(ingested: Ingested, table: str, wanted: Iterable[str], contract: Contract) -> _Slim:
    bound, inputs = Bound(), {"sent": ingested.rows}
    statement = _slim_sql(ingested, table, wanted, contract, bound)
    if ingested.first_line is not None and not ingested.rows.engine.keeps_order(
        statement, inputs=inputs, parameters=bound.used_in(statement)
    ):
        ingested = ingested.numbered()
        statement = _slim_sql(ingested, table, wanted, contract, bound)
    made = ingested.rows.engine.derive("slim", statement, inputs=inputs, parameters=bound.used_in(statement))
    return _Slim(made, ingested.first_line)


def _slim_sql(ingested: Ingested, table: str, wanted: Iterable[str], contract: Contract, bound: Bound) -> str:
    columns = [f"CAST({quote(LINE)} AS BIGINT) AS {LINE}"] if ingested.first_line is None else []
    columns.append(f"{_print(related.key_of_table(contract, table))} AS {quote(_KEY)}")
    if table in contract.tables:
        columns.append(f"{_print(related.linking_fields(contract, table))} AS {quote(_LINK)}")
    columns += [f"{value_of(name)} AS {quote(name)}" for name in sorted(wanted)]
    return f"SELECT {', '.join(columns)} FROM ({ingested.values_sql(bound)}) AS valued"


def _print(names: Sequence[str]) -> str:
    return rules.fingerprint_sql([value_of(name) for name in names], is_strict=True)


# -- who hangs on whom -------------------------------------------------------------------------------------------------


def _links(
    slim: Mapping[str, _Slim], table: str, parent: str, *, contract: Contract, limit: int
) -> list[Tally]:  # fmt: skip
    below, above, belongs_to = slim[table], slim[parent], contract.tables[table].belongs_to
    link, key = quote(_LINK), quote(_KEY)
    engine, inputs = below.table.engine, {"below": below.table, "above": above.table}
    orphans = engine.derive(
        "orphans",
        f"SELECT count(*) AS found, min({below.line('below')}, $limit) AS lines FROM below "
        f"ANTI JOIN above ON below.{link} = above.{key} WHERE below.{link} IS NOT NULL",
        inputs=inputs, parameters={"limit": limit},
    )  # fmt: skip
    names = related.linking_fields(contract, table)
    found = [_told(replace(ORPHAN, fields=names, table=table), orphans)]
    if belongs_to.least or belongs_to.most:
        most = belongs_to.most if belongs_to.most is not None else 2**31
        counted = engine.derive(
            "counted",
            f"SELECT {above.line('above')} AS line, coalesce(n, 0) AS n FROM above LEFT JOIN "
            f"(SELECT {link} AS link, count(*) AS n FROM below WHERE {link} IS NOT NULL GROUP BY {link}) AS each "
            f"ON above.{key} = each.link WHERE above.{key} IS NOT NULL AND (coalesce(n, 0) < $least OR coalesce(n, 0) > $most)",
            inputs=inputs, parameters={"least": belongs_to.least, "most": most},
        )  # fmt: skip
        for tally, where in ((TOO_FEW, "n < $bound"), (TOO_MANY, "n > $bound")):
            bound = belongs_to.least if tally is TOO_FEW else most
            told = engine.derive(
                "told", f"SELECT count(*) AS found, min(line, $limit) AS lines FROM counted WHERE {where}",
                inputs={"counted": counted}, parameters={"limit": limit, "bound": bound},
            )  # fmt: skip
            found.append(_told(replace(tally, field=table, table=parent), told))
        engine.drop(counted)
    return [item for item in found if item.count]


def _told(tally: Tally, answer: engines.Table) -> Tally:
    row = answer.rows()[0]
    answer.engine.drop(answer)
    return replace(tally, count=int(row["found"]), lines=tuple(sorted(set(row["lines"] or ()))))


# -- rules that read several tables ------------------------------------------------------------------------------------


def _scene(item: _Across, contract: Contract, jurisdiction: Jurisdiction, today: date) -> Scene:
    known = contract.model_copy(update={"fields": related.known_names(contract, item.table)})
    return Scene(known, jurisdiction.codelists, today, Bound())


def _rows(
    items: Sequence[_Across], slim: Mapping[str, _Slim], contract: Contract, jurisdiction: Jurisdiction, today: date,
    limit: int,
) -> list[Tally]:  # fmt: skip
    """Ask every rule of one table that reads the tables above it, in one pass over the records with what they hang on."""
    table = items[0].table
    scene = _scene(items[0], contract, jurisdiction, today)
    failing = [
        f"coalesce({_with_flat_names(item.kind.row(item.check, rules.parameters_of(item.rule, item.check), scene))}, false)"
        for item in items
        if item.kind.row
    ]
    read = set().union(*(_tables_read(item, contract) for item in items))
    source, inputs = _joined(table, read, slim, contract)
    numbers = ", ".join(f"CASE WHEN {fails} THEN {number} END" for number, fails in enumerate(failing))
    statement = f"SELECT line, [{numbers}] AS failing FROM ({source}) AS joined WHERE {' OR '.join(failing)}"
    engine = slim[table].table.engine
    flags = engine.derive("flags", statement, inputs=inputs, parameters=scene.bound.used_in(statement))
    counted = engine.derive(
        "counted",
        "SELECT place, count(DISTINCT line) AS found, min(line, $limit) AS lines FROM "
        "(SELECT DISTINCT line, unnest(failing) AS place FROM flags) AS listed WHERE place IS NOT NULL GROUP BY place",
        inputs={"flags": flags}, parameters={"limit": limit},
    )  # fmt: skip
    found = [_declared(items[row["place"]], row) for row in counted.rows()]
    engine.drop(flags)
    engine.drop(counted)
    return found


def _group(item: _Across, slim: Mapping[str, _Slim], scene: Scene, limit: int) -> list[Tally]:
    """Ask a rule of each record together with all that hang on it."""
    below = str(item.check.parameters["of"])
    if item.kind.group is None:
        return []
    fails = _over_group(item.kind.group(item.check, rules.parameters_of(item.rule, item.check), scene), below)
    own = [f"above.{quote(name)} AS {quote(name)}" for name in _columns(slim[item.table])]
    others = [f"below.{quote(name)} AS {quote(f'{below}.{name}')}" for name in _columns(slim[below])]
    there = f"below.{quote(_LINK)} AS {quote(f'{below}.{_THERE}')}"
    source = (
        f"SELECT {slim[item.table].line('above')} AS line, {', '.join([*own, *others, there])} FROM above "
        f"LEFT JOIN below ON above.{quote(_KEY)} = below.{quote(_LINK)} WHERE above.{quote(_KEY)} IS NOT NULL"
    )
    statement = (
        "SELECT count(*) AS found, min(line, $limit) AS lines FROM "
        f"(SELECT line FROM ({source}) AS joined GROUP BY line HAVING {fails}) AS failing"
    )
    answer = slim[item.table].table.engine.derive(
        "answer", statement, inputs={"above": slim[item.table].table, "below": slim[below].table},
        parameters={**scene.bound.used_in(statement), "limit": limit},
    )  # fmt: skip
    told = _told(rules.tally_of(item.rule, item.check, table=item.table), answer)
    return [told] if told.count else []


def _whole(
    item: _Across, slim: Mapping[str, _Slim], contract: Contract, jurisdiction: Jurisdiction, today: date, limit: int
) -> list[Tally]:
    """Ask a rule of all records of a table at once."""
    scene = _scene(item, contract, jurisdiction, today)
    if item.kind.whole is None:
        return []
    asked = _with_flat_names(item.kind.whole(item.check, rules.parameters_of(item.rule, item.check), scene))
    source, inputs = _joined(item.table, _tables_read(item, contract), slim, contract)
    statement = (
        f"WITH rows AS ({source}) SELECT count(*) AS found, min(line, $limit) AS lines FROM ({asked}) AS failing"
    )
    parameters = {**scene.bound.used_in(statement), "limit": limit}
    answer = slim[item.table].table.engine.derive("answer", statement, inputs=inputs, parameters=parameters)
    told = _told(rules.tally_of(item.rule, item.check, table=item.table if contract.tables else ""), answer)
    return [told] if told.count else []


def _joined(
    table: str, read: set[str], slim: Mapping[str, _Slim], contract: Contract
) -> tuple[str, dict[str, engines.Table]]:
    """Return the statement that gives each record with the fields of the tables above it, and what it reads from."""
    columns = [f"own.{quote(name)} AS {quote(name)}" for name in _columns(slim[table])]
    inputs, joins, last = {"own": slim[table].table}, [], "own"
    for place, above in enumerate(related.ancestors(contract, table)):
        if above.table not in read:
            break
        alias = f"above{place}"
        inputs[alias] = slim[above.table].table
        joins.append(f"JOIN {alias} ON {last}.{quote(_LINK)} = {alias}.{quote(_KEY)}")
        columns += [
            f"{alias}.{quote(name)} AS {quote(f'{above.table}.{name}')}" for name in _columns(slim[above.table])
        ]
        last = alias
    line = slim[table].line("own")
    return f"SELECT {', '.join([f'{line} AS line', *columns])} FROM own {' '.join(joins)}", inputs


def _columns(slim: _Slim) -> list[str]:
    return [name for name in slim.table.column_names if name not in (_KEY, _LINK, LINE)]


def _with_flat_names(sql: str) -> str:
    """Return a condition in which `table.field` is the one column of that name."""
    brief, stands = read_briefly(sql)
    tree = sqlglot.parse_one(brief, dialect="duckdb")
    for column in list(tree.find_all(exp.Column)):
        if column.table:
            column.replace(exp.column(exp.to_identifier(related.qualified(column), quoted=True)))
    return write_out(tree.sql(dialect="duckdb"), stands)


def _over_group(sql: str, below: str) -> str:
    """Return a condition over a group: the record's own fields are the same in all of it, and only what is there is counted."""
    tree = sqlglot.parse_one(f"NOT NOT ({sql})", dialect="duckdb")
    for count in list(tree.find_all(exp.Count)):
        if isinstance(count.this, exp.Star):
            count.set("this", exp.column(exp.to_identifier(f"{below}.{_THERE}", quoted=True)))
    for column in list(tree.find_all(exp.Column)):
        name = exp.column(exp.to_identifier(related.qualified(column), quoted=True))
        if column.table or "." in column.name:
            column.replace(name)
        else:
            column.replace(exp.func("any_value", name))
    return tree.sql(dialect="duckdb")


def _declared(item: _Across, row: Mapping[str, Any]) -> Tally:
    tally = rules.tally_of(item.rule, item.check, table=item.table)
    return replace(tally, count=int(row["found"]), lines=tuple(sorted(set(row["lines"]))))
