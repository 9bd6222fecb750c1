"""Tampers with an audit record of a million entries and verifies it: every change must be found, and how long that takes.

Run: .venv/bin/python benchmarks/audit/run.py [--entries N] [--changes N] [--seed N]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
BATCH = 20_000
KINDS = (
    "a value edited",
    "edited, with its own hash made anew",
    "deleted",
    "two neighbors swapped",
    "replaced by another",
)


def main() -> int:
    """Measure on SQLite, and on PostgreSQL where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        from office import postgresql

        missed = measure("SQLite", "", given)
        if postgresql.find_binaries() is None:
            print("No PostgreSQL here: measured on SQLite alone.")
        else:
            with postgresql.serve() as socket:
                missed += measure("PostgreSQL", postgresql.address(socket), given)
    return 1 if missed else 0


def prepare(home: Path) -> None:
    """Make Django ready with an office in this folder."""
    (home / "office").mkdir()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "openjustice.office.settings",
        "OPENJUSTICE_HOME": str(home),
        "OPENJUSTICE_OFFICE_SECRET": "for a benchmark alone",
    }
    import django

    django.setup()


def measure(name: str, address: str, given: argparse.Namespace) -> int:
    """Fill, verify, tamper and verify again; returns how many changes were not found."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections

    from openjustice.office.audit import rules, selectors
    from openjustice.office.desk import databases

    connections.close_all()
    chosen = databases.read_address(address, home=settings.HOME)
    defaults = {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "TIME_ZONE": None,
        "TEST": {},
        "CONN_HEALTH_CHECKS": False,
    }
    connections.settings["default"] = {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", **defaults, **chosen}
    if address:
        del connections["default"]
    call_command("migrate", "audit", verbosity=0, interactive=False)
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    public = rules.public_text(key.public_key())
    points = fill(given.entries, key=key, seed=given.seed)

    with timed() as whole:
        assert selectors.find_tampering(checkpoints=points, key=public) == []
    print(
        f"{name}: {given.entries:,} entries, {len(points)} checkpoints, verified in {whole[0]:.2f} s of CPU ({whole[1]:.2f} s)."
    )
    with connection.cursor() as cursor:
        done = tamper(cursor, given.changes, entries=given.entries, seed=given.seed)
    found = selectors.find_tampering(checkpoints=points, key=public, most=10 * given.changes)
    broken = {int(line.split()[1]) for line in found if line.startswith("Entry ")}
    missed = [(kind, place) for kind, place in done if not broken & {place, place + 1}]
    for kind in KINDS:
        of = [place for known, place in done if known == kind]
        lost = sum(known == kind for known, _ in missed)
        print(f"  {kind}: {len(of) - lost} of {len(of)} found")
    print(f"  {sum('checkpoint' in line for line in found)} of {len(points)} checkpoints no longer fit.")
    return len(missed)


def fill(entries: int, *, key: object, seed: int) -> list:
    """Write a record of invented entries as the office would, in batches, and return ten checkpoints taken on the way."""
    from django.db import connection

    from openjustice.office.audit import rules
    from openjustice.office.audit.models import Head

    if connection.vendor == "sqlite":  # filling is not what is measured
        connection.cursor().execute("PRAGMA cache_size = -800000")
        connection.cursor().execute("PRAGMA synchronous = OFF")
    tree, last, points, chance = rules.Tree(), rules.NOTHING, [], random.Random(seed)
    names = (*rules.FIELDS, "hash")
    marks = ", ".join(["%s"] * len(names))
    for start in range(1, entries + 1, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, entries + 1)):
            values = (
                number, f"2026-03-02T09:00:{number % 60:02}.000000+00:00", f"account {chance.randrange(300)}", "steward",
                "submission_viewed", "submission", str(chance.randrange(90_000)), "", "", f'{{"rows":{chance.randrange(9)}}}', last,
            )  # fmt: skip
            last = rules.hash_text(rules.entry_text(values))
            tree.add(bytes.fromhex(last))
            rows.append((*values, last))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO audit_entry ({', '.join(names)}) VALUES ({marks})", rows)
        if tree.size * 10 // entries > len(points):
            at = f"2026-03-{len(points) + 2:02}T09:00:00+00:00"
            points.append(
                rules.sign(rules.Checkpoint(size=tree.size, root=tree.root, head=last, at=at, key=""), key=key)
            )
    Head.objects.update(size=tree.size, hash=last, edge="".join(node.hex() for node in tree.edge))
    return points


def tamper(cursor: object, changes: int, *, entries: int, seed: int) -> list[tuple[str, int]]:
    """Change the record at random places, far enough apart to tell them from each other; returns what was done where."""
    unlock(cursor)
    chance = random.Random(seed + 1)
    places = sorted(place * 5 + 1 for place in chance.sample(range(1, entries // 5 - 1), changes))
    done = []
    for place in places:
        kind = chance.choice(KINDS)
        act(cursor, kind, place, chance=chance)
        done.append((kind, place))
    return done


def unlock(cursor: object) -> None:
    """Take the locks away, as somebody could who owns the database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    else:
        cursor.execute("DROP TRIGGER audit_entry_keeps_update")
        cursor.execute("DROP TRIGGER audit_entry_keeps_delete")


def act(cursor: object, kind: str, place: int, *, chance: random.Random) -> None:
    """Make one change."""
    from openjustice.office.audit import rules

    if kind == KINDS[0]:
        name = chance.choice(rules.FIELDS[1:])
        cursor.execute(f"UPDATE audit_entry SET {name} = 'x' || substr({name}, 2) WHERE number = %s", [place])
    elif kind == KINDS[1]:
        values = read(cursor, place)
        values[rules.FIELDS.index("actor")] = "account 999"
        forged = rules.hash_text(rules.entry_text(values))
        cursor.execute("UPDATE audit_entry SET actor = 'account 999', hash = %s WHERE number = %s", [forged, place])
    elif kind == KINDS[2]:
        cursor.execute("DELETE FROM audit_entry WHERE number = %s", [place])
    elif kind == KINDS[3]:
        for source, target in ((place, -1), (place + 1, place), (-1, place + 1)):
            cursor.execute("UPDATE audit_entry SET number = %s WHERE number = %s", [target, source])
    else:
        values = read(cursor, place)
        values[rules.FIELDS.index("event")] = "nothing_happened"
        cursor.execute("DELETE FROM audit_entry WHERE number = %s", [place])
        names, marks = ", ".join((*rules.FIELDS, "hash")), ", ".join(["%s"] * (len(rules.FIELDS) + 1))
        forged = rules.hash_text(rules.entry_text(values))
        cursor.execute(f"INSERT INTO audit_entry ({names}) VALUES ({marks})", [*values, forged])


def read(cursor: object, place: int) -> list:
    """Read one entry's values."""
    from openjustice.office.audit import rules

    cursor.execute(f"SELECT {', '.join(rules.FIELDS)} FROM audit_entry WHERE number = %s", [place])
    return list(cursor.fetchone())


@contextmanager
def timed() -> Iterator[list[float]]:
    """Measure the block: seconds of this process's CPU, and seconds on the clock."""
    spent: list[float] = []
    cpu, clock = time.process_time(), time.perf_counter()
    yield spent
    spent += [time.process_time() - cpu, time.perf_counter() - clock]


if __name__ == "__main__":
    raise SystemExit(main())
