"""Lock 4: a connection of the engine reaches its own directory and nothing else, and its lock cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from openjustice.ground import engine
from openjustice.ground.terms import Plane


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder beside the engine's own, with another store, a file and room to write."""
    folder = tmp_path / "outside"
    folder.mkdir()
    with duckdb.connect(str(folder / "other.duckdb")) as other:
        other.execute("CREATE TABLE secrets AS SELECT 1 AS one")
        other.execute(f"COPY secrets TO '{folder / 'rows.parquet'}' (FORMAT parquet)")
    (folder / "rows.csv").write_text("one\n1\n")
    (folder / "rows.json").write_text('[{"one": 1}]')
    return folder


@pytest.fixture(params=["file", "memory", "nowhere"])
def locked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[engine.Engine]:
    """Open an engine of each kind: on a file, in memory with a directory, in memory with none."""
    own = tmp_path / "own"
    own.mkdir()
    match request.param:
        case "file":
            opened = engine.open_file(own / "store.duckdb", plane=Plane.CONFIDENTIAL)
        case "memory":
            opened = engine.open_memory(plane=Plane.CONFIDENTIAL, directory=own)
        case _:
            opened = engine.open_memory(plane=Plane.CONFIDENTIAL)
    with opened:
        opened.change("CREATE TEMP TABLE mine AS SELECT 7 AS seven")
        yield opened


ESCAPES = {
    "copy rows out": "COPY mine TO '{outside}/leak.csv'",
    "copy rows out as Parquet": "COPY mine TO '{outside}/leak.parquet' (FORMAT parquet)",
    "export the database": "EXPORT DATABASE '{outside}/dump'",
    "climb out of the own directory": "COPY mine TO '{own}/../outside/leak.csv'",
    "attach another store": "ATTACH '{outside}/other.duckdb' AS other",
    "attach another store read-only": "ATTACH '{outside}/other.duckdb' AS other (READ_ONLY)",
    "make a new store": "ATTACH '{outside}/new.duckdb' AS other",
    "read a CSV": "SELECT * FROM read_csv('{outside}/rows.csv')",
    "read a Parquet file": "SELECT * FROM read_parquet('{outside}/rows.parquet')",
    "read a file by its bare name": "SELECT * FROM '{outside}/rows.csv'",
    "read JSON": "SELECT * FROM read_json('{outside}/rows.json')",
    "read text": "SELECT * FROM read_text('{outside}/rows.csv')",
    "read bytes": "SELECT * FROM read_blob('{outside}/rows.csv')",
    "list files": "SELECT * FROM glob('{outside}/*')",
    "read a system file": "SELECT * FROM read_text('/etc/passwd')",
    "load rows": "COPY mine FROM '{outside}/rows.csv'",
    "allow external access": "SET enable_external_access=true",
    "unlock the configuration": "SET lock_configuration=false",
    "allow another directory": "SET allowed_directories=['/']",
    "allow a path": "SET allowed_paths=['/etc/passwd']",
    "read Python variables": "SET python_enable_replacements=true",
    "reset a setting": "RESET enable_external_access",
    "spill elsewhere": "SET temp_directory='{outside}'",
    "log elsewhere": "SET log_query_path='{outside}/log.sql'",
    "profile elsewhere": "PRAGMA profiling_output='{outside}/profile.json'",
    "keep secrets elsewhere": "SET secret_directory='{outside}'",
    "install an extension": "INSTALL httpfs",
    "install a foreign extension": "INSTALL h3 FROM community",
    "load an extension": "LOAD '{outside}/evil.duckdb_extension'",
    "reach the network": "SELECT * FROM read_csv('http://127.0.0.1:9/rows.csv')",
}


@pytest.mark.parametrize("statement", ESCAPES.values(), ids=ESCAPES.keys())
def test_an_escape_is_refused(locked: engine.Engine, outside: Path, tmp_path: Path, statement: str):
    before = sorted(path.name for path in outside.iterdir())
    with pytest.raises(duckdb.Error):
        locked.ask(statement.format(outside=outside, own=tmp_path / "own"))
    assert sorted(path.name for path in outside.iterdir()) == before


def test_its_own_directory_is_open(tmp_path: Path):
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=tmp_path) as opened:
        table = opened.make_table("ages", columns={"age": "INTEGER"}, rows=[(1,), (2,)], plane=Plane.CONFIDENTIAL)
        opened.write_parquet(table, tmp_path / "ages.parquet")
        assert opened.read_parquet(tmp_path / "ages.parquet", name="again").row_count == 2


def test_a_read_only_store_is_not_changed(tmp_path: Path):
    with engine.open_file(tmp_path / "store.duckdb", plane=Plane.PUBLIC) as opened:
        opened.change("CREATE TABLE kept AS SELECT 1 AS one")
    with (
        engine.open_file(tmp_path / "store.duckdb", plane=Plane.PUBLIC, read_only=True) as opened,
        pytest.raises(duckdb.Error),
    ):
        opened.change("DELETE FROM kept")
