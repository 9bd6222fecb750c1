"""The law of the exact search: its optimum is the one that trying every node finds, for every model, measure and cap."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.methods.global_recoding import lattice
from openjustice.protect.methods.global_recoding.lattice import search
from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator

TREES: dict[str, list[tuple[str, ...]]] = {
    "place": [("a", "ab", "*"), ("b", "ab", "*"), ("c", "cd", "*"), ("d", "cd", "*"), ("e", "e", "*")],
    "age": [("1", "12", "*"), ("2", "12", "*"), ("3", "3", "*")],
    "sex": [("F", "*"), ("M", "*")],
    "cause": [("p", "pq", "*"), ("q", "pq", "*"), ("r", "rs", "*"), ("s", "rs", "*")],
    "race": [("x", "*"), ("y", "*"), ("z", "*")],
}
KEY = ("place", "age", "sex")
Rows = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Case:
    """Records as leaf codes of all five variables, and what is asked of them."""

    rows: Rows
    people: Rows  # a population, or nothing
    wish: lattice.Wish


@cache
def tree(name: str) -> coded.Hierarchy:
    return coded.make_hierarchy(name, TREES[name])


def table(rows: Rows, names: tuple[str, ...] = tuple(TREES)) -> coded.CodedTable:
    columns = tuple(np.array([row[list(TREES).index(name)] for row in rows], dtype=np.uint8) for name in names)
    return coded.CodedTable(names, tuple(tree(name) for name in names), columns)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    one = st.tuples(*(st.integers(0, len(lines) - 1) for lines in TREES.values()))
    rows = draw(st.lists(one, min_size=3, max_size=25))
    people = draw(st.one_of(st.just([]), st.lists(one, max_size=20)))
    models: list[lattice.LDiversity | lattice.TCloseness] = []
    if draw(st.booleans()):
        kind = draw(st.sampled_from(lattice.Diversity))
        amount = draw(st.sampled_from([1.0, 1.5, 2.0, 3.0]))
        models.append(lattice.LDiversity("cause", amount if kind == "entropy" else math.ceil(amount), kind, 1.5))
    if draw(st.booleans()):
        models.append(
            lattice.TCloseness("cause", draw(st.sampled_from([0.1, 0.3, 0.5])), draw(st.sampled_from(lattice.Distance)))
        )
    wish = lattice.Wish(
        k=draw(st.integers(1, 4)),
        models=tuple(models),
        suppress=draw(st.sampled_from([0.0, 0.1, 0.3, 1.0])),
        metric=draw(st.sampled_from(lattice.Metric)),
        weights=draw(st.sampled_from([{}, {"place": 3.0, "sex": 0.0}])),
        caps=draw(st.sampled_from([{}, {}, {"race": 0.0}, {"race": 0.4}])),
        levels=draw(st.sampled_from([{}, {}, {"sex": (0, 0)}, {"place": (1, 2)}])),
    )
    return Case(tuple(rows), tuple(people) if len(people) >= wish.k else (), wish)


def distance(shares: list[float], whole: list[float], kind: lattice.Distance) -> float:
    """The earth mover's distance by its definition: every pair of leaves has a cost; a path of transport, here by levels."""
    difference = [a - b for a, b in zip(shares, whole, strict=True)]
    if kind is lattice.Distance.EQUAL:
        return sum(abs(d) for d in difference) / 2
    if kind is lattice.Distance.ORDERED:
        return sum(abs(sum(difference[: i + 1])) for i in range(len(difference))) / (len(difference) - 1)
    # With a tree whose nodes all have the same height, an edge of a tree metric carries the net mass below it: half of its
    # length on the way up and half on the way down. The ground distance is (height of the lowest common node) / (height).
    cost, height = 0.0, tree("cause").levels - 1
    for level in range(height):
        for code in range(tree("cause").size(level)):
            below = [leaf for leaf in range(4) if tree("cause").codes[level][leaf] == code]
            cost += abs(sum(difference[leaf] for leaf in below)) / (2 * height)
    return cost


