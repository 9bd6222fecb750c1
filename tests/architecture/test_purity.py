"""Below the command line there is no clock and no chance: the moment, the key and the seed are arguments."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from architecture.linter import SOURCES

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
CHANCE = {"secrets", "uuid"}
UNSEEDED = {"Random", "default_rng", "SystemRandom", "urandom", "RandomState"}
# `random` may be used through an instance that was given its seed; its module-level functions share a state nobody gave.
RANDOM_MAY = {"Random"}
LOUD = {"print", "input"}


def impurities(source: str) -> list[str]:
    """Find what a source asks of the clock, of chance or of the terminal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name in CHANCE | {"random"}]
            case ast.ImportFrom(module=str(module), names=names) if module in CHANCE or module == "random":
                found += [alias.name for alias in names if module in CHANCE or alias.name not in RANDOM_MAY]
            case ast.Call(func=func, args=args, keywords=keywords):
                found += _asks(func, given=bool(args or keywords))
            case _:
                pass
    return found


def _asks(func: ast.expr, *, given: bool) -> list[str]:
    owner, name = "", ""
    if isinstance(func, ast.Attribute):
        name, owner = func.attr, ast.unparse(func.value).rpartition(".")[2]
    elif isinstance(func, ast.Name):
        name = func.id
    if (owner, name) in CLOCKS or (name in UNSEEDED and not given) or (not owner and name in LOUD):
        return [f"{owner}.{name}".strip(".")]
    return []


@pytest.mark.parametrize(
    "source",
    [
        "import secrets",
        "import random",
        "from random import choice",
        "datetime.now(UTC)",
        "datetime.datetime.now()",
        "date.today()",
        "time.time()",
        "np.random.default_rng()",
        "Random()",
        "os.urandom()",
        "uuid.uuid4()\nimport uuid",
        "print(1)",
    ],
)
def test_an_impurity_is_seen(source: str):
    assert len(impurities(source)) == 1


@pytest.mark.parametrize(
    "source",
    ["from random import Random\nRandom(7)", "np.random.default_rng(seed)", "time.perf_counter()", "date(2020, 1, 1)"],
)
def test_a_seeded_or_harmless_call_is_not(source: str):
    assert impurities(source) == []


BELOW = sorted(
    path for path in SOURCES.rglob("*.py") if path.relative_to(SOURCES).parts[0] not in {"cli", "__main__.py"}
)


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(SOURCES)))
def test_no_clock_and_no_chance_below_the_command_line(path: Path):
    assert impurities(path.read_text()) == []
