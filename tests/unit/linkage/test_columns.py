"""Columns become codes: equal values equal codes, and nothing known is no value."""

from __future__ import annotations

import numpy as np
import pytest

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.linkage import columns


def test_what_is_missing_has_no_code():
    coded = columns.encode(["b", None, " ", "a", float("nan"), "b"])
    assert coded.labels == ("a", "b")
    assert coded.codes.tolist() == [1, -1, -1, 0, -1, 1]


def test_a_masked_value_and_a_day_that_is_none_are_missing():
    masked = columns.encode(np.ma.masked_array(np.array([3, 4, 5]), mask=[False, True, False]))
    assert (masked.codes.tolist(), masked.labels) == ([0, -1, 2], ("3", "4", "5"))
    days = columns.encode(np.array(["2024-02-29", "NaT"], dtype="datetime64[us]"))
    assert (days.codes.tolist(), days.labels) == ([0, -1], ("2024-02-29",))


def test_whole_numbers_are_written_alike_however_they_came():
    assert columns.encode(np.array([1.0, 2.5])).labels == columns.encode(["1", "2.5"]).labels


def test_two_columns_share_their_labels():
    ours, theirs = columns.align(columns.encode(["x", "z"]), columns.encode(["z", "y", None]))
    assert ours.labels == theirs.labels == ("x", "y", "z")
    assert (ours.codes.tolist(), theirs.codes.tolist()) == ([0, 2], [2, 1, -1])


def test_numbers_and_days_are_read_or_are_none():
    assert np.isnan(columns.read_numbers(["1.5", "x"])).tolist() == [False, True]
    assert columns.read_days(["1970-01-02", "19700103", "x"])[:2].tolist() == [1, 2]


def test_packed_codes_are_equal_only_where_all_are():
    one, two = np.array([0, 0, 1, -1]), np.array([0, 1, 0, 0])
    packed = columns.pack([one, two])
    assert packed[3] == -1
    assert len(set(packed.tolist())) == 4


def test_many_wide_columns_are_packed_without_overflow():
    wide = [np.array([0, 10**9, 10**9, 5]) for _ in range(4)]
    packed = columns.pack(wide)
    assert packed[1] == packed[2]
    assert len(set(packed.tolist())) == 3
    assert columns.pack([]).tolist() == []


@pytest.mark.parametrize("many", [3, 100])
def test_a_table_is_coded_in_the_order_of_its_rows(many: int):
    texts = [f"{number % many:03d}" for number in range(150)]
    rows = [(text if at % 7 else None, at) for at, text in enumerate(texts)]
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        table = opened.make_table("t", columns={"a b": "VARCHAR", "n": "BIGINT"}, rows=rows, plane=Plane.CONFIDENTIAL)
        read = columns.read_columns(table, ["a b", "n"])
    assert [read["a b"].labels[code] if code >= 0 else None for code in read["a b"].codes] == [row[0] for row in rows]
    assert [int(read["n"].labels[code]) for code in read["n"].codes] == list(range(150))
