"""Makes the public folder and the peer's database of the service's benchmark: the same invented rows in both, seeded.

python benchmarks/service/generate.py FOLDER --rows N. FOLDER/public is a sealed release whose record file has nine columns
(county, agency, year, month, age, sex, race, offense, disposition) and a cube of them; FOLDER/peer.db the same rows in SQLite.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb

from openjustice.contracts import release
from openjustice.contracts.release import CatalogEntry, Product, ProductKind
from openjustice.public.store import intake, reader

ROWS = """
    SELECT
        printf('%03d', 1 + CAST(floor(58 * power(u(i, 1), 2.5)) AS INTEGER)) AS county,
        printf('A%04d', CAST(floor(700 * power(u(i, 2), 2)) AS INTEGER)) AS agency,
        2010 + CAST(floor(15 * u(i, 3)) AS INTEGER) AS year,
        1 + CAST(floor(12 * u(i, 4)) AS INTEGER) AS month,
        15 + CAST(floor(70 * power(u(i, 5), 1.7)) AS INTEGER) AS age,
        CASE WHEN u(i, 6) < 0.77 THEN 'male' WHEN u(i, 6) < 0.995 THEN 'female' ELSE 'other' END AS sex,
        ['white', 'hispanic', 'black', 'asian', 'other', 'unknown'][1 + CAST(floor(6 * power(u(i, 7), 1.8)) AS INTEGER)] AS race,
        printf('%02d', 10 + CAST(floor(60 * power(u(i, 8), 2)) AS INTEGER)) AS offense,
        ['released', 'filed', 'juvenile', 'other', 'pending'][1 + CAST(floor(5 * power(u(i, 9), 2)) AS INTEGER)] AS disposition
    FROM range($rows) AS rows(i)
"""
# A number from 0 to 1 from the row's number and the column's: the same on every machine and thread.
MACRO = "CREATE MACRO u(i, n) AS (hash(i * 31 + n) % 1000003) / 1000003.0"
CUBE = (
    "SELECT county, year, race, sex, offense, disposition, count(*) AS arrests FROM arrests GROUP BY ALL ORDER BY ALL"
)
INDEXES = ("county, year", "agency, year", "race", "offense", "year, month", "county, year, race")


def main() -> None:
    """Make both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5_000_000)
    given = parser.parse_args()
    home = given.folder / "home"
    demo = [sys.executable, "-m", "openjustice", "demo", "--home", home, "--no-serve"]
    subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(home / "public", given.folder / "public", ignore=shutil.ignore_patterns("site*"))
    made = duckdb.connect()
    made.execute(MACRO)
    made.execute(f"CREATE TABLE arrests AS {ROWS} ORDER BY county, year, agency", {"rows": given.rows})
    place_release(given.folder / "public", made)
    fill_peer(given.folder / "peer.db", made)


def place_release(public: Path, made: duckdb.DuckDBPyConnection) -> None:
    """Put the rows and their cube into the place of one sealed release, whose manifest then names them."""
    entry = reader.read_catalog(public)[0]
    folder = public / reader.RELEASES / entry.address
    manifest = release.read_release_manifest(json.loads((folder / reader.MANIFEST).read_bytes()))
    kept = tuple(item for item in manifest.products if item.kind not in (ProductKind.TABLE, ProductKind.MICRODATA))
    own = tuple(
        place_table(folder, made, name, statement) for name, statement in (("arrests", "FROM arrests"), ("cube", CUBE))
    )
    changed = replace(manifest, products=(*kept, *own))
    (folder / reader.MANIFEST).write_text(release.as_json(changed), encoding="utf-8")
    intake.write_catalog(public, entries=(CatalogEntry(entry.address, changed.digest, entry.sealed_at),))


def place_table(folder: Path, made: duckdb.DuckDBPyConnection, name: str, statement: str) -> Product:
    """Write one table as Parquet and describe it."""
    path = folder / f"{name}.parquet"
    made.execute(f"COPY ({statement}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    columns = tuple((str(row[0]), str(row[1])) for row in made.execute(f"DESCRIBE {statement}").fetchall())
    rows = made.execute(f"SELECT count(*) FROM ({statement})").fetchall()[0][0]
    return Product(
        id=name, kind=ProductKind.MICRODATA, path=path.name, sha256=release.file_digest(path), bytes=path.stat().st_size,
        rows=rows, columns=columns,
    )  # fmt: skip


def fill_peer(path: Path, made: duckdb.DuckDBPyConnection) -> None:
    """Write the same rows into SQLite, with the indexes that serve the questions."""
    described = made.execute("DESCRIBE arrests").fetchall()
    names = [row[0] for row in described]
    shape = ", ".join(f"{row[0]} {'TEXT' if row[1] == 'VARCHAR' else 'INTEGER'}" for row in described)
    peer = sqlite3.connect(path)
    peer.execute(f"CREATE TABLE arrests ({shape})")
    reading = made.execute("FROM arrests")
    while batch := reading.fetchmany(200_000):
        peer.executemany(f"INSERT INTO arrests VALUES ({', '.join('?' * len(names))})", batch)
    for columns in INDEXES:
        peer.execute(f'CREATE INDEX "by {columns}" ON arrests ({columns})')
    peer.execute("ANALYZE")
    peer.commit()
    peer.close()


if __name__ == "__main__":
    main()
