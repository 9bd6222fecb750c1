"""The audit record: written with the change or not at all, never changed, and every change of it found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction

from office import clock, postgresql
from office.databases_in_use import use_database
from openjustice.ground import errors
from openjustice.office.accounts import rules as account_rules
from openjustice.office.accounts import services as accounts
from openjustice.office.accounts.models import Account, Membership
from openjustice.office.audit import locks, rules, selectors, services
from openjustice.office.audit.models import Entry, Head
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import databases

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = rules.public_text(KEY.public_key())


def write(audit: Audit, count: int) -> None:
    """Add some entries."""
    for number in range(count):
        services.record(audit=audit, event="thing_seen", thing="thing", thing_id=number, detail={"count": number})


def find(checkpoints: list[rules.Checkpoint] | None = None) -> list[str]:
    """Verify the record of the database."""
    return selectors.find_tampering(checkpoints=checkpoints or [], key=PUBLIC)


def test_a_whole_record_has_nothing_wrong(database: str, audit: Audit, tmp_path: Path):
    write(audit, 7)
    point = services.take_checkpoint(tmp_path, key=KEY, at="2026-03-02T09:00:00+00:00")
    write(audit, 6)
    assert find([point]) == []
    assert selectors.read_checkpoints(tmp_path) == [point]
    assert Head.objects.get().size == Entry.objects.count() == 13


def test_the_database_refuses_every_change_of_an_entry(database: str, audit: Audit):
    write(audit, 2)
    for statement in ("UPDATE audit_entry SET actor = 'other'", "DELETE FROM audit_entry WHERE number = 1"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute(statement)
    if database == "postgresql":
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            connection.cursor().execute("TRUNCATE audit_entry")
    assert find() == []


def test_a_change_that_fails_leaves_no_entry(database: str, audit: Audit, make_account: Callable[..., Account]):
    membership = make_account("checker").memberships.get()
    before = Entry.objects.count()
    with transaction.atomic():
        accounts.end_membership(membership, audit=audit)
        transaction.set_rollback(True)
    assert Entry.objects.count() == before
    assert Membership.objects.get(pk=membership.pk).state == "held"
    assert find() == []


def test_a_role_that_may_not_act_changes_nothing(database: str, make_account: Callable[..., Account]):
    membership = make_account("checker").memberships.get()
    before = Entry.objects.count()
    with pytest.raises(errors.AccessRefused) as refused:
        accounts.end_membership(membership, audit=Audit(actor="account 1", role="researcher", at=clock.START))
    assert refused.value.codes == ("role_may_not",)
    assert (membership.state, Entry.objects.count()) == ("held", before)


def test_what_ended_is_not_moved_again(database: str, audit: Audit, make_account: Callable[..., Account]):
    membership = make_account("checker").memberships.get()
    stale = Membership.objects.get(pk=membership.pk)
    accounts.end_membership(membership, audit=audit)
    with pytest.raises(errors.AccessRefused) as refused:
        services.move(stale, lifecycle=account_rules.MEMBERSHIP, act="end", audit=audit, ended_at=clock.START)
    assert refused.value.codes == ("may_not_act",)


def unlocked(statement: str, *values: object) -> None:
    """Change the record as somebody could who owns the database: without the locks."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_keeps_update")
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_keeps_delete")
        cursor.execute(statement, values)


FORGED = (
    "UPDATE audit_entry SET actor = 'account 9' WHERE number = 3",
    "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 1",
    """UPDATE audit_entry SET detail = '{"count":9}' WHERE number = 5""",
    "UPDATE audit_entry SET event = 'thing' || '_seen' || ' ' WHERE number = 2",
    "DELETE FROM audit_entry WHERE number = 4",
    "DELETE FROM audit_entry WHERE number = 8",
    "UPDATE audit_entry SET hash = previous WHERE number = 6",
    "UPDATE audit_entry SET number = 99 WHERE number = 8",
    (
        f"INSERT INTO audit_entry ({', '.join(rules.FIELDS)}, hash) SELECT 9, at, actor, role, event, thing, thing_id, "
        "source, target, detail, hash, hash FROM audit_entry WHERE number = 8"
    ),
)


