"""Conditions asked of whole columns answer as the engine does, or are refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from openjustice.confidential.collect.screen import cells, conditions
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.contracts.dataset import FieldType
from openjustice.ground import engine
from openjustice.ground.terms import Plane

TYPES = {
    "n": FieldType.INTEGER, "m": FieldType.INTEGER, "x": FieldType.NUMBER, "d": FieldType.DATE, "c": FieldType.CODE,
    "k": FieldType.CODE, "b": FieldType.BOOLEAN, "s": FieldType.STRING,
}  # fmt: skip
TEXTS = {"one": 0, "two": 1, "three": 2}
BOUND = {"v0": "2020-02-29", "v1": 2.5, "v2": 3, "v3": "two"}
VALUES: dict[str, list[Any]] = {
    "n": [None, 0, 5, -7], "m": [None, 2, 5], "x": [None, 2.5, -0.1], "d": [None, "2020-02-29", "1999-12-31"],
    "c": [None, "one", "three"], "k": ["one", "two"], "b": [None, True, False], "s": [None, "text"],
}  # fmt: skip
ROWS = [row for number, row in enumerate(product(*VALUES.values())) if number % 7 == 0]
CONDITIONS = [
    "n = 5", "n <> m", "n < 2.5", "n >= x", "NOT (n > m)", "n + m > 4", "n * 2 - m <= -1", "-n = 7", "abs(n - m) = 3", "x * x > 1",
    "x + n < 3", "abs(x) > 0.05", "n = 5 AND m = 5", "n = 5 OR m = 2", "NOT (n = 5 OR m = 2)", "n IS NULL", "n IS NOT NULL",
    "s IS NULL", "b IS NULL OR n = 0", "n BETWEEN 0 AND m", "n NOT BETWEEN 0 AND 4", "n IN (5, 0)", "n NOT IN (5, m)",
    "d > CAST('2000-01-01' AS DATE)", "d = DATE '2020-02-29'", "d < '2000-01-01'", "'2000-01-01' < d", "d > CAST($v0 AS DATE)",
    "d <= $v0", "year(d) = 2020", "month(d) <> 2", "day(d) = 31", "year(d) * 10000 + month(d) * 100 + day(d) > 20000101",
    "c = 'one'", "c <> 'nowhere'", "c IN ('one', 'two')", "c NOT IN ('three')", "c = k", "c <> k", "c = $v3", "n > $v2", "n > $v1",
    "b", "NOT b", "b = (n = 5)", "(c = 'one') <> (k = 'two')", "b AND true", "b OR false", "(n) = (m)", "x BETWEEN $v1 AND 9",
]  # fmt: skip
REFUSED = [
    "n /", "n / 2 = 1", "s = 'text'", "c < 'two'", "c || 'x' = 'onex'", "n = '5'", "d = n", "'a' = 'b'", "n * 1.5 > 3",
    "n * 1000000 * 1000000 > 5", "x + 900000000000000 * 100 > 1", "n = $v9", "n IN (SELECT 1)", "coalesce(n, 1) = 1", "d = '2020-02-30'",
    "d = '20200229'", "d = CAST(c AS DATE)", "year(n) = 1", "abs(c) = 1", "c + 1 = 2", "(n + 1) IS NULL", "n IS DISTINCT FROM m",
    "(n = 1) < (m = 1)", "n", "s", "length(s) > 1", "n = 1e3", "unknown = 1", "n = 12345678901234567890", "b IS TRUE",
    "1.5 + 1.5 > x", "n + (b = true) > 1", "nothing IS NULL", "n * 100000 > 2.5",
]  # fmt: skip


def packed(name: str, value: Any) -> Any:
    """Return a value as the screen holds it."""
    if value is None:
        return np.nan if TYPES[name] is FieldType.NUMBER else cells.NOTHING
    match TYPES[name]:
        case FieldType.DATE:
            year, month, day = map(int, str(value).split("-"))
            return year * 512 + month * 32 + day
        case FieldType.CODE:
            return TEXTS[str(value)]
        case FieldType.STRING:
            return 1
        case _:
            return value


COLUMNS = {
    name: np.array([packed(name, row[place]) for row in ROWS], dtype=float if name == "x" else np.int64)
    for place, name in enumerate(VALUES)
}  # fmt: skip
KNOWN = conditions.Known(TYPES, {"n": 10**15, "m": 10}, TEXTS, BOUND)


@pytest.fixture(scope="module")
def table():
    """Hold the same rows in the engine."""
    kinds = {name: TYPES[name].sql for name in VALUES}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        rows = [(number, *row) for number, row in enumerate(ROWS)]
        yield opened.make_table("t", columns={"i": "BIGINT", **kinds}, rows=rows, plane=Plane.CONFIDENTIAL)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_fails_the_rows_that_it_fails_in_the_engine(condition, table):
    ask, fields = conditions.failing(condition, known=KNOWN)
    with np.errstate(all="ignore"):
        found = np.flatnonzero(np.broadcast_to(ask(COLUMNS), len(ROWS))).tolist()
    used = {name: value for name, value in BOUND.items() if f"${name}" in condition}
    statement = f"SELECT i FROM t WHERE coalesce({condition}, false)"
    wanted = [row["i"] for row in table.engine.derive("w", statement, inputs={"t": table}, parameters=used).rows()]
    assert found == wanted
    assert fields <= set(TYPES)


@pytest.mark.parametrize("condition", REFUSED)
def test_a_condition_whose_answer_might_differ_is_refused(condition):
    with pytest.raises(Unsupported):
        conditions.failing(condition, known=KNOWN)
