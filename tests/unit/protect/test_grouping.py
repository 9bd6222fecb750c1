"""Grouping: the kernels say the same compiled and plain, and no grouping of a small table beats the bound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from openjustice.ground.kernels import plain
from openjustice.protect import grouping
from openjustice.protect.grouping import completing, halving, kernels, peeling
from openjustice.protect.grouping.levels import Leveled

STEPS = np.array([[0, 1, 2, 3], [0, 0, 1, 1], [0, 0, 0, 0]], dtype=np.int32)
PRICES = np.array([[0.0] * 4, [1 / 3] * 4, [1.0] * 4])
FLAT = (np.array([[0, 1], [0, 0]], dtype=np.int32), np.array([[0.0, 0.0], [1.0, 1.0]]))


def leveled(size: int, *, seed: int) -> Leveled:
    luck = np.random.default_rng(seed)
    columns = [luck.integers(0, 4, size), luck.integers(0, 2, size), luck.integers(0, 4, size)]
    ladders = [(STEPS, PRICES), FLAT, (STEPS, PRICES)]
    return grouping.level_hierarchies(columns, ladders=ladders, weights=np.ones(3) / 3)


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    if not items:
        yield []
        return
    for rest in partitions(items[1:]):
        for at in range(len(rest)):
            yield [*rest[:at], [items[0], *rest[at]], *rest[at + 1 :]]
        yield [[items[0]], *rest]


def best_of_all(records: Leveled, k: int) -> float:
    best = np.inf
    for parts in partitions(list(range(len(records)))):
        if min(map(len, parts)) >= k:
            classes = np.empty(len(records), dtype=np.int32)
            for number, part in enumerate(parts):
                classes[part] = number
            best = min(best, grouping.make_grouping(records, classes).total)
    return float(best)


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_groupings_lies_between_the_bound_and_what_is_found(seed: int):
    records = leveled(7, seed=seed)
    for classes in (grouping.peel(records, k=3), grouping.halve(records, k=3)):
        made = grouping.make_grouping(records, classes)
        best = best_of_all(records, 3)
        assert grouping.lower_bound(records, made, k=3) <= best + 1e-9
        assert best <= made.total + 1e-9
        assert made.sizes.min() >= 3


def test_everybody_alike_costs_nothing_and_nobody_is_no_class():
    same = grouping.level_hierarchies([np.zeros(9, np.int64)], ladders=[FLAT], weights=np.ones(1))
    made = grouping.make_grouping(same, grouping.peel(same, k=5))
    assert (made.total, made.sizes.tolist()) == (0.0, [9])
    none = grouping.level_hierarchies([np.zeros(0, np.int64)], ladders=[FLAT], weights=np.ones(1))
    assert len(grouping.halve(none, k=2)) == 0
    assert grouping.make_grouping(none, np.zeros(0, np.int32)).total == 0.0
    assert none.nodes()[1].tolist() == [0.0, 0.0]


def test_what_is_blank_already_is_free_and_looks_like_what_was_blanked():
    codes = np.array([[0, 1], [2, 1], [3, 1]])
    records = grouping.level_prices(codes, prices=np.array([2.0, 1.0]), blank=0)
    made = grouping.make_grouping(records, np.zeros(3, np.int32))
    assert made.levels.tolist() == [[1, 0]]
    assert grouping.level_prices(codes[:1], prices=np.ones(2), blank=0).cost_at(np.array([1, 1], np.int8)).tolist() == [
        1
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_peeling_says_the_same_plain_and_compiled(seed: int, share: float):
    records = leveled(60, seed=seed)
    nodes, _ = records.nodes()
    steps = peeling._make_steps(records, nodes, count=3)
    found = []
    for peel in (kernels.peel, plain(kernels.peel)):
        classes = np.full(len(records), -1, dtype=np.int32)
        peel(records.codes, records.tokens, records.costs, steps.nodes, steps.at, steps.limits, 5, share, classes)
        found.append(classes.tolist())
    assert found[0] == found[1]


def test_the_smaller_kernels_say_the_same_plain_and_compiled():
    records = leveled(40, seed=9)
    classes = grouping.peel(records, k=4)
    classes[classes == 0] = -1
    levels, first = kernels.tighten_classes(records, classes)
    again, start = np.zeros_like(levels), np.full_like(first, -1)
    plain(kernels.tighten)(records.codes, records.tokens, classes, again, start)
    assert (levels.tolist(), first.tolist()) == (again.tolist(), start.tolist())
    sizes = np.bincount(classes[classes >= 0], minlength=len(first))
    arguments = (records.codes, records.tokens, records.costs, 3, levels, first, sizes)
    assert plain(kernels.cheapest_home)(*arguments) == kernels.cheapest_home(*arguments)
    node = np.array([1, 0, 2], dtype=np.int8)
    assert plain(kernels.key_of)(records.codes, records.tokens, node, 5) == kernels.key_of(
        records.codes, records.tokens, node, 5
    )
    assert plain(kernels.room_for)(9, 2) == kernels.room_for(9, 2) == 32


def test_the_bound_says_the_same_plain_and_compiled():
    records = leveled(40, seed=3)
    nodes, _ = records.nodes()
    codes, counts = np.unique(records.codes, axis=0, return_counts=True)
    found = []
    for bound in (kernels.bound, plain(kernels.bound)):
        best = np.full(len(codes), 2.0)
        bound(codes, records.tokens, records.costs, counts, nodes, 4, best)
        found.append(best.tolist())
    assert found[0] == found[1]


@pytest.mark.parametrize("k", [2, 3, 12])
def test_splitting_says_the_same_plain_and_compiled(monkeypatch: pytest.MonkeyPatch, k: int):
    records = leveled(48, seed=k)
    start = (np.arange(48) // 24).astype(np.int32)
    compiled = grouping.halve(records, k=k, classes=start)
    for name in ("_common_levels", "_children", "_pool", "split"):
        monkeypatch.setattr(halving, name, plain(getattr(halving, name)))
    assert grouping.halve(records, k=k, classes=start).tolist() == compiled.tolist()
    assert np.bincount(compiled).min() >= k


def crowded(size: int, *, seed: int) -> Leveled:
    """Make records of one crowd of equals and many rare values: full counters, chance neighbors in the table, pools."""
    luck = np.random.default_rng(seed)
    steps = np.array([np.arange(60), np.arange(60) // 6, np.zeros(60)], dtype=np.int32)
    prices = np.stack([np.zeros(60), np.where(np.arange(60) < 30, 0.05, 0.3), np.ones(60)])
    values = np.where(np.arange(size) < 300, 7, luck.integers(0, 60, size))
    return grouping.level_hierarchies(
        [values, luck.integers(0, 2, size)], ladders=[(steps, prices), FLAT], weights=np.ones(2)
    )


def test_a_crowd_and_many_rare_values_come_out_the_same_plain_and_compiled(monkeypatch: pytest.MonkeyPatch):
    records = crowded(900, seed=1)
    nodes, _ = records.nodes()
    steps = peeling._make_steps(records, nodes, count=3)
    found = []
    for peel in (kernels.peel, plain(kernels.peel)):
        classes = np.full(len(records), -1, dtype=np.int32)
        peel(records.codes, records.tokens, records.costs, steps.nodes, steps.at, steps.limits, 5, 0.0, classes)
        found.append(classes.tolist())
    assert found[0] == found[1]
    for peel in (kernels.peel, plain(kernels.peel)):  # more alike than a small counter counts, and still too few
        classes = np.full(len(records), -1, dtype=np.int32)
        peel(
            records.codes,
            records.tokens,
            records.costs,
            nodes[-1:],
            steps.at[:1] * 0,
            steps.limits[:1],
            1000,
            0.0,
            classes,
        )
        assert (classes == -1).all()
    compiled = grouping.halve(records, k=9)
    for name in ("_common_levels", "_children", "_pool", "split"):
        monkeypatch.setattr(halving, name, plain(getattr(halving, name)))
    assert grouping.halve(records, k=9).tolist() == compiled.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2, 57])
def test_completing_says_the_same_plain_and_compiled(seed: int):
    luck = np.random.default_rng(seed)
    size, values, k = int(luck.choice([60, 120, 200])), int(luck.integers(3, 8)), int(luck.integers(2, 5))
    codes = luck.integers(seed % 2, values, (size, 3))
    codes[:, 0] = np.minimum(codes[:, 0], luck.integers(1, values, size))
    expected = luck.random(size) * 6
    records = grouping.level_prices(codes, prices=np.array([1.0, 2.0, 1.5]), blank=0)
    nodes, _ = records.nodes()
    for is_forced in (True, False):
        found = []
        for walk in (completing.walk, plain(completing.walk)):
            classes, paid, burden = np.full(size, -1, np.int32), np.zeros(size), np.zeros(size)
            walk(
                records.codes, records.tokens, records.costs, nodes, expected, k, 7, is_forced, classes, paid, burden
            )  # fmt: skip
            found.append((classes.tolist(), paid.tolist(), burden.tolist()))
        assert found[0] == found[1]
    made = grouping.complete(records, k=k, nodes=nodes, rounds=2, luck=3)
    assert made.sizes.min() >= k
    assert sum(made.sizes) == size


def test_nothing_is_completed_where_everybody_is_safe():
    records = grouping.level_prices(np.ones((6, 2), dtype=np.int64), prices=np.ones(2), blank=0)
    made = grouping.complete(records, k=3, nodes=records.nodes()[0], rounds=2, luck=0)
    assert made.total == 0
    assert grouping.lower_bound(records, k=3) == 0
