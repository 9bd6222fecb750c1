"""Trains a model on the release to tell each person's value from their key, with and without the person in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Integers
from openjustice.protect.attack import AttackResult, Success, number_rows, run_example
from openjustice.protect.attacks.attribute.parameters import Parameters


def run(
    release: Table,
    *,
    known: Table,  # noqa: ARG001 (the shape of every attack on records)
    key: Sequence[str],
    sensitive: Sequence[str],
    maximum_rate: float,  # noqa: ARG001 (see above)
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],  # noqa: ARG001 (see above)
) -> AttackResult:
    """Tell each person's sensitive value by a model of the file, and by one that never saw the person.

    What the second one knows is what science is for; what the first knows beyond it, it knows because the person is in
    the file. The persons are the records themselves, by the key as the file shows it; a record whose value is blank is no
    try. Deterministic: records are cut into parts in the order of the file, and ties go to the first value. Sources:
    Giomi et al. (2023), A Unified Framework for Quantifying Privacy Risk in Synthetic Data, on the control group.
    """
    read = columns.read_columns(release, list(dict.fromkeys([*key, *sensitive])))
    figures: dict[str, Any] = {"records": release.row_count}
    failing, at_risk = [], np.zeros(release.row_count, dtype=np.bool_)
    for name in sensitive:
        success, only_with = _tried([read[item] for item in key if item != name], read[name], parameters=parameters)
        figures |= {f"{figure}_{name}": value for figure, value in success.figures().items()}
        if not success.is_guessing(advantage=parameters.maximum_advantage):
            failing.append(name)
            at_risk |= only_with
    return AttackResult(
        attack="attribute",
        against=against,
        passed=not failing,
        says=_sentence(figures, sensitive),
        figures=figures,
        leaks=tuple(f"A model tells '{name}' better for having seen the person." for name in failing),
        at_risk=number_rows(at_risk),
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def _tried(key: Sequence[Coded], values: Coded, *, parameters: Parameters) -> tuple[Success, NDArray[np.bool_]]:
    """Return how often the model with the person is right beside the one without, and which records only the first tells."""
    shown = np.flatnonzero(values.codes != MISSING)
    codes = [item.codes[shown] + 1 for item in key]
    target, width = values.codes[shown], len(values.labels)
    everybody = np.ones(len(shown), dtype=np.bool_)
    with_person = _predict(codes, target, width, trained=everybody, asked=everybody, model=parameters.model) == target
    without = np.zeros(len(shown), dtype=np.bool_)
    part = np.arange(len(shown)) % parameters.folds
    for fold in range(min(parameters.folds, len(shown))):
        asked = part == fold
        told = _predict(codes, target, width, trained=~asked, asked=asked, model=parameters.model)
        without[asked] = told == target[asked]
    only_with = np.zeros(len(values.codes), dtype=np.bool_)
    only_with[shown[with_person & ~without]] = True
    guess = float(without.mean()) if len(shown) else 0.0
    success = Success(tries=len(shown), right=int(with_person.sum()), guess=guess, confidence=parameters.confidence)
    return success, only_with


def _predict(
    codes: Sequence[Integers],
    target: Integers,
    width: int,
    *,
    trained: NDArray[np.bool_],
    asked: NDArray[np.bool_],
    model: str,
) -> Integers:
    """Train on some records and say the likeliest value of others."""
    overall = np.bincount(target[trained], minlength=width).astype(np.float64)
    scores = np.tile(np.log(overall + 1), (int(asked.sum()), 1))
    features = [columns.pack(codes)] if model == "histogram" and codes else codes
    for feature in features:
        classes, which = np.unique(feature, return_inverse=True)
        which = which.reshape(-1)
        counts = np.bincount(which[trained] * width + target[trained], minlength=len(classes) * width)
        table = counts.reshape(len(classes), width).astype(np.float64)
        if model == "histogram":
            # The class speaks; the rest of the file breaks ties and speaks where the class is empty.
            scores = table[which[asked]] + overall / (2.0 * max(float(overall.sum()), 1.0))
        else:
            scores += np.log((table[which[asked]] + 1) / (overall + len(classes)))
    return np.asarray(scores.argmax(axis=1), dtype=np.int64) if width else np.zeros(len(scores), dtype=np.int64)


def _sentence(figures: Mapping[str, Any], sensitive: Sequence[str]) -> str:
    told = [
        f"'{name}' for {figures[f'success_rate_{name}']:.0%} (without the person: {figures[f'guess_rate_{name}']:.0%})"
        for name in sensitive
    ]
    return f"A model of the file tells {', '.join(told) or 'nothing: no variable was named'}."
