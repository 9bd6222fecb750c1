"""What a table gives away: every measure against its definition on small tables, and estimators against known populations."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.ground import errors
from openjustice.protect import coded, risk
from openjustice.protect.risk import exposure, population

LABELS = {"a": "pqr", "b": "xy", "s": "1234"}
TREE = coded.make_hierarchy("s", [("1", "12", "*"), ("2", "12", "*"), ("3", "34", "*"), ("4", "34", "*")])


def table(rows: list[tuple[int, int, int]], names: str = "abs") -> coded.CodedTable:
    trees = tuple(TREE if name == "s" else coded.flat_hierarchy(name, list(LABELS[name])) for name in names)
    columns = tuple(np.array([row[at] for row in rows], dtype=np.uint8) for at in range(len(names)))
    return coded.CodedTable(tuple(names), trees, columns)


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=30)


@given(ROWS, ROWS, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_every_measure_is_what_its_definition_says(rows, people, k):
    sizes = Counter(row[:2] for row in rows)
    found = risk.measure_table(
        table(rows), key="ab", k=k, sensitive=["s"], severe={"s": {"1", "3"}}, population=table(people).of("ab")
    )
    n = len(rows)
    assert (found.records, found.classes) == (n, len(sizes))
    assert (found.smallest_class, found.largest_class) == (min(sizes.values()), max(sizes.values()))
    assert found.uniques == sum(size == 1 for size in sizes.values())
    assert found.prosecutor_highest == 1 / min(sizes.values())
    assert found.prosecutor_average == found.marketer == len(sizes) / n
    assert found.prosecutor_at_risk == pytest.approx(sum(size for size in sizes.values() if size < k) / n)
    assert found.sizes == Counter(sizes.values())

    persons = Counter(row[:2] for row in people)
    behind = {name: max(size, persons[name]) for name, size in sizes.items()}
    assert found.population is not None
    assert found.population.smallest == min(behind.values())
    assert found.population.journalist_highest == 1 / min(behind.values())
    assert found.population.journalist_average == pytest.approx(sum(sizes[name] / behind[name] for name in sizes) / n)
    assert found.population.journalist_at_risk == pytest.approx(
        sum(sizes[name] for name in sizes if behind[name] < k) / n
    )
    assert found.population.population_uniques == sum(behind[name] == 1 for name in sizes)
    presence = [sizes[name] / max(sizes[name], persons[name]) for name in {*sizes, *persons}]
    assert (found.population.delta_least, found.population.delta_most) == (min(presence), max(presence))
    assert found.population.unaccounted == sum(size for name, size in sizes.items() if size > persons[name])

    classes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in rows:
        classes[row[:2]].append(row[2])
    whole = [sum(row[2] == value for row in rows) / n for value in range(4)]
    given = found.disclosures[0]
    counts = [Counter(values) for values in classes.values()]
    assert given.distinct == min(len(count) for count in counts)
    entropies = [
        -sum(c / sum(count.values()) * math.log(c / sum(count.values())) for c in count.values()) for count in counts
    ]
    assert given.entropy == pytest.approx(math.exp(min(entropies)))
    needed = [
        max(count.values()) / rest if (rest := sum(count.values()) - max(count.values())) else None for count in counts
    ]
    assert given.recursive == (None if None in needed else pytest.approx(max(c for c in needed if c is not None)))
    gains = [
        (count[value] / sum(count.values()) - whole[value]) / whole[value]
        for count in counts
        for value in range(4)
        if whole[value]
    ]
    assert given.beta == pytest.approx(max(gains))
    assert given.homogeneous == sum(sum(count.values()) for count in counts if len(count) == 1)
    assert given.severe == sum(sum(count.values()) for count in counts if set(count) <= {0, 2})
    equal = max(sum(abs(count[v] / sum(count.values()) - whole[v]) for v in range(4)) / 2 for count in counts)
    assert given.closeness["equal"] == pytest.approx(equal)
    assert given.closeness["hierarchical"] <= equal + 1e-12
    json.dumps(found.as_dict())


def test_distances_by_hand():
    whole, parts = np.array([0.25, 0.25, 0.25, 0.25]), np.array([[1.0, 0, 0, 0]])
    steps = risk.closeness.steps_of(TREE)
    # A quarter moves to its neighbor (half of the height), two quarters across (all of it); in order: 1, 2 and 3 steps of 3.
    assert risk.distance_of(parts, whole, risk.Distance.HIERARCHICAL, steps)[0] == pytest.approx(0.25 * 0.5 + 0.5)
    assert risk.distance_of(parts, whole, risk.Distance.ORDERED, steps)[0] == pytest.approx(0.25 * (1 + 2 + 3) / 3)
    assert risk.distance_of(parts, whole, risk.Distance.EQUAL, steps)[0] == pytest.approx(0.75)


def test_a_large_table_is_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(2)
    rows = [tuple(row) for row in random.integers(0, [3, 2, 4], (80, 3)).tolist()]
    whole = exposure.measure_disclosure(table(rows), key="ab", variable="s")
    monkeypatch.setattr(exposure, "_CELLS_AT_ONCE", 1)
    assert exposure.measure_disclosure(table(rows), key="ab", variable="s") == whole
    assert whole.severe == 0


def test_distances_do_not_overflow():
    """A class of 30,000 that all share one of eighteen values, in half a million: 32-bit products of counts would wrap."""
    whole = np.full(18, 1 / 18)
    one = np.eye(18)[:1] * 30_000 / 30_000
    assert risk.distance_of(one, whole, risk.Distance.EQUAL, ())[0] == pytest.approx(17 / 18)


def test_an_empty_table_is_refused():
    with pytest.raises(errors.ProtectionRefused) as caught:
        risk.measure_table(table([]), key="ab")
    assert caught.value.codes == ("no_records",)


def draw(share: float) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Return the class sizes of a sample of an invented population, its size, and how many are alone in the population."""
    random = np.random.default_rng(5)
    classes = random.negative_binomial(0.4, 0.05, 20_000) + 1
    persons = np.repeat(np.arange(len(classes)), classes)
    drawn = np.bincount(persons[random.random(len(persons)) < share])
    sizes, often = np.unique(drawn[drawn > 0], return_counts=True)
    return sizes, often, len(persons), int((classes == 1).sum())


