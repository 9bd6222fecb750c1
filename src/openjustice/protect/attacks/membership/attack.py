"""Asks of people inside and outside whether they are in the file, from how many of its records may be theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table
from openjustice.linkage import columns, lookup
from openjustice.linkage.columns import Coded, Integers
from openjustice.protect.attack import AttackResult, Success, find_source, number_rows, run_example, share
from openjustice.protect.attacks.membership.parameters import Parameters

Columns = dict[str, Coded]


def run(
    release: Table,
    *,
    known: Table,
    key: Sequence[str],
    sensitive: Sequence[str],  # noqa: ARG001 (the shape of every attack on records)
    maximum_rate: float,  # noqa: ARG001 (see above)
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],
) -> AttackResult:
    """Ask of as many people inside as outside whether they are in the file, and say yes where enough records may be theirs.

    How many are enough is learned on every other person and tried on the rest, so that chance does not look like
    knowledge. Guessing is right for a half. With a list of others, also count who is told for certain: people in the file
    who share their key with nobody else on the list. Source: Shokri et al. (2017), Membership Inference Attacks.
    """
    file, everybody = columns.read_columns(release, key), columns.read_columns(known, key)
    members = _at_steps(everybody, parameters.controls)
    others = _others(everybody, key=key, parameters=parameters, against=against, sources=sources)
    inside, outside = (_candidates(people, file, key=key, parameters=parameters) for people in (members, others))
    pairs = min(len(inside), len(outside))
    inside, outside = inside[:pairs], outside[:pairs]
    success = _tried(inside, outside, confidence=parameters.confidence)
    certain = np.zeros(release.row_count, dtype=np.bool_)
    figures: dict[str, Any] = {"people_inside": len(inside), "people_outside": len(outside)} | success.figures()
    if parameters.source:
        certain = _candidates(file, others, key=key, parameters=parameters) == 0
        figures["certain_share"] = share(certain.sum(), release.row_count)
    passed = success.is_guessing(advantage=parameters.maximum_advantage)
    passed = passed and float(figures.get("certain_share", 0.0)) <= parameters.maximum_certain_share
    return AttackResult(
        attack="membership",
        against=against,
        passed=passed,
        says=(
            f"Asked whether somebody is in the file, the intruder is right for {success.rate:.0%}; guessing is right for 50%"
            f" and by chance for up to {success.guess_interval[1]:.0%}."
        ),
        figures=figures,
        leaks=() if passed else ("The file tells who is in it more often than guessing does.",),
        at_risk=number_rows(certain),
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def _others(
    everybody: Columns, *, key: Sequence[str], parameters: Parameters, against: str, sources: Mapping[str, Table]
) -> Columns:
    """Return people who are not in the file: those of the source, or invented ones."""
    if parameters.source:
        return columns.read_columns(find_source(sources, parameters.source, against=against), key)
    random = np.random.default_rng(parameters.seed)
    people = len(next(iter(everybody.values())).codes) if key else 0
    many = min(people, parameters.controls)
    return {
        name: Coded(codes=everybody[name].codes[random.integers(0, people, many)] if many else everybody[name].codes,
                    labels=everybody[name].labels)
        for name in key
    }  # fmt: skip


def _at_steps(people: Columns, most: int) -> Columns:
    count = len(next(iter(people.values())).codes) if people else 0
    chosen = np.arange(0, count, max(-(-count // most), 1))
    return {name: Coded(codes=item.codes[chosen], labels=item.labels) for name, item in people.items()}


def _candidates(people: Columns, file: Columns, *, key: Sequence[str], parameters: Parameters) -> Integers:
    keys = lookup.code_keys(people, file, key=key, tolerance=parameters.tolerance)
    return lookup.look_up(keys).candidates


def _tried(inside: Integers, outside: Integers, *, confidence: float) -> Success:
    """Learn on every other person how many records are enough, and try it on the rest."""
    enough = _best_bound(inside[::2], outside[::2])
    right = int((inside[1::2] >= enough).sum() + (outside[1::2] < enough).sum())
    tries = len(inside[1::2]) + len(outside[1::2])
    return Success(tries=tries, right=right, guess=0.5, confidence=confidence)


def _best_bound(inside: Integers, outside: Integers) -> int:
    bounds = np.unique(np.concatenate([inside, outside, [1]]))
    gains = _at_least(inside, bounds) - _at_least(outside, bounds)
    return int(bounds[int(np.argmax(gains))])


def _at_least(counts: Integers, bounds: Integers) -> NDArray[np.int64]:
    return np.asarray(len(counts) - np.searchsorted(np.sort(counts), bounds, side="left"), dtype=np.int64)
