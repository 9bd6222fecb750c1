"""Identities: one pseudonym by key and scope, the same in Python and on the engine; orphans are pruned."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.confidential import identities
from openjustice.ground import engine
from openjustice.ground.terms import Plane

KEY = b"k" * 32
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


def on_engine(rows: list[list[str | None]], *, key: bytes, scope: str) -> list[str]:
    """Compute the pseudonyms of rows on the engine."""
    names = [f"k{place}" for place in range(len(rows[0]))]
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        columns = {"n": "BIGINT", **dict.fromkeys(names, "VARCHAR")}
        table = opened.make_table(
            "rows", columns=columns, rows=[[n, *row] for n, row in enumerate(rows)], plane=Plane.CONFIDENTIAL
        )
        statement = f"SELECT {identities.pseudonym_sql(names)} FROM {engine.quote(table.relation)} ORDER BY n"
        return [row[0] for row in opened.ask(statement, identities.pseudonym_parameters(key=key, scope=scope))]


@given(
    st.lists(st.lists(st.none() | TEXTS, min_size=2, max_size=2), min_size=1, max_size=8),
    st.binary(min_size=32, max_size=90),
)
def test_the_engine_computes_the_same_pseudonym(rows: list[list[str | None]], key: bytes):
    expected = [identities.pseudonym(row, key=key, scope="demo/d") for row in rows]
    assert on_engine(rows, key=key, scope="demo/d") == expected


def test_a_pseudonym_is_a_keyed_hash_of_scope_and_values():
    message = "demo/d\n4:Aña-3:x:y"
    made = identities.pseudonym(["Aña", None, "x:y"], key=KEY, scope="demo/d")
    assert made == hmac.new(KEY, message.encode(), hashlib.sha256).hexdigest()


@given(st.lists(st.none() | TEXTS, max_size=3), st.lists(st.none() | TEXTS, max_size=3))
def test_different_keys_of_records_have_different_pseudonyms(one: list[str | None], two: list[str | None]):
    made = [identities.pseudonym(values, key=KEY, scope="s") for values in (one, two)]
    assert (made[0] == made[1]) == (one == two)


@pytest.mark.parametrize(("key", "scope"), [(b"j" * 32, "demo/d"), (KEY, "demo/e")])
def test_another_key_or_scope_gives_another_pseudonym(key: bytes, scope: str):
    assert identities.pseudonym(["a"], key=key, scope=scope) != identities.pseudonym(["a"], key=KEY, scope="demo/d")


def names_file(folder: Path, **columns: list[str | None]) -> Path:
    """Write identifiers as a Parquet file, one row for each place of the lists."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=folder) as opened:
        rows = list(zip(*columns.values(), strict=True))
        table = opened.make_table(
            "names", columns=dict.fromkeys(columns, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL
        )
        opened.write_parquet(table, folder / "names.parquet")
    return folder / "names.parquet"


def test_what_an_unfinished_submission_left_is_pruned(tmp_path: Path):
    path = tmp_path / "apart" / "identities.duckdb"
    path.parent.mkdir()
    with identities.open_identities(path, known=[]) as apart:
        for number in (1, 2, 3):
            given = names_file(tmp_path, _record=["r", "s"], name=["A", None])
            apart.add("d", submission=number, fields={"name": "VARCHAR"}, source=given)
        apart.remove(3)
        assert apart.count_by_submission("d") == {1: 2, 2: 2}
    (path.parent / ".incoming.parquet").write_bytes(b"left by a stop")
    with identities.open_identities(path, known=[1]) as apart:
        assert [item.name for item in path.parent.iterdir() if item.suffix == ".parquet"] == []
        assert apart.count_by_submission("d") == {1: 2}
        assert apart.count_by_submission("e") == {}
        assert apart.table("d").plane is Plane.CONFIDENTIAL


def test_a_broken_hand_over_keeps_nothing(tmp_path: Path):
    given = tmp_path / "names.parquet"
    given.write_bytes(b"no Parquet")
    (tmp_path / "apart").mkdir()
    with identities.open_identities(tmp_path / "apart" / "identities.duckdb", known=[]) as apart:
        with pytest.raises(engine.StatementFailed):
            apart.add("d", submission=1, fields={"name": "VARCHAR"}, source=given)
        assert apart.count_by_submission("d") == {}
    assert list(tmp_path.rglob("*.parquet")) == []


def test_a_newer_contract_may_bring_an_identifier(tmp_path: Path):
    with identities.open_identities(tmp_path / "identities.duckdb", known=[]) as apart:
        one = names_file(tmp_path, _record=["r"], name=["A"])
        apart.add("d", submission=1, fields={"name": "VARCHAR"}, source=one)
        two = names_file(tmp_path, _record=["s"], name=["B"], born=["1990-01-01"])
        apart.add("d", submission=2, fields={"name": "VARCHAR", "born": "DATE"}, source=two)
        assert len(apart.table("d").rows()) == 2