def holds(values: list[int], whole: list[float], wish: lattice.Wish) -> bool:
    counts = sorted(Counter(values).values(), reverse=True)
    shares = [values.count(code) / len(values) for code in range(4)]
    for model in wish.models:
        if isinstance(model, lattice.TCloseness):
            if distance(shares, whole, model.distance) > model.t + 1e-9:
                return False
        elif model.kind is lattice.Diversity.DISTINCT:
            if len(counts) < model.l:
                return False
        elif model.kind is lattice.Diversity.ENTROPY:
            if -sum(s * math.log(s) for s in shares if s) < math.log(model.l) - 1e-9:
                return False
        elif not counts[0] < model.c * sum(counts[int(model.l) - 1 :]):
            return False
    return True


def loss_of(case: Case, node: tuple[int, ...]) -> float | None:
    """Judge one node by the definitions alone; nothing where it does not satisfy the wish."""
    wish, n = case.wish, len(case.rows)
    shown = {name: tree(name).codes[level] for name, level in zip(KEY, node, strict=True)}

    def tuple_of(row: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(int(shown[name][row[at]]) for at, name in enumerate(KEY))

    classes: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for row in case.rows:
        classes[tuple_of(row)].append(row)
    people = Counter(tuple_of(row) for row in case.people)
    whole = [sum(row[3] == code for row in case.rows) / n for code in range(4)]
    kept = {
        name: rows
        for name, rows in classes.items()
        if (people[name] if case.people else len(rows)) >= wish.k and holds([row[3] for row in rows], whole, wish)
    }
    out = [row for name, rows in classes.items() if name not in kept for row in rows]
    if len(out) > wish.suppress * n + 1e-9:
        return None
    for cap in wish.caps.values():
        of, gone = Counter(row[4] for row in case.rows), Counter(row[4] for row in out)
        if any(gone[code] > cap * of[code] + 1e-9 for code in of):
            return None
    if wish.metric is lattice.Metric.DISCERNIBILITY:
        return sum(len(rows) ** 2 for rows in kept.values()) + n * len(out)
    if wish.metric is lattice.Metric.CLASS_SIZE:
        return n / (len(kept) + bool(out))
    return _additive(case, kept, out, node)


def _additive(case: Case, kept, out, node: tuple[int, ...]) -> float:
    weights = {name: case.wish.weights.get(name, 1.0) for name in KEY}
    n, total = len(case.rows), 0.0
    for at, (name, level) in enumerate(zip(KEY, node, strict=True)):
        own, of = tree(name), Counter(row[at] for row in case.rows)
        shown = Counter(int(own.codes[level][row[at]]) for row in case.rows)
        lost, worst = 0.0, 0.0
        for row, is_out in [*((row, False) for rows in kept.values() for row in rows), *((row, True) for row in out)]:
            code = int(own.codes[level][row[at]])
            if case.wish.metric is lattice.Metric.LOSS:
                covered = sum(1 for leaf in own.codes[level] if leaf == code)
                lost, worst = lost + (1.0 if is_out else (covered - 1) / (own.leaves - 1)), worst + 1.0
            else:
                most = math.log2(n / of[row[at]])
                lost, worst = lost + (most if is_out else math.log2(shown[code] / of[row[at]])), worst + most
        total += weights[name] * (lost / worst if worst else 0.0)
    return total / sum(weights.values())


def _shows_too_few(case: Case) -> bool:
    return any(
        isinstance(model, lattice.LDiversity) and len({row[3] for row in case.rows}) < model.l
        for model in case.wish.models
    )


def brute_force(case: Case) -> dict[tuple[int, ...], float]:
    bounds = [case.wish.levels.get(name, (0, tree(name).levels - 1)) for name in KEY]
    nodes = product(*(range(least, most + 1) for least, most in bounds))
    return {node: loss for node in nodes if (loss := loss_of(case, node)) is not None}


def solve(case: Case, **how) -> lattice.Best | None:
    people = table(case.people, KEY) if case.people else None
    try:
        task = lattice.make_task(table(case.rows), key=KEY, wish=case.wish, population=people)
        return lattice.find_best(task, **how)
    except errors.ProtectionRefused:
        return None


@given(cases())
@settings(max_examples=120, deadline=None)
def test_the_optimum_is_what_trying_every_node_finds(case: Case):
    assume(len(case.rows) >= case.wish.k)
    found, every = solve(case), brute_force(case)
    if found is None:
        # Where the levels are bounded or a cap is set, there may be no such file, unless everything may be left out.
        assert not every or (case.wish.suppress == 1.0 and _shows_too_few(case))
        return
    assert found.is_proved
    assert every[found.node] == pytest.approx(found.loss, abs=1e-9)
    assert found.loss == pytest.approx(min(every.values()), abs=1e-9)
    assert found.bound == pytest.approx(found.loss, abs=1e-9)


@given(cases(), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_a_search_that_is_stopped_has_an_answer_and_a_bound(case: Case, looks: int):
    assume(len(case.rows) >= case.wish.k)
    left = iter(range(looks))
    found = solve(case, should_stop=lambda: next(left, None) is None)
    if found is not None:
        every = brute_force(case)
        assert every[found.node] == pytest.approx(found.loss, abs=1e-9)
        assert found.bound <= min(every.values()) + 1e-9


@given(cases())
@settings(max_examples=40, deadline=None)
def test_what_a_node_says_of_those_below_it_holds_there(case: Case):
    """Monotonicity: bounds that an evaluation gives for the box below are never over what is found there."""
    assume(len(case.rows) >= case.wish.k)
    try:
        task = lattice.make_task(table(case.rows), key=KEY, wish=case.wish)
    except errors.ProtectionRefused:
        return
    evaluator = Evaluator(task)
    nodes = list(product(*(range(tree(name).levels) for name in KEY)))
    seen = {node: evaluator.evaluate(node, evaluator.raw()) for node in nodes}
    for upper, lower in product(nodes, nodes):
        if all(low <= up for low, up in zip(lower, upper, strict=True)):
            assert seen[upper].suppressed_below <= seen[lower].suppressed
            assert seen[upper].added_below <= seen[lower].added + 1e-9
            rolled = evaluator.roll(lower, evaluator.raw())
            again = evaluator.evaluate(upper, rolled)
            assert (again.suppressed, again.over_cap) == (seen[upper].suppressed, seen[upper].over_cap)
            assert again.added == pytest.approx(seen[upper].added, abs=1e-9)


@given(cases())
@settings(max_examples=40, deadline=None)
def test_what_is_released_is_what_was_promised(case: Case):
    assume(len(case.rows) >= case.wish.k and not case.people)
    best = solve(case)
    if best is None:
        return
    task = lattice.make_task(table(case.rows), key=KEY, wish=case.wish)
    made = lattice.apply_best(task, best)
    sizes: Counter = Counter()
    for *row, count in zip(*made.codes[:3], made.counts, strict=True):
        sizes[tuple(row)] += int(count)
    assert all(size >= case.wish.k for size in sizes.values())
    assert sum(sizes.values()) == len(case.rows) - best.suppressed
    report = made.report
    assert report.suppressed <= case.wish.suppress * len(case.rows) + 1e-9
    for group in report.groups:
        assert group.suppressed <= case.wish.caps["race"] * group.records + 1e-9
    assert sum(group.suppressed for group in report.groups) in (best.suppressed, 0)


@given(cases(), st.sampled_from([1, 40, 10_000]))
@settings(max_examples=40, deadline=None)
def test_no_file_recoded_along_the_hierarchies_undercuts_the_certificate(case: Case, budget: int):
    wish = lattice.Wish(k=case.wish.k, suppress=1.0)
    assume(len(case.rows) >= wish.k)
    plain = Case(case.rows, (), wish)
    task = lattice.make_task(table(case.rows), key=KEY, wish=wish)
    bound = lattice.least_loss_of_any_file(task, budget=budget)
    assert bound <= min(brute_force(plain).values()) + 1e-9


def test_a_lattice_too_large_to_hold_is_searched_without_proof(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(3)
    rows = tuple(tuple(int(random.integers(len(lines))) for lines in TREES.values()) for _ in range(60))
    for metric in lattice.Metric:
        case = Case(rows, (), lattice.Wish(k=3, suppress=0.2, metric=metric))
        best = min(brute_force(case).values())
        monkeypatch.setattr(search, "_LARGEST_LATTICE", 1)
        found = solve(case)
        monkeypatch.undo()
        assert found is not None
        assert brute_force(case)[found.node] == pytest.approx(found.loss)
        assert found.bound <= best + 1e-9 <= found.loss + 2e-9
