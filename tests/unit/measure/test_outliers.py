"""The tests of plausibility raise no more false alarms than they state, on many kinds of counts, and find what is planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.measure import outliers

RATE = 0.02
RUNS = 700
KINDS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "few": lambda random, size: random.poisson(0.4, size),
    "some": lambda random, size: random.poisson(6, size),
    "many": lambda random, size: random.poisson(400, size),
    "widely spread": lambda random, size: random.negative_binomial(5, 5 / (5 + 60), size),
}


@pytest.mark.parametrize("kind", KINDS)
def test_false_alarms_beside_the_own_history_keep_the_stated_rate(kind: str) -> None:
    random = np.random.default_rng(7)
    alarms = 0
    for _ in range(RUNS):
        drawn = KINDS[kind](random, 9)
        alarms += outliers.judge_history(drawn[:-1], float(drawn[-1]), rate=RATE).is_unusual
    assert alarms <= RUNS * RATE + 4 * (RUNS * RATE) ** 0.5


@pytest.mark.parametrize("kind", ["some", "many", "widely spread"])
def test_a_month_left_out_of_a_long_series_is_found_where_there_is_something_to_leave_out(kind: str) -> None:
    random = np.random.default_rng(7)
    found = sum(
        outliers.judge_history(KINDS[kind](random, 24), 0.0, rate=RATE).is_unusual for _ in range(200)
    )  # fmt: skip
    assert found >= {"some": 100, "many": 200, "widely spread": 130}[kind]


def test_one_wrong_count_of_the_past_neither_hides_nor_raises_an_alarm() -> None:
    history = [100, 104, 97, 101, 99, 103, 5000, 98]
    assert outliers.judge_history(history, 5000, rate=0.005).is_unusual
    assert not outliers.judge_history(history, 101, rate=0.005).is_unusual


def test_the_range_holds_what_is_usual_and_not_what_is_not() -> None:
    judged = outliers.judge_history([10, 12, 9, 11, 10, 8, 12, 11], 30, rate=0.005)
    assert judged.low < judged.expected < judged.high < 30
    assert judged.compared == 8


@given(history=st.lists(st.integers(0, 10_000), min_size=3, max_size=30), value=st.integers(0, 10_000))
def test_whatever_comes_the_judgment_is_whole(history: list[int], value: int) -> None:
    judged = outliers.judge_history(history, value, rate=0.005)
    assert 0 < judged.p <= 1
    assert 0 <= judged.low <= judged.high
    assert np.isfinite(outliers.signed_surprise(history, value))


def test_what_moves_every_agency_raises_no_alarm_and_what_moves_one_does() -> None:
    random = np.random.default_rng(3)
    histories = [random.poisson(200, 12) for _ in range(30)]
    halved = [outliers.signed_surprise(past, random.poisson(100)) for past in histories]
    assert abs(halved[0]) > 2.8  # beside its own history alone every agency would stand out
    assert not outliers.judge_peers(halved[0], halved[1:], rate=0.005).is_unusual
    steady = outliers.signed_surprise(histories[0], 200)
    assert outliers.judge_peers(steady, halved[1:], rate=0.005).is_unusual


def test_surprises_of_short_and_long_histories_are_of_one_kind() -> None:
    random = np.random.default_rng(11)
    for size in (6, 24):
        drawn = [outliers.signed_surprise(random.poisson(300, size), random.poisson(300)) for _ in range(600)]
        assert 0.6 < float(np.std(drawn)) < 1.25


def test_a_share_is_judged_by_its_size() -> None:
    peers = [(5, 100), (8, 120), (1, 20), (30, 400), (2, 50), (6, 90), (11, 130), (3, 60)]
    assert outliers.judge_share(80, 100, peers, rate=0.005).is_unusual
    assert not outliers.judge_share(1, 2, peers, rate=0.005).is_unusual


@pytest.mark.parametrize(
    "call",
    [
        lambda: outliers.judge_history([1, 2], 3, rate=0.005),
        lambda: outliers.judge_peers(1.0, [0.1, 0.2], rate=0.005),
        lambda: outliers.judge_share(0, 0, [(1, 2)] * 5, rate=0.005),
    ],
)
def test_too_little_to_compare_with_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="at least three"):
        call()