def test_the_slide_negative_binomial_finds_the_uniques_of_its_own_population():
    sizes, often, persons, alone = draw(0.3)
    found = risk.estimate_population_uniques(sizes, often, population=persons)
    assert found.slide_negative_binomial == pytest.approx(alone, rel=0.15)
    assert found.zayatz is not None
    assert found.slide_negative_binomial is not None
    assert found.dankar == min(found.slide_negative_binomial, found.zayatz)
    assert found.share == found.dankar / persons


def test_of_a_small_sample_pitmans_estimate_is_taken():
    sizes, often, persons, _ = draw(0.05)
    found = risk.estimate_population_uniques(sizes, often, population=persons)
    assert found.pitman is not None
    assert found.dankar == found.pitman
    assert 0 < found.share < 1


def test_the_whole_population_needs_no_estimate():
    sizes, often = np.array([1, 2]), np.array([3, 4])
    assert risk.estimate_population_uniques(sizes, often, population=11).dankar == 3
    assert risk.estimate_population_uniques(sizes[1:], often[1:], population=80).dankar == 0


def test_a_model_that_does_not_fit_gives_nothing(monkeypatch: pytest.MonkeyPatch):
    sizes, often, persons, _ = draw(0.05)
    monkeypatch.setattr(population, "estimate_pitman", lambda *_, **__: None)
    found = risk.estimate_population_uniques(sizes, often, population=persons)
    assert found.dankar == found.zayatz
    sizes, often, persons, _ = draw(0.3)
    monkeypatch.setattr(population, "estimate_slide", lambda *_, **__: None)
    assert risk.estimate_population_uniques(sizes, often, population=persons).dankar > 0


def test_zayatz_by_hand():
    # Three of six persons drawn: two alone and none in a pair. With one class of one and none larger, everybody is alone.
    assert population.estimate_zayatz(np.array([1]), np.array([3]), population=6) == pytest.approx(6.0)


def test_a_sample_of_uniques_alone_has_no_more_uniques_than_persons():
    found = risk.estimate_population_uniques(np.array([1]), np.array([50]), population=5000)
    assert 0 < found.dankar <= 5000
    assert found.as_dict()["population"] == 5000