@pytest.mark.parametrize("statement", FORGED)
def test_every_kind_of_forgery_is_found(database: str, audit: Audit, statement: str):
    write(audit, 8)
    unlocked(statement)
    assert find() != []


def forge_from(number: int, audit: Audit) -> None:
    """Write the record anew from one entry on, with every hash and the head made to fit."""
    kept = list(Entry.objects.order_by("number").values_list(*rules.FIELDS))
    unlocked("DELETE FROM audit_entry WHERE number >= %s", number)
    tree, last = rules.Tree(), rules.NOTHING
    for values in kept[: number - 1]:
        last = rules.hash_text(rules.entry_text(values))
        tree.add(bytes.fromhex(last))
    Head.objects.update(size=tree.size, hash=last, edge="".join(node.hex() for node in tree.edge))


def test_a_chain_written_anew_is_found_by_the_checkpoint(database: str, audit: Audit, tmp_path: Path):
    write(audit, 8)
    point = services.take_checkpoint(tmp_path, key=KEY, at="2026-03-02T09:00:00+00:00")
    forge_from(5, audit)
    write(Audit(actor="somebody else", role="administrator", at=clock.START), 4)
    assert find() == []  # the chain alone cannot know
    assert find([point]) == [f"The first 8 entries are not those that the checkpoint of {point.at} was signed over."]


def test_a_record_cut_short_is_found_by_the_checkpoint(database: str, audit: Audit, tmp_path: Path):
    write(audit, 8)
    point = services.take_checkpoint(tmp_path, key=KEY, at="2026-03-02T09:00:00+00:00")
    forge_from(6, audit)
    assert find() == []
    assert find([point]) == [f"A checkpoint of {point.at} covers 8 entries, and only 5 are here."]


def test_a_checkpoint_with_a_false_signature_is_found(database: str, audit: Audit, tmp_path: Path):
    write(audit, 3)
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    point = services.take_checkpoint(tmp_path, key=other, at="2026-03-02T09:00:00+00:00")
    assert find([point]) == [f"The checkpoint of {point.at} over 3 entries has a false signature."]


def test_a_value_with_a_line_end_is_never_written(database: str, audit: Audit):
    with pytest.raises(errors.HouseFault) as refused:
        services.record(audit=audit, event="thing_seen", thing="thing", thing_id="1\n2")
    assert refused.value.codes == ("audit_value_broken",)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100])
def test_the_root_is_that_of_the_whole_tree(size: int):
    leaves = [bytes([number]) * 32 for number in range(size)]
    tree = rules.Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root == whole_root(leaves).hex()


def whole_root(leaves: list[bytes]) -> bytes:
    """Compute the root as RFC 6962 defines it: split at the largest power of two below the size."""
    import hashlib

    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + whole_root(leaves[:split]) + whole_root(leaves[split:])).digest()


def test_the_role_that_serves_the_office_may_only_add_to_the_record(
    postgresql_database: dict, postgresql_server: Path, audit: Audit
):
    use_database(postgresql_database)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE office_app LOGIN")
    locks.grant_to("office_app")
    serving = databases.read_address(postgresql.address(postgresql_server, user="office_app"), home=postgresql_server)
    try:
        use_database(serving)
        with transaction.atomic():
            write(audit, 3)
            accounts.add_organization(name="Added by the serving role", kind="authority", audit=audit)
            assert find() == []
            for statement in (
                "UPDATE audit_entry SET actor = 'other'",
                "DELETE FROM audit_entry",
                "TRUNCATE audit_entry",
                "DELETE FROM audit_head",
                "ALTER TABLE audit_entry DISABLE TRIGGER USER",
                "DROP TABLE audit_entry",
            ):
                with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
                    connection.cursor().execute(statement)
            transaction.set_rollback(True)
    finally:
        use_database(postgresql_database)
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY office_app")
            cursor.execute("DROP ROLE office_app")


def test_sqlite_has_no_roles(sqlite: str):
    with pytest.raises(errors.RegistryRefused) as refused:
        locks.grant_to("office_app")
    assert refused.value.codes == ("no_database_roles",)
