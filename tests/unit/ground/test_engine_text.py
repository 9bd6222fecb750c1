"""Reading a text lazily: strict, within the lock, and in the order of the file."""

from __future__ import annotations

import pytest

from openjustice.ground import engine
from openjustice.ground.terms import Plane


@pytest.fixture
def opened(tmp_path):
    """Open an engine on a folder of its own."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=tmp_path) as one:
        yield one


def read(opened, path, content, **more):
    path.write_text(content, newline="")
    given = {"delimiter": ",", "skip": 1, "newline": "\\n", "largest_line": 1000, "is_multiline": False, **more}
    return opened.read_text(path, name="t", columns=["a", "b"], **given)


def test_a_text_is_read_as_text_and_blank_is_null(opened, tmp_path):
    table = read(opened, tmp_path / "f.csv", 'a,b\n01,"x, ""y"""\n,2\n')
    assert table.plane is Plane.CONFIDENTIAL
    assert table.columns == (("a", "VARCHAR"), ("b", "VARCHAR"))
    assert table.rows() == [{"a": "01", "b": 'x, "y"'}, {"a": None, "b": "2"}]
    assert opened.trace.steps[-1].rows == -1


@pytest.mark.parametrize("content", ["a,b\n1\n", "a,b\n1,2,3\n", 'a,b\n1,"2\n', f"a,b\n1,{'x' * 2000}\n"])
def test_a_malformed_line_fails_when_it_is_read(opened, tmp_path, content):
    table = read(opened, tmp_path / "f.csv", content)
    with pytest.raises(engine.StatementFailed):
        opened.derive("d", "SELECT * FROM t", inputs={"t": table})


def test_rows_come_in_the_order_of_the_file(opened, tmp_path):
    table = read(opened, tmp_path / "f.csv", "a,b\n" + "".join(f"{row},x\n" for row in range(300_000)))
    made = opened.derive("d", "SELECT CAST(a AS BIGINT) AS a FROM t", inputs={"t": table})
    wrong = opened.derive("w", "SELECT count(*) AS n FROM d WHERE rowid <> a", inputs={"d": made})
    assert wrong.rows() == [{"n": 0}]


def test_a_plan_that_loses_the_order_is_told(opened, tmp_path):
    table = read(opened, tmp_path / "f.csv", "a,b\n1,2\n")
    keeps = {"SELECT a || b AS c FROM t": True, "SELECT a FROM t WHERE b = $v": True}
    loses = {"SELECT a FROM t ORDER BY b": False, "SELECT a, count(*) FROM t GROUP BY a": False,
             "SELECT a IN (SELECT b FROM t) AS x FROM t": False}  # fmt: skip
    for statement, wanted in (keeps | loses).items():
        parameters = {"v": "2"} if "$v" in statement else None
        assert opened.keeps_order(statement, inputs={"t": table}, parameters=parameters) is wanted, statement


def test_files_within_the_lock_may_be_read_and_no_other(tmp_path):
    inside, outside, named = tmp_path / "in", tmp_path / "out.csv", tmp_path / "named.csv"
    inside.mkdir()
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=inside, files=[named]) as one:
        assert one.may_read(inside / "f.csv")
        assert one.may_read(named)
        assert not one.may_read(outside)
        assert not one.may_read(inside / ".." / "out.csv")
        assert read(one, named, "a,b\n1,2\n").row_count == 1
        with pytest.raises(engine.StatementFailed):
            read(one, outside, "a,b\n1,2\n")


def test_lines_that_end_in_carriage_return_and_line_feed_are_read(tmp_path, opened):
    table = read(opened, tmp_path / "f.csv", "a,b\r\n1,x\r\n2,y\r\n", newline="\\r\\n")
    assert opened.derive("d", "SELECT * FROM t", inputs={"t": table}).rows() == [
        {"a": "1", "b": "x"},
        {"a": "2", "b": "y"},
    ]
