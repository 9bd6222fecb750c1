"""The tables of the confidential store, as statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from openjustice.ground import engine, errors

LAYOUT = 1

TABLES: dict[str, str] = {
    "store": "layout INTEGER NOT NULL",
    "submissions": """
        number BIGINT PRIMARY KEY, state VARCHAR NOT NULL, jurisdiction VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
        reporter VARCHAR NOT NULL, period VARCHAR NOT NULL, starts_on DATE NOT NULL, ends_before DATE NOT NULL,
        sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL, file_name VARCHAR NOT NULL, mapping VARCHAR, rows BIGINT NOT NULL,
        rules_digest VARCHAR NOT NULL, received_at VARCHAR NOT NULL, received_by VARCHAR NOT NULL,
        supersedes BIGINT, superseded_by BIGINT""",
    "findings": """
        submission BIGINT NOT NULL, rule VARCHAR NOT NULL, severity VARCHAR NOT NULL, field VARCHAR,
        says VARCHAR NOT NULL, fix VARCHAR NOT NULL, count BIGINT NOT NULL, lines BIGINT[] NOT NULL""",
    "queries": """
        number BIGINT PRIMARY KEY, state VARCHAR NOT NULL, submission BIGINT NOT NULL, dataset VARCHAR NOT NULL,
        reporter VARCHAR NOT NULL, rule VARCHAR NOT NULL, field VARCHAR, question VARCHAR NOT NULL, says VARCHAR NOT NULL,
        count BIGINT NOT NULL, lines BIGINT[] NOT NULL, due_date DATE NOT NULL, opened_at VARCHAR NOT NULL,
        answer VARCHAR, answered_at VARCHAR, answered_by VARCHAR, closed_at VARCHAR, closed_by VARCHAR""",
    "statements": """
        number BIGINT PRIMARY KEY, state VARCHAR NOT NULL, jurisdiction VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
        reporter VARCHAR NOT NULL, period VARCHAR NOT NULL, starts_on DATE NOT NULL, ends_before DATE NOT NULL,
        stated_at VARCHAR NOT NULL, stated_by VARCHAR NOT NULL, reason VARCHAR, ended_at VARCHAR""",
    "assessments": """
        number BIGINT PRIMARY KEY, state VARCHAR NOT NULL, jurisdiction VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
        rules_digest VARCHAR NOT NULL, tests BIGINT NOT NULL, unusual BIGINT NOT NULL, made_at VARCHAR NOT NULL,
        made_by VARCHAR NOT NULL""",
    "assessed": """
        assessment BIGINT NOT NULL, reporter VARCHAR NOT NULL, period VARCHAR NOT NULL, submission BIGINT,
        dimension VARCHAR NOT NULL, measure VARCHAR NOT NULL, value DOUBLE, expected DOUBLE, low DOUBLE, high DOUBLE,
        p DOUBLE, compared BIGINT, verdict VARCHAR NOT NULL, says VARCHAR NOT NULL""",
    "drafts": """
        number BIGINT PRIMARY KEY, state VARCHAR NOT NULL, jurisdiction VARCHAR NOT NULL, dataset VARCHAR NOT NULL,
        author VARCHAR NOT NULL, "at" VARCHAR NOT NULL, digest VARCHAR NOT NULL, release VARCHAR""",
    "approvals": """
        draft BIGINT NOT NULL, checker VARCHAR NOT NULL, role VARCHAR NOT NULL, "at" VARCHAR NOT NULL,
        digest VARCHAR NOT NULL""",
    "sealed_cells": """
        release VARCHAR NOT NULL, dataset VARCHAR NOT NULL, table_id VARCHAR NOT NULL, address VARCHAR NOT NULL,
        value BIGINT NOT NULL, hidden BOOLEAN NOT NULL""",
    "audit": """
        number BIGINT PRIMARY KEY, "at" VARCHAR NOT NULL, actor VARCHAR NOT NULL, event VARCHAR NOT NULL,
        thing VARCHAR NOT NULL, thing_id BIGINT NOT NULL, from_state VARCHAR, to_state VARCHAR, detail VARCHAR NOT NULL""",
}
# Tables that came after the first homes were made: an older home gets them when it is next opened to write.
LATER = ("statements", "assessments", "assessed")
# A record's own place, beside its contract's fields: whose it is, in which submission, on which line of the file.
RECORD_COLUMNS: Mapping[str, str] = {"_record": "VARCHAR", "_submission": "BIGINT", "_line": "BIGINT"}


def make_tables(store: engine.Engine) -> None:
    """Make every table of the store that is not there yet, all in one transaction."""
    present = {row[0] for row in store.ask("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")}
    wanted = LATER if "store" in present else tuple(TABLES)
    missing = [name for name in wanted if name not in present]
    if not missing:
        return
    with store.transaction():
        for name in missing:
            store.change(f"CREATE TABLE {engine.quote(name)} ({TABLES[name]})")
        if "store" in missing:
            store.change("INSERT INTO store VALUES (?)", [LAYOUT])


def records_relation(dataset: str) -> str:
    """Return the name of the stored relation that holds a dataset's records."""
    return f"records__{dataset}"


def fit_records(store: engine.Engine, relation: str, *, fields: Mapping[str, str], apart: Collection[str]) -> None:
    """Make a records relation, or add the columns that a newer contract brought.

    `apart` names the direct identifiers. Raises RegistryRefused where a field has another type than before, or has become a
    direct identifier.
    """
    columns = {**RECORD_COLUMNS, **fields}
    shape = ", ".join(f"{engine.quote(name)} {kind}" for name, kind in columns.items())
    store.change(f"CREATE TABLE IF NOT EXISTS {engine.quote(relation)} ({shape})")
    present = {row[0]: row[1] for row in store.ask(f"DESCRIBE {engine.quote(relation)}")}
    faults = [_type_changed(name) for name, kind in columns.items() if present.get(name, kind) != kind]
    faults += [_became_identifier(name) for name in sorted(present.keys() & set(apart))]
    if faults:
        raise errors.RegistryRefused(faults)
    for name in [name for name in columns if name not in present]:
        store.change(f"ALTER TABLE {engine.quote(relation)} ADD COLUMN {engine.quote(name)} {columns[name]}")


def _type_changed(field: str) -> errors.Fault:
    return errors.Fault(
        code="type_changed", what=f"'{field}' has another type than in the records kept earlier.",
        way_out="Give the field a new name, or its former type.", ask=errors.RegistryRefused.who_must_act,
        place=errors.Place(field=field),
    )  # fmt: skip


def _became_identifier(field: str) -> errors.Fault:
    return errors.Fault(
        code="became_identifier", what=f"'{field}' is a direct identifier now, and stands among the records kept earlier.",
        way_out="Make a new home and send the earlier files to it.", ask=errors.RegistryRefused.who_must_act,
        place=errors.Place(field=field),
    )  # fmt: skip
