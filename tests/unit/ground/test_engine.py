"""The engine: labels, declared inputs, digests, traces, transactions and files that stay in their directory."""

from datetime import date

import numpy as np
import pytest

from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane


@pytest.fixture
def running(tmp_path):
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=tmp_path) as made:
        yield made


@pytest.fixture
def deaths(running):
    columns = {"year": "INTEGER", "manner": "VARCHAR", "sure": "BOOLEAN", "day": "DATE"}
    rows = [(2001, "a", True, "2001-02-03"), (2002, None, None, None), (2001, "b'\"", False, "2001-02-04")]
    return running.make_table("deaths", columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)


def test_rows_go_in_and_come_out_typed_and_sorted(deaths):
    assert deaths.row_count == 3
    assert deaths.column_names == ("year", "manner", "sure", "day")
    assert deaths.rows()[0] == {"year": 2001, "manner": "a", "sure": True, "day": date(2001, 2, 3)}
    assert deaths.rows(order_by=["day"])[-1]["day"] is None


def test_an_empty_table_is_a_table(running):
    assert running.make_table("none", columns={"x": "INTEGER"}, rows=[], plane=Plane.PUBLIC).rows() == []


def test_a_derived_table_binds_values_and_takes_the_strictest_label(running, deaths):
    open_table = running.make_table("years", columns={"year": "INTEGER"}, rows=[(2001,)], plane=Plane.PUBLIC)
    made = running.derive(
        "counts",
        "WITH some AS (SELECT * FROM deaths JOIN years USING (year)) SELECT year, count(*) AS n FROM some "
        "WHERE manner <> $other GROUP BY year",
        inputs={"deaths": deaths, "years": open_table},
        parameters={"other": "b'\""},
    )
    assert made.rows() == [{"year": 2001, "n": 1}]
    assert made.plane is Plane.CONFIDENTIAL


def test_rows_made_from_arguments_alone_need_no_input(running):
    made = running.derive("numbers", "SELECT * FROM range(2) AS r(n)", inputs={})
    assert (made.rows(), made.plane) == ([{"n": 0}, {"n": 1}], Plane.PUBLIC)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT * FROM other", "not declared"),
        ("SELECT * FROM 'other.csv'", "not declared"),
        ("SELECT * FROM read_csv('other.csv')", "other than a declared input"),
        ("SELECT * FROM information_schema.tables", "other than a declared input"),
        ("SELECT (SELECT max(x) FROM other)", "not declared"),
        ("WITH deaths AS (SELECT 1) SELECT * FROM deaths", "takes the name"),
        ("SELECT 1; SELECT 2", "not exactly one SELECT"),
        ("DROP TABLE deaths", "not exactly one SELECT"),
        ("SELECT FROM WHERE (", "cannot be read"),
    ],
)
def test_a_statement_may_name_only_its_declared_inputs(running, deaths, statement, says):
    with pytest.raises(errors.HouseFault, match=says) as refused:
        running.derive("bad", statement, inputs={"deaths": deaths})
    assert refused.value.codes == ("statement_refused",)


@pytest.mark.parametrize(
    "statement",
    [
        'SELECT * FROM "{secret}"',
        'FROM (FROM "{secret}")',
        "SELECT * FROM '{secret}'",
        "SELECT * FROM query('FROM \"{secret}\"')",
        "SELECT * FROM query_table('{secret}')",
        "SELECT * FROM seq_scan('{secret}')",
        "SELECT * FROM histogram('{secret}', n)",
        "SELECT * FROM pragma_table_info('{secret}')",
        "SELECT * FROM duckdb_tables()",
        'SELECT * FROM temp.main."{secret}"',
        'SELECT * FROM deaths, LATERAL (FROM "{secret}")',
        'SELECT * FROM deaths POSITIONAL JOIN "{secret}"',
        'SELECT * FROM (deaths CROSS JOIN "{secret}")',
        'SELECT * FROM deaths UNION ALL BY NAME FROM "{secret}"',
        'SELECT * FROM deaths WHERE EXISTS (FROM "{secret}")',
        'SELECT * FROM deaths QUALIFY (SELECT true FROM "{secret}")',
        'SELECT * FROM deaths LIMIT (SELECT n FROM "{secret}")',
        'SELECT * FROM unnest([(SELECT n FROM "{secret}")])',
        'SELECT * FROM range((SELECT n FROM "{secret}"))',
        'SELECT * FROM (VALUES ((SELECT n FROM "{secret}")))',
        'SELECT * REPLACE ((SELECT n FROM "{secret}") AS year) FROM deaths',
        "SELECT {{'a': (SELECT n FROM \"{secret}\")}} FROM deaths",
        'SELECT * FROM (PIVOT "{secret}" ON n USING count(*))',
        'SELECT * FROM (FROM "{secret}" UNPIVOT (v FOR k IN (n)))',
        'SUMMARIZE "{secret}"',
        'SELECT * FROM (DESCRIBE "{secret}")',
        "SELECT * FROM (SHOW ALL TABLES)",
        'WITH a AS MATERIALIZED (FROM "{secret}") FROM a',
        'WITH RECURSIVE a AS (SELECT 1 UNION ALL FROM "{secret}") FROM a',
        "WITH a AS (COPY deaths TO 'x') FROM deaths",
        "SELECT * FROM deaths /* */ ; ATTACH 'x.db' AS x",
        "SELECT * FROM deaths WHERE year IN (FROM glob('*'))",
        "SELECT * FROM json_execute_serialized_sql('{secret}')",
        "SELECT year INTO other FROM deaths",
    ],
)
def test_no_turn_of_phrase_reaches_a_table_that_was_not_declared(running, deaths, statement):
    secret = running.make_table("secret", columns={"n": "INTEGER"}, rows=[[42]], plane=Plane.CONFIDENTIAL)
    with pytest.raises(errors.HouseFault) as refused:
        running.derive("bad", statement.format(secret=secret.relation), inputs={"deaths": deaths})
    assert refused.value.codes == ("statement_refused",)


