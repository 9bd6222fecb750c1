"""Takes a contract with related tables apart: one flat contract for each table, and the way from a record to those it hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from openjustice.contracts.dataset import Belonging, Check, Checks, Contract, FieldDeclaration, Mapping
from openjustice.contracts.jurisdiction import Dataset

# The parameters of a check that hold SQL over fields.
CONDITIONS = ("fails_when", "when", "then", "where")


@dataclass(frozen=True)
class Ancestor:
    """A table that the records of another hang on: its name, and how the step up to it is declared."""

    table: str
    child: str
    belongs_to: Belonging


def table_names(contract: Contract) -> tuple[str, ...]:
    """Return the names of all tables of a contract, the main one first."""
    return (contract.main_table, *contract.tables)


def fields_of_table(contract: Contract, table: str) -> dict[str, FieldDeclaration]:
    """Return the fields of one table, by its name; the empty name means the main one."""
    return dict(contract.tables[table].fields if table in contract.tables else contract.fields)


def key_of_table(contract: Contract, table: str) -> tuple[str, ...]:
    """Return the key of one table, by its name; the empty name means the main one."""
    return contract.tables[table].key if table in contract.tables else contract.key


def ancestors(contract: Contract, table: str) -> tuple[Ancestor, ...]:
    """Return the tables that one hangs on, the nearest first and the main one last; none for the main one itself."""
    made: list[Ancestor] = []
    while table in contract.tables and len(made) <= len(contract.tables):
        belongs_to = contract.tables[table].belongs_to
        parent = belongs_to.table or contract.main_table
        made.append(Ancestor(parent, table, belongs_to))
        table = parent
    return tuple(made)


def linking_fields(contract: Contract, table: str) -> tuple[str, ...]:
    """Return the fields of a related table that hold the key of the table it hangs on, in that key's order."""
    belongs_to = contract.tables[table].belongs_to
    return belongs_to.by or key_of_table(contract, belongs_to.table)


def known_names(contract: Contract, table: str) -> dict[str, FieldDeclaration]:
    """Return what a rule of a table may name: its own fields, and those of the tables above it as `table.field`."""
    made = fields_of_table(contract, table)
    for above in ancestors(contract, table):
        made |= {f"{above.table}.{name}": declared for name, declared in fields_of_table(contract, above.table).items()}
    return made


def flat_contract(contract: Contract, table: str) -> Contract:
    """Return one table as a contract of its own, without related tables; the main one keeps all else that is declared."""
    if table not in contract.tables:
        return contract.model_copy(update={"tables": {}})
    part = contract.tables[table]
    changes = {
        "table": table, "tables": {}, "title": part.title, "says": part.says, "unit": part.unit, "key": part.key,
        "fields": part.fields, "maturity": None, "breaks": tuple(item for item in contract.breaks if item.field in part.fields),
        "reporter_field": contract.reporter_field if contract.reporter_field in part.fields else None,
        "period": contract.period.model_copy(
            update={"field": contract.period.field if contract.period.field in part.fields else None}
        ),
    }  # fmt: skip
    return contract.model_copy(update=changes)


def flat_dataset(dataset: Dataset, table: str) -> Dataset:
    """Return one table of a dataset as a dataset of its own: its fields, the rules that need no other table, its layouts."""
    contract = dataset.contract
    if not contract.tables:
        return dataset
    checks = {
        rule: check
        for rule, check in dataset.checks.checks.items()
        if (check.table or contract.main_table) == table and not is_across(check, contract)
    }
    mappings = {name: made for name, item in dataset.mappings.items() if (made := _flat_mapping(item, contract, table))}
    return replace(
        dataset,
        contract=flat_contract(contract, table),
        checks=Checks(dataset=dataset.checks.dataset, checks=checks),
        mappings=mappings,
    )


def names_in(check: Check, contract: Contract) -> frozenset[str]:
    """Return every field that a rule names in its list, conditions and parameters; one of another table as `table.field`."""
    own = fields_of_table(contract, check.table)
    named = [*check.fields, *_names_in_conditions(check), *_texts_in_parameters(check)]
    return frozenset(name for name in named if name in own or _is_of_other(name, contract))


def is_across(check: Check, contract: Contract) -> bool:
    """Say whether a rule reads more than one table: it names a field of another, or looks at the records below its own."""
    return check.kind == "related" or any(_is_of_other(name, contract) for name in names_in(check, contract))


def qualified(column: exp.Column) -> str:
    """Return the name that a column of a condition means: `table.field` where it names its table."""
    return f"{column.table}.{column.name}" if column.table else column.name


def _names_in_conditions(check: Check) -> Iterator[str]:
    for key in CONDITIONS:
        if isinstance(text := check.parameters.get(key), str):
            try:
                tree = sqlglot.parse_one(text, dialect="duckdb")
            except SqlglotError:
                continue
            yield from (qualified(column) for column in tree.find_all(exp.Column))


def _texts_in_parameters(check: Check) -> Iterator[str]:
    for key, value in check.parameters.items():
        if key not in CONDITIONS:
            yield from (
                item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, str)
            )


def _is_of_other(name: str, contract: Contract) -> bool:
    table, _, field = name.rpartition(".")
    return bool(table) and table in table_names(contract) and field in fields_of_table(contract, table)


def _flat_mapping(mapping: Mapping, contract: Contract, table: str) -> Mapping | None:
    if table == contract.main_table:
        return mapping.model_copy(update={"tables": {}})
    if table not in mapping.tables:
        return None
    layout = mapping.tables[table].model_dump()
    return Mapping.model_validate({"mapping": mapping.mapping, "title": mapping.title, **layout})
