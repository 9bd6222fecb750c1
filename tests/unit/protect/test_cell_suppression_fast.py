"""The search on arrays: compiled and plain alike, its linear test against fractions, and what it learns."""

from __future__ import annotations

import numpy as np
import pytest

from laws.invented_cubes import DIMENSIONS, random_cube, solvable_by_fractions
from openjustice.ground import kernels as ground_kernels
from openjustice.protect import cubes
from openjustice.protect.cubes import CubeSystem
from openjustice.protect.methods.cell_suppression import fast
from openjustice.protect.methods.cell_suppression.fast import driver, kernels, linear, merging, nearby, walking
from openjustice.protect.methods.cell_suppression.fast.driver import Problem
from openjustice.protect.methods.cell_suppression.fast.linear import LinearTest

MODULES = (kernels, merging, nearby, walking)


def problem_of(system: CubeSystem, *, threshold: int = 4, reach: int = 0) -> Problem:
    values = system.values
    small = (values > 0) & (values <= threshold)
    fall = np.maximum(values - 1, 0)
    return Problem(system.equations, small, small, values > threshold, small, values.astype(float), fall, reach)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every kernel run as the plain function it was compiled from."""
    for module in MODULES:
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, name, ground_kernels.plain(value))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search briefly: plain kernels are slow."""
    monkeypatch.setattr(driver, "_steps", lambda _: 60)


def leaking() -> tuple[CubeSystem, Problem]:
    """Return a table whose small counts alone do not protect each other."""
    for seed in range(50):
        system = cubes.join_cubes([random_cube(seed, sizes=(4, 4, 3))])
        problem = problem_of(system)
        if len(fast.find_solvable(system.equations, unknown=problem.start, targets=problem.targets)) > 2:
            return system, problem
    raise AssertionError


def outcome(seed: int, reach: int) -> tuple[list[int], list[int]]:
    system = cubes.join_cubes([random_cube(seed, sizes=(5, 4, 3))])
    problem = problem_of(system, reach=reach)
    done = fast.hide(problem)
    needed = fast.find_needless(problem, done, done.hidden)
    return np.flatnonzero(done.hidden).tolist(), np.flatnonzero(needed).tolist()


@pytest.mark.parametrize("reach", [0, 2])
def test_plain_and_compiled_kernels_hide_the_same(request: pytest.FixtureRequest, reach: int):
    compiled = [outcome(seed, reach) for seed in range(3)]
    request.getfixturevalue("plain")
    assert [outcome(seed, reach) for seed in range(3)] == compiled


@pytest.mark.parametrize("seed", range(12))
def test_the_linear_test_finds_what_fractions_find(seed: int):
    system = cubes.join_cubes([random_cube(seed, sizes=(3, 3, 2))])
    chance = np.random.default_rng(seed)
    unknown = chance.random(len(system)) < 0.45
    targets = np.ones(len(system), dtype=np.bool_)
    found = fast.find_solvable(system.equations, unknown=unknown, targets=targets)
    assert found.tolist() == solvable_by_fractions(system.equations.toarray(), unknown)
    test = LinearTest(system.equations, unknown=unknown)
    for derived in test.derive(found) if len(found) else []:
        row = np.zeros(len(system))
        row[derived.cells] = derived.factors
        assert np.flatnonzero(row * unknown).tolist() == [derived.target]
        assert row @ system.values == pytest.approx(0, abs=1e-6)


def test_what_is_hidden_gives_nothing_away():
    for seed in range(4):
        system = cubes.join_cubes([random_cube(seed)])
        problem = problem_of(system)
        done = fast.hide(problem)
        solved = set(solvable_by_fractions(system.equations.toarray(), done.hidden))
        assert not solved & set(np.flatnonzero(problem.targets).tolist()) - set(done.stuck.tolist())
        assert done.price(problem) == system.values[done.hidden & ~problem.kept].sum()


