"""Measures how often reports in which nothing is wrong raise an alarm, and how often planted faults are found."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from openjustice.confidential.collect import quality_rules
from openjustice.measure import outliers

Draw = Callable[[np.random.Generator, int], np.ndarray]
STEADY: dict[str, Draw] = {
    "Poisson, mean 0.3": lambda random, size: random.poisson(0.3, size),
    "Poisson, mean 3": lambda random, size: random.poisson(3, size),
    "Poisson, mean 10": lambda random, size: random.poisson(10, size),
    "Poisson, mean 100": lambda random, size: random.poisson(100, size),
    "Poisson, mean 1,000": lambda random, size: random.poisson(1000, size),
    "spread 2.2 times that of chance, mean 20": lambda random, size: random.negative_binomial(5, 5 / 25, size),
    "spread 4.6 times that of chance, mean 200": lambda random, size: random.negative_binomial(10, 10 / 210, size),
}
FAULTS: dict[str, Callable[[float], float]] = {
    "nothing sent, stated as none": lambda _value: 0.0,
    "half left out": lambda value: float(np.floor(value / 2)),
    "sent twice": lambda value: 2.0 * value,
    "a digit too many": lambda value: 10.0 * value,
}
LENGTHS, RUNS, PLANTED = (6, 12, 24), 2_000, 400


def alarms(draw: Draw, size: int, *, rate: float, runs: int, change: Callable[[float], float] | None = None) -> float:
    """Return the share of histories of a length after which the next count, changed or not, is unusual."""
    random = np.random.default_rng([size, runs])
    found = 0
    for _ in range(runs):
        drawn = draw(random, size + 1).astype(float)
        value = change(drawn[-1]) if change else drawn[-1]
        found += outliers.judge_history(drawn[:-1], float(value), rate=rate).is_unusual
    return found / runs


def peers(*, rate: float, change: float, runs: int = 40, agencies: int = 40) -> tuple[float, float, float]:
    """Return the shares of agencies that are unusual beside their history and beside peers where all move, and where one is halved."""
    random = np.random.default_rng(1)
    own = beside = found = 0
    for _ in range(runs):
        means = random.uniform(20, 400, agencies)
        past = [random.poisson(mean, 12) for mean in means]
        now = [random.poisson(mean * change) for mean in means]
        surprises = [outliers.signed_surprise(history, value) for history, value in zip(past, now, strict=True)]
        own += sum(
            outliers.judge_history(history, value, rate=rate).is_unusual
            for history, value in zip(past, now, strict=True)
        )
        for place, surprise in enumerate(surprises):
            beside += outliers.judge_peers(surprise, surprises[:place] + surprises[place + 1 :], rate=rate).is_unusual
        halved = outliers.signed_surprise(past[0], now[0] // 2)
        found += outliers.judge_peers(halved, surprises[1:], rate=rate).is_unusual
    return own / (runs * agencies), beside / (runs * agencies), found / runs


def run() -> None:
    """Print both tables, at the rate that the registry states."""
    rate = quality_rules.read_rules().false_alarm_rate
    started = time.process_time()
    print(f"False alarms, stated {rate:.2%} of tests, {RUNS:,} tests each")
    for name, draw in STEADY.items():
        shares = [alarms(draw, size, rate=rate, runs=RUNS) for size in LENGTHS]
        print(f"| {name} | " + " | ".join(f"{share:.2%}" for share in shares) + " |")
    print(f"Planted faults found after 12 periods, {PLANTED} each")
    for name, draw in STEADY.items():
        shares = [alarms(draw, 12, rate=rate, runs=PLANTED, change=change) for change in FAULTS.values()]
        print(f"| {name} | " + " | ".join(f"{share:.0%}" for share in shares) + " |")
    print(
        "Forty agencies of 20 to 400 records: all move by a factor; unusual beside history, beside peers, one halved beside peers"
    )
    for change in (1.0, 0.7, 1.4):
        print(f"| {change:g} | " + " | ".join(f"{share:.2%}" for share in peers(rate=rate, change=change)) + " |")
    print(f"{time.process_time() - started:.0f} s of processor time")


if __name__ == "__main__":
    run()
