"""Local recoding: what it says of itself, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.local_recoding import METHOD, method
from openjustice.protect.methods.local_recoding.parameters import Parameters

TREE = coded.make_hierarchy("age", [("30", "30s", "*"), ("31", "30s", "*"), ("50", "50s", "*")])


def table(*codes: int) -> CodedTable:
    return CodedTable(("age",), (TREE,), (np.array(codes, dtype=np.int32),))


def test_fewer_records_than_k_are_refused():
    with pytest.raises(errors.ProtectionRefused) as caught:
        method.recode(table(0, 1), parameters=Parameters(k=3))
    assert caught.value.codes == ("too_few_records",)


def test_it_counts_the_levels_that_it_used():
    made = method.recode(table(0, 0, 0, 1, 2, 2), parameters=METHOD.read_parameters({"k": 2}))
    assert sum(made.levels_used()["age"]) == 6
    assert made.levels_used()["age"][0] == 2


def test_a_heavier_variable_keeps_more():
    flat = tuple(coded.flat_hierarchy(name, ["a", "b"]) for name in ("one", "two"))
    records = CodedTable(("one", "two"), flat, (np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])))
    for heavy in ("one", "two"):
        made = method.recode(records, parameters=Parameters(k=2, weights={heavy: 9.0}))
        assert made.levels_used()[heavy] == [4, 0]
