"""A frozen recoding: the next batch is shown in the classes that went out, and the union is counted honestly."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.local_recoding import frozen, method
from openjustice.protect.methods.local_recoding.frozen import FrozenRecoding
from openjustice.protect.methods.local_recoding.parameters import Parameters

AGES = [("30", "30s", "*"), ("31", "30s", "*"), ("50", "50s", "*"), ("51", "50s", "*")]
TREES = (coded.make_hierarchy("age", AGES), coded.make_hierarchy("sex", [("F",), ("M",)]))


def table(rows: list[tuple[int, int]]) -> CodedTable:
    columns = np.array(rows, dtype=np.int32).reshape(-1, 2)
    return CodedTable(("age", "sex"), TREES, (columns[:, 0], columns[:, 1]))


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=3, max_size=15)


@given(first=rows, second=rows, k=st.integers(1, 3))
def test_the_union_is_what_a_count_of_both_files_says(
    first: list[tuple[int, int]], second: list[tuple[int, int]], k: int
):
    made = method.recode(table(first), parameters=Parameters(k=k))
    kept = frozen.freeze(made)
    done = frozen.apply_frozen(kept, table(second))
    shown = [done.union.labels[place] for place in done.class_of if place >= 0]
    counted = Counter(shown)
    for labels, count in zip(kept.labels, kept.counts, strict=True):
        counted[labels] += count
    assert counted == Counter(dict(zip(done.union.labels, done.union.counts, strict=True)))
    assert min(counted.values()) >= k
    assert not done.failing
    assert done.is_safe == (done.unfit == 0)
    for record, place in enumerate(done.class_of):
        if place >= 0:
            for (level, label), tree, code in zip(
                zip(done.union.levels[place], done.union.labels[place], strict=True), TREES, second[record], strict=True
            ):
                climbed = tree.labels[level][tree.codes[level, code]] if level < tree.levels else "*"
                assert label == climbed


def test_a_record_that_no_class_fits_may_not_go_out():
    kept = frozen.freeze(method.recode(table([(0, 0)] * 3), parameters=Parameters(k=3)))
    done = frozen.apply_frozen(kept, table([(0, 0), (2, 1)]))
    assert (done.unfit, done.is_safe, done.smallest_in_batch) == (1, False, 1)
    assert done.as_dict()["unfit_records"] == 1
    nobody = frozen.apply_frozen(kept, table([(2, 1)]))
    assert nobody.smallest_in_batch == 0


def test_one_rule_for_all_shows_every_record_and_names_the_classes_that_fail():
    kept = frozen.freeze_levels(table([(0, 0), (1, 0), (1, 0)]), levels={"age": 1, "sex": 0}, k=3)
    assert (kept.labels, kept.counts) == ((("30s", "F"),), (3,))
    done = frozen.apply_frozen(kept, table([(0, 0), (2, 1), (3, 1)]))
    assert [done.union.labels[place] for place in done.failing] == [("50s", "M")]
    told = done.as_dict()
    assert told["failing_classes"] == [{"shown_as": {"age": "50s", "sex": "M"}, "records": 2}]
    assert not told["is_safe"]


def test_it_can_be_written_and_read_back():
    kept = frozen.freeze(method.recode(table([(0, 0), (1, 0), (2, 1), (3, 1)]), parameters=Parameters(k=2)))
    assert FrozenRecoding.from_dict(kept.as_dict()) == kept


@pytest.mark.parametrize(
    "given",
    [{}, {"classes": 1}, {"variables": ["age"], "k": 2, "is_global": False, "classes": [{"levels": [0, 1], "labels": ["a"], "records": 1}]},
     {"variables": ["age"], "k": 2, "is_global": False, "classes": []}],
)  # fmt: skip
def test_what_is_no_frozen_recoding_is_refused(given: dict[str, Any]):
    with pytest.raises(errors.ProtectionRefused) as caught:
        FrozenRecoding.from_dict(given)
    assert caught.value.codes == ("not_a_frozen_recoding",)


def test_another_key_or_another_hierarchy_is_refused():
    kept = frozen.freeze(method.recode(table([(0, 0)] * 2), parameters=Parameters(k=2)))
    with pytest.raises(errors.ProtectionRefused) as caught:
        frozen.apply_frozen(kept, table([(0, 0)]).of(["sex", "age"]))
    assert caught.value.codes == ("other_variables",)
    changed = (coded.make_hierarchy("age", [("40", "40s", "*")]), TREES[1])
    with pytest.raises(errors.ProtectionRefused) as caught:
        frozen.apply_frozen(kept, CodedTable(("age", "sex"), changed, (np.zeros(1, np.int32), np.zeros(1, np.int32))))
    assert caught.value.codes == ("hierarchy_changed",)