def test_what_cannot_be_helped_is_told():
    dimension = DIMENSIONS[1]
    cube = cubes.make_cube("t", (dimension,), np.array([3, *[0] * (len(dimension.leaves) - 1)]))
    system = cubes.join_cubes([cube])
    problem = problem_of(system)
    only = problem.start & (np.arange(len(system)) == np.flatnonzero(problem.start)[-1])
    lone = Problem(problem.equations, only, only, problem.free & False, only, problem.price, problem.fall)
    assert fast.hide(lone).stuck.tolist() == np.flatnonzero(only).tolist()


@pytest.mark.parametrize("shorten", ["_SIZES", "_LARGE"])
def test_leaks_without_a_short_derivation_are_mended_too(monkeypatch: pytest.MonkeyPatch, shorten: str):
    monkeypatch.setattr(linear, "_SIZES", ())
    if shorten == "_LARGE":
        monkeypatch.setattr(linear, "_LARGE", ())
    system, problem = leaking()
    alone = LinearTest(system.equations, unknown=problem.start)
    leaks = alone.solvable(problem.targets)
    assert len(leaks)
    learned = alone.derive(leaks)
    assert 0 < len(learned) <= 8
    assert not len(fast.hide(problem).stuck)


def test_a_derivation_of_too_many_sums_is_not_followed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(linear, "_SHORT", 0)
    monkeypatch.setattr(linear, "_LONG", 0)
    system, problem = leaking()
    alone = LinearTest(system.equations, unknown=problem.start)
    for item in alone.derive(alone.solvable(problem.targets)):
        assert (item.factors == 1).all()


def test_a_search_out_of_rounds_tells_what_leaks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(driver, "_ROUNDS", 1)
    monkeypatch.setattr(driver, "_search", lambda problem, hidden, *_, **__: (hidden, np.zeros(0, dtype=np.int64)))
    problem = problem_of(cubes.join_cubes([random_cube(1)]))
    assert len(fast.hide(problem).stuck)


@pytest.mark.parametrize("is_plain", [False, True])
def test_every_table_of_a_walk_fits(request: pytest.FixtureRequest, is_plain: bool):
    if is_plain:
        request.getfixturevalue("plain")
    system = cubes.join_cubes([random_cube(1)])
    values, hidden = system.values, fast.hide(problem_of(system, reach=1)).hidden
    floor = np.where(hidden, np.minimum(values, 1), values)
    ranges = walking.Ranges(values.copy(), floor, values.copy(), values.copy())
    wanted = walking.Wanted(2, np.maximum(values, 3))
    sums, room = driver.as_sums(system.equations), driver.make_room(len(values), system.equations.shape[0], seed=1)
    targets = np.flatnonzero(hidden & (values < 5))
    left = walking.walk(sums, hidden.astype(np.uint8), ranges, wanted, room, values.copy(), targets, 40)
    assert not (system.equations @ ranges.table).any()
    assert (ranges.table >= floor).all()
    assert (ranges.low >= floor).all()
    met = np.setdiff1d(targets, left)
    assert len(met)
    assert ((ranges.high - ranges.low)[met] >= 2).all()
    assert (ranges.low[~hidden] == values[~hidden]).all()


@pytest.mark.parametrize("is_plain", [False, True])
def test_nearby_cells_share_sums_and_are_not_dear(request: pytest.FixtureRequest, is_plain: bool):
    if is_plain:
        request.getfixturevalue("plain")
    system = cubes.join_cubes([random_cube(3)])
    price = system.values.astype(float)
    around = nearby.find_nearby(
        driver.as_sums(system.equations), np.ones(len(system), dtype=np.uint8), price, 0, 20.0, 10
    )
    assert around[0] == 0
    assert len(set(around.tolist())) == len(around) <= 10
    assert (price[around[1:]] <= 20).all()


def test_a_system_without_unknown_cells_gives_nothing_away():
    system = cubes.join_cubes([random_cube(1)])
    nothing = np.zeros(len(system), dtype=np.bool_)
    assert not len(fast.find_solvable(system.equations, unknown=nothing, targets=~nothing))