def test_a_statement_cannot_ask_for_chance_the_time_or_the_connection(running, deaths):
    asked = running.ask(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE coalesce(stability, 'CONSISTENT') <> 'CONSISTENT'"
    )
    calls = [f"SELECT {name}() FROM deaths" for (name,) in sorted(asked)]
    assert len(calls) > 20
    for statement in [*calls, "SELECT current_timestamp FROM deaths", "SELECT * FROM deaths TABLESAMPLE 1"]:
        with pytest.raises(errors.HouseFault, match="chance, the time or the connection"):
            running.derive("bad", statement, inputs={"deaths": deaths})


def test_a_digest_follows_the_rows_not_their_order(running):
    columns, rows = {"x": "INTEGER", "y": "VARCHAR"}, [(1, "a"), (2, None), (None, "c")]
    one = running.make_table("one", columns=columns, rows=rows, plane=Plane.PUBLIC)
    two = running.make_table("two", columns=columns, rows=rows[::-1], plane=Plane.PUBLIC)
    other = running.make_table("other", columns=columns, rows=[(1, "a"), (2, "c"), (None, None)], plane=Plane.PUBLIC)
    assert one.digest() == two.digest() != other.digest()


def test_the_trace_tells_how_a_table_was_made_and_is_read_back(running, deaths):
    first = running.derive("first", "SELECT year FROM deaths", inputs={"deaths": deaths})
    running.derive("aside", "SELECT 1 AS one", inputs={})
    second = running.derive("second", "SELECT max(year) AS y FROM first", inputs={"first": first})
    story = running.trace.story_of(second.relation)
    assert [step.statement for step in story] == ["", "SELECT year FROM deaths", "SELECT max(year) AS y FROM first"]
    assert engine.read_steps(running.trace.as_list()) == running.trace.steps
    assert engine.story_of(running.trace.steps, "nothing") == []


def test_arrays_become_a_table_no_less_strict_than_their_inputs(running, deaths):
    arrays = {"n": np.arange(3), "t": np.array(["x", None, "z"], dtype=object)}
    made = running.make_table_from_arrays("m", arrays=arrays, plane=Plane.PROTECTED, inputs=[deaths], statement="noise")
    assert made.plane is Plane.CONFIDENTIAL
    assert made.rows() == [{"n": 0, "t": "x"}, {"n": 1, "t": None}, {"n": 2, "t": "z"}]
    assert list(made.arrays(order_by=["n"])["n"]) == [0, 1, 2]


def test_parquet_stays_in_the_directory_and_gives_the_same_bytes(running, deaths, tmp_path):
    for name in ("a.parquet", "b.parquet"):
        running.write_parquet(deaths, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert running.read_parquet(tmp_path / "a.parquet", name="again").rows() == deaths.rows()
    with pytest.raises(Exception, match="Permission"):
        running.write_parquet(deaths, tmp_path.parent / "outside.parquet")


def test_a_label_falls_one_step_at_a_time(running, deaths):
    protected = running.lower_label(deaths, to=Plane.PROTECTED, reason="a test of the lock")
    assert protected.plane is Plane.PROTECTED
    for table, to in ((deaths, Plane.PUBLIC), (protected, Plane.CONFIDENTIAL), (protected, Plane.PROTECTED)):
        with pytest.raises(errors.HouseFault) as refused:
            running.lower_label(table, to=to, reason="a test of the lock")
        assert refused.value.codes == ("label_refused",)


def test_a_store_keeps_all_of_a_transaction_or_none(tmp_path):
    path = tmp_path / "store.duckdb"
    with engine.open_file(path, plane=Plane.CONFIDENTIAL) as store:
        store.change("CREATE TABLE kept (x INTEGER)")
        with store.transaction():
            store.change_many("INSERT INTO kept VALUES (?)", [(1,), (2,)])
        store.change_many("INSERT INTO kept VALUES (?)", [])
        with pytest.raises(RuntimeError):
            _fail_half_way(store)
    with engine.open_file(path, plane=Plane.CONFIDENTIAL, read_only=True) as store:
        assert store.table("kept").rows() == [{"x": 1}, {"x": 2}]
        assert [len(batch) for batch in store.ask_batches("FROM kept", size=1)] == [1, 1]


def test_a_dropped_table_is_gone(running, deaths):
    running.drop(deaths)
    with pytest.raises(Exception, match="does not exist"):
        deaths.rows()


def test_an_engine_without_a_directory_reads_and_writes_nothing(tmp_path):
    with engine.open_memory(plane=Plane.PUBLIC) as alone:
        table = alone.make_table("t", columns={"x": "INTEGER"}, rows=[(1,)], plane=Plane.PUBLIC)
        with pytest.raises(Exception, match="Permission"):
            alone.write_parquet(table, tmp_path / "t.parquet")


def test_names_are_quoted():
    assert engine.quote('odd "name"') == '"odd ""name"""'


def _fail_half_way(store):
    with store.transaction():
        store.change("INSERT INTO kept VALUES ($x)", {"x": 3})
        raise RuntimeError
