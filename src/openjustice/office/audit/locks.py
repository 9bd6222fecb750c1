"""Makes the database itself refuse to change an entry: triggers on both databases, and a role that may only add on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import connection

from openjustice.ground import errors

_REFUSAL = "an audit entry is never changed"
_SQLITE = [
    f"CREATE TRIGGER audit_entry_keeps_{act.lower()} BEFORE {act} ON audit_entry "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for act in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    f"CREATE FUNCTION audit_entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    *(
        f"CREATE TRIGGER audit_entry_keeps_{name} BEFORE {acts} ON audit_entry "
        f"FOR EACH {each} EXECUTE FUNCTION audit_entry_keeps()"
        for name, acts, each in (("rows", "UPDATE OR DELETE", "ROW"), ("all", "TRUNCATE", "STATEMENT"))
    ),
]


def make_triggers(_apps: Any, schema_editor: Any) -> None:
    """Add the triggers of this database."""
    for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def drop_triggers(_apps: Any, schema_editor: Any) -> None:
    """Remove the triggers, for a migration that is undone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_entry_keeps() CASCADE")
    else:
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER audit_entry_keeps_{act}")


def grant_to(role: str) -> None:
    """Let a role of PostgreSQL work in the office: it may add audit entries and read them, and nothing else with them.

    Run by the owner of the tables, after they were migrated. Raises RegistryRefused on any other database.
    """
    if connection.vendor != "postgresql":
        raise errors.RegistryRefused.because(
            "no_database_roles", "Only PostgreSQL has roles.", why="SQLite keeps entries by its triggers alone.",
            way_out="Name a database of PostgreSQL in OPENJUSTICE_OFFICE_DATABASE.", ask="the administrator of the office",
        )  # fmt: skip
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {name}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM {name}",
            f"REVOKE INSERT, DELETE, TRUNCATE ON audit_head FROM {name}",
            f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}",
        ):
            cursor.execute(statement)
