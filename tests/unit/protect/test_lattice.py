"""The exact search, part by part: refusals, tables rolled up, keys too wide for a word, kernels and their plain functions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.ground.kernels import plain
from openjustice.protect import coded
from openjustice.protect.methods.global_recoding import lattice
from openjustice.protect.methods.global_recoding.lattice import boxes, descent, kernels, nodes, report, search
from openjustice.protect.methods.global_recoding.lattice.metrics import Metric

NAMES = ("v0", "v1", "v2", "v3", "v4")


def make_table(rows: int, seed: int = 1) -> coded.CodedTable:
    """Invent records of five variables of nine values, in threes, in all, and one of three values for groups."""
    random = np.random.default_rng(seed)
    lines = [(str(leaf), f"t{leaf // 3}", "*") for leaf in range(9)]
    trees = [coded.make_hierarchy(name, lines) for name in NAMES]
    columns = [random.geometric(0.35, rows).clip(1, 9).astype(np.uint8) - 1 for _ in NAMES]
    group = coded.flat_hierarchy("race", ["x", "y", "z"])
    return coded.CodedTable((*NAMES, "race"), (*trees, group), (*columns, random.integers(0, 3, rows).astype(np.uint8)))


def best_of(table: coded.CodedTable, wish: lattice.Wish, **how) -> lattice.Best:
    return lattice.find_best(lattice.make_task(table, key=NAMES, wish=wish), **how)


WISHES = [
    lattice.Wish(k=4, suppress=0.2),
    lattice.Wish(k=4, suppress=0.2, caps={"race": 0.15}),
    lattice.Wish(k=3, suppress=0.3, models=(lattice.LDiversity("race", 2, lattice.Diversity.RECURSIVE, 3.0),)),
    lattice.Wish(k=3, suppress=0.1, metric=Metric.DISCERNIBILITY),
]


@pytest.mark.parametrize("wish", WISHES)
def test_however_classes_are_found_the_answer_is_the_same(wish, monkeypatch: pytest.MonkeyPatch):
    table = make_table(400)
    progress = []
    usual = best_of(table, wish, progress=lambda *seen: progress.append(seen))
    assert usual.is_proved
    assert progress[-1][1] <= progress[-1][0]
    ways = [
        {(search, "_SMALL_TABLE"): 0, (search, "_FEW_OPEN"): 1},  # roll up whenever possible
        {(nodes, "_MOST_BYTES"): 1, (nodes, "_CELLS"): 1, (nodes, "_FEW_CELLS"): 1},  # sort
        {(nodes, "_MOST_BYTES"): 1, (nodes, "_CELLS"): 1, (nodes, "_FEW_CELLS"): 1, (nodes, "_BITS"): 21},  # fold
        {(search, "_MARGIN_CELLS"): 0},  # no margins
    ]
    for way in ways:
        for (module, name), value in way.items():
            monkeypatch.setattr(module, name, value)
        found = best_of(table, wish)
        monkeypatch.undo()
        assert found.loss == pytest.approx(usual.loss, abs=1e-12)
        assert found.suppressed == usual.suppressed


@pytest.mark.parametrize("wish", WISHES)
def test_kernels_do_what_their_plain_functions_do(wish, monkeypatch: pytest.MonkeyPatch):
    table = make_table(60)
    table = table.of(("v0", "v1", "v2", "race"))

    def run():
        monkeypatch.setattr(search, "_SMALL_TABLE", 0)
        monkeypatch.setattr(search, "_FEW_OPEN", 1)
        task = lattice.make_task(table, key=("v0", "v1", "v2"), wish=wish)
        best = lattice.find_best(task)
        rolled = nodes.Evaluator(task).roll((1, 0, 0), nodes.Evaluator(task).raw())
        evaluator = nodes.Evaluator(task)
        again = [evaluator.evaluate(node, rolled).weighed.tolist() for node in ((1, 0, 0), (1, 1, 2), (2, 2, 2))]
        return best, rolled.codes.tolist(), again, lattice.apply_best(task, best).report

    usual = run()
    for module in (kernels, boxes):
        for name, value in vars(module).copy().items():
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, plain(value))
    assert run() == usual
    monkeypatch.setattr(nodes, "_MOST_BYTES", 1)
    monkeypatch.setattr(nodes, "_CELLS", 1)
    monkeypatch.setattr(nodes, "_FEW_CELLS", 1)
    assert run()[0].loss == pytest.approx(usual[0].loss)


def test_a_byte_for_each_key_is_cleared_where_keys_are_many():
    for clear in (kernels.clear_bytes, plain(kernels.clear_bytes)):
        for size in (8, 100):
            cells = np.zeros(size, dtype=np.uint8)
            keys = np.array([1, 3], dtype=np.int32)
            cells[keys] = 7
            clear(cells, keys)
            assert not cells.any()


def test_counting_and_weighing_in_small():
    codes = np.array([[0, 1], [1, 1], [1, 0]], dtype=np.uint8)
    lut = np.array([[0, 1], [0, 0]])
    first, sizes, held = np.arange(3, dtype=np.int32), np.array([4, 0, 2]), np.array([5, 5, 1])
    for turn in (lambda kernel: kernel, plain):
        cells, keys = np.zeros(2, dtype=np.uint8), np.zeros(3, dtype=np.int32)
        turn(kernels.count_dense)(codes, np.array([200, 100, 100]), lut, cells, keys)
        assert (cells.tolist(), keys.tolist()) == ([200, 200], [0, 1, 1])
        out = np.zeros(8)
        turn(kernels.weigh_small)(codes, first, sizes, held, np.ones((2, 2)), 3, 5, out)
        assert out.tolist() == [2, 4, 2, 4, 20, 16, 1, 2]
        turn(kernels.weigh_shares)(
            codes, first, sizes, np.array([False, False, True]), np.array([0.0, 0.0, 0.5]), np.ones((2, 2)), 3, out
        )
        assert out.tolist() == [2, 4, 1, 2, 20, 16, 1, 2]


def test_the_next_node_is_taken_below_a_gap():
    levels, strides, heights = np.array([3, 2]), np.array([2, 1]), np.array([0, 1, 1, 2, 2, 3])
    bound = np.array([0.1, np.inf, np.inf, np.inf, np.inf, 0.5])
    for turn in (lambda kernel: kernel, plain):
        assert turn(boxes.pick_between)(0, levels, strides, bound, 1.0, 0.7, heights) == 0
        assert turn(boxes.pick_between)(0, levels, strides, bound, 1.0, 1.0, heights) == 5


def refused(wish: lattice.Wish, key=NAMES) -> set[str]:
    with pytest.raises(errors.ProtectionRefused) as caught:
        lattice.find_best(lattice.make_task(make_table(20), key=key, wish=wish))
    return set(caught.value.codes)


def test_every_fault_of_a_wish_comes_at_once():
    wish = lattice.Wish(
        k=0, suppress=1.5, weights={"nobody": 1.0, "v0": -1.0}, levels={"v1": (0, 9)},
        models=(lattice.LDiversity("v0", 0), lattice.TCloseness("race", 2.0)), caps={"gone": 3.0},
    )  # fmt: skip
    assert refused(wish, key=("v0", "v0", "v1")) == {
        "k_wrong", "share_wrong", "weight_wrong", "unknown_level", "l_wrong", "unknown_variable", "not_in_key", "key_wrong",
        "both_key_and_sensitive",
    }  # fmt: skip


def test_what_no_file_can_satisfy_is_refused(monkeypatch: pytest.MonkeyPatch):
    assert refused(lattice.Wish(k=21)) == {"too_few_records"}
    assert refused(lattice.Wish(models=(lattice.LDiversity("race", 4, lattice.Diversity.DISTINCT),))) == {
        "model_out_of_reach"
    }
    out_of_reach = lattice.Wish(k=20, levels={"v0": (0, 0)})
    assert refused(out_of_reach) == {"nothing_satisfies"}
    monkeypatch.setattr(search, "_LARGEST_LATTICE", 1)
    assert refused(out_of_reach) == {"nothing_satisfies"}
    stopped = best_of(make_table(40), lattice.Wish(k=3, suppress=0.5), should_stop=lambda: True)
    assert stopped.node == (2,) * 5
    assert descent.descend.__doc__


def test_an_answer_that_cannot_be_told_from_the_bound_is_proved():
    best = best_of(make_table(40), lattice.Wish(k=1))
    assert (best.node, best.loss, best.suppressed, best.is_proved) == ((0,) * 5, 0.0, 0, True)


def test_the_report_counts_by_group_and_is_plain():
    table = make_table(300)
    task = lattice.make_task(table, key=NAMES, wish=lattice.Wish(k=5, suppress=0.3, groups=("race",)))
    best = lattice.find_best(task)
    made = lattice.apply_best(task, best, any_file_bound=0.1).report
    plain_report = json.loads(json.dumps(made.as_dict()))
    assert [group["label"] for group in plain_report["groups"]] == ["x", "y", "z"]
    assert sum(group.records for group in made.groups) == 300
    assert sum(group.suppressed for group in made.groups) == best.suppressed
    weighed = sum(group.loss * group.records for group in made.groups) / 300
    assert weighed == pytest.approx(best.loss)
    assert sum(group.share_after for group in made.groups) == pytest.approx(1)
    for group in made.groups:
        assert group.ratio_interval is not None
        assert group.ratio is not None
        assert group.interval[0] <= group.suppressed_share <= group.interval[1]
        assert group.ratio_interval[0] <= group.ratio <= group.ratio_interval[1]


def test_a_group_that_is_everybody_has_nobody_to_be_compared_with():
    assert report.ratio_of(1, 5, 0, 0) == (None, None)
    low, high = report.wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-4)


def test_everything_may_be_left_out_where_all_may_go():
    table = make_table(30).of((*NAMES, "race"))
    wish = lattice.Wish(k=5, suppress=1.0, models=(lattice.LDiversity("race", 2.9, lattice.Diversity.ENTROPY),))
    task = lattice.make_task(table, key=NAMES, wish=wish)
    best = lattice.find_best(task)
    made = lattice.apply_best(task, best)
    assert made.report.classes * made.report.smallest_class <= 30 - best.suppressed
    assert made.variables == (*NAMES, "race")
