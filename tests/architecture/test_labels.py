"""Lock 5: a derived table takes the strictest label, names only what was declared, and two rooms alone lower a label."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product

import pytest

from architecture.linter import SOURCES
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane

MAY_LOWER = {"protect/plan": "protected", "airlock/seal": "public"}
SECRET = 42


@pytest.fixture
def store() -> Iterator[engine.Engine]:
    """Open an engine with a stored table that no statement below declares."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        opened.change(f"CREATE TABLE records AS SELECT {SECRET} AS secret")
        yield opened


def one_row(opened: engine.Engine, plane: Plane, name: str = "given") -> engine.Table:
    """Make a table of one row under a label."""
    return opened.make_table(name, columns={"a": "INTEGER"}, rows=[(1,)], plane=plane)


@pytest.mark.parametrize(("first", "second"), list(product(Plane, Plane)))
def test_a_derived_table_takes_the_strictest_label(store: engine.Engine, first: Plane, second: Plane):
    inputs = {"one": one_row(store, first), "two": one_row(store, second)}
    derived = store.derive("both", "SELECT one.a FROM one, two", inputs=inputs)
    assert derived.plane.strictness == max(first.strictness, second.strictness)


@pytest.mark.parametrize("plane", list(Plane))
def test_an_array_step_keeps_the_label_of_its_inputs(store: engine.Engine, plane: Plane):
    given = one_row(store, plane)
    made = store.make_table_from_arrays("made", arrays=given.arrays(), plane=Plane.PUBLIC, inputs=[given])
    assert made.plane is plane


@pytest.mark.parametrize("asked", list(Plane))
def test_a_file_of_a_confidential_store_is_confidential(tmp_path_factory: pytest.TempPathFactory, asked: Plane):
    folder = tmp_path_factory.mktemp("own")
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=folder) as opened:
        opened.write_parquet(one_row(opened, Plane.CONFIDENTIAL), folder / "rows.parquet")
        assert opened.read_parquet(folder / "rows.parquet", name="rows", plane=asked).plane is Plane.CONFIDENTIAL


UNDECLARED = [
    "SELECT * FROM records",
    "SELECT secret FROM given, records",
    "SELECT * FROM main.records",
    "SELECT * FROM given UNION ALL FROM records",
    "SELECT (SELECT secret FROM records) FROM given",
    "SELECT * FROM given WHERE a IN (FROM records)",
    "SELECT * FROM unnest((SELECT list(secret) FROM records))",
    "SELECT * FROM range((SELECT max(secret) FROM records))",
    "SELECT * FROM query_table('records')",
    "SELECT * FROM query('FROM records')",
    "FROM (SUMMARIZE records)",
    "FROM (PIVOT records ON secret USING sum(secret))",
    "PIVOT records ON secret",
    "TABLE records",
    "SELECT * FROM duckdb_tables()",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT 1; SELECT * FROM records",
    "CREATE TABLE copy AS SELECT * FROM given",
    "DELETE FROM given",
]
# A WITH clause that takes a stored table's name: inside its own definition, or elsewhere, the name could reach the table.
SHADOWS = [
    "WITH records AS (SELECT * FROM records) SELECT * FROM records",
    "WITH a AS (SELECT * FROM records), records AS (SELECT 1) SELECT * FROM a",
    "SELECT * FROM records, (WITH records AS (SELECT 1 AS x) SELECT * FROM records) AS t",
    "WITH given AS (SELECT 1 AS a) SELECT * FROM given",
]


@pytest.mark.parametrize("statement", UNDECLARED)
def test_a_statement_that_names_an_undeclared_input_is_refused(store: engine.Engine, statement: str):
    with pytest.raises(errors.HouseFault) as refused:
        store.derive("leak", statement, inputs={"given": one_row(store, Plane.PUBLIC)})
    assert refused.value.codes == ("statement_refused",)


@pytest.mark.parametrize("statement", SHADOWS)
def test_a_with_clause_cannot_shadow_its_way_to_a_stored_table(store: engine.Engine, statement: str):
    with pytest.raises(Exception, match=r"refused|does not exist|Circular") as refused:
        store.derive("leak", statement, inputs={"given": one_row(store, Plane.PUBLIC)})
    assert str(SECRET) not in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("WITH b AS (SELECT a FROM given) SELECT b.a FROM b", [1]),
        ("WITH b AS (SELECT a FROM given), c(n) AS (SELECT a + 1 FROM b) SELECT n AS a FROM c ORDER BY c.n", [2]),
        ("WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t WHERE a < 3) SELECT a FROM t", [1, 2, 3]),
        ("SELECT g.a FROM given AS g JOIN given AS h USING (a)", [1]),
        ("SELECT a FROM (WITH b AS (FROM given) SELECT b.a FROM b AS b)", [1]),
    ],
)
def test_an_honest_statement_runs(store: engine.Engine, statement: str, expected: list[int]):
    derived = store.derive("fine", statement, inputs={"given": one_row(store, Plane.PUBLIC)})
    assert [row["a"] for row in derived.rows()] == expected


@pytest.mark.parametrize(
    ("plane", "to"),
    [
        (Plane.CONFIDENTIAL, Plane.PUBLIC),
        (Plane.CONFIDENTIAL, Plane.CONFIDENTIAL),
        (Plane.PROTECTED, Plane.CONFIDENTIAL),
        (Plane.PUBLIC, Plane.PUBLIC),
    ],
)
def test_a_label_falls_one_step_at_a_time(store: engine.Engine, plane: Plane, to: Plane):
    with pytest.raises(errors.HouseFault):
        store.lower_label(one_row(store, plane), to=to, reason="for a test")


def callers_of(attribute: str) -> dict[str, set[str]]:
    """Find the files that call a method by this name, with the planes named among its arguments."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr == attribute:
                found.setdefault(str(path.relative_to(SOURCES)), set())
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute:
                planes = {item.attr.lower() for item in ast.walk(node) if isinstance(item, ast.Attribute)}
                found.setdefault(str(path.relative_to(SOURCES)), set()).update(planes & {"protected", "public"})
    return found


def plane_allowed(path: str) -> str | None:
    """Say which plane a file may lower a label to, if any: its module, or the package that it stands in, is named above."""
    return next(
        (plane for room, plane in MAY_LOWER.items() if path.removesuffix(".py") == room or path.startswith(f"{room}/")),
        None,
    )


def test_only_the_plan_and_the_seal_lower_a_label():
    callers = callers_of("lower_label")
    assert callers
    assert {path for path in callers if plane_allowed(path) is None} == set()
    assert {path: planes for path, planes in callers.items() if planes - {plane_allowed(path)}} == {}


def test_a_label_is_never_set_by_hand():
    """A table is made by an engine; making one with `replace` or by its class would choose its label freely."""
    offenders = []
    for path in sorted(SOURCES.rglob("*.py")):
        if path.relative_to(SOURCES).parts[:2] == ("ground", "engine"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and any(keyword.arg == "plane" for keyword in node.keywords):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"replace", "Table"}:
                    offenders.append(str(path.relative_to(SOURCES)))
    assert offenders == []
