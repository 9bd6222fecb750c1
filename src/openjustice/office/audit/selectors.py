"""Reads the audit record: for a page, and whole for its verification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import connection, transaction
from django.db.models import QuerySet

from openjustice.office.audit import rules
from openjustice.office.audit.models import Entry, Head
from openjustice.office.audit.rules import Checkpoint

_BATCH = 5_000


def entries_of(*, thing: str = "", thing_id: str = "", actor: str = "", event: str = "") -> QuerySet[Entry]:
    """Return the entries that fit, newest first."""
    wanted = {"thing": thing, "thing_id": thing_id, "actor": actor, "event": event}
    return Entry.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by("-number")


def read_checkpoints(home: Path) -> list[Checkpoint]:
    """Return the checkpoints that are kept in the home, outside of the database."""
    path = home / "office" / rules.CHECKPOINTS
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    return [rules.read_checkpoint(line) for line in lines if line]


def find_tampering(*, checkpoints: Iterable[Checkpoint], key: str, most: int = 20) -> list[str]:
    """Return everything that is wrong with the record of this database, beside these checkpoints; reads one state of it."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        end = Head.objects.get(pk=1)
        head = (end.size, end.hash, rules.Tree(size=end.size, edge=rules.read_edge(end.edge)).root)
        return rules.find_tampering(_read_entries(), head=head, checkpoints=checkpoints, key=key, most=most)


def _read_entries() -> Iterator[tuple[int, str, str]]:
    """Read number, text and hash of every entry. The database joins the text: one column is read faster than eleven."""
    joined = " || char(10) || ".join(rules.FIELDS)
    if connection.vendor == "postgresql":
        joined = joined.replace("char(10)", "chr(10)")
    statement = f"SELECT number, {joined}, hash FROM audit_entry ORDER BY number"
    with connection.chunked_cursor() as cursor:
        cursor.itersize = _BATCH
        cursor.execute(statement)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows
