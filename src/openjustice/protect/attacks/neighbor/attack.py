"""Takes all records that a neighbor knows from the file, and reads the last person's value off the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Integers
from openjustice.protect.attack import AttackResult, Success, number_rows, run_example
from openjustice.protect.attacks.neighbor.parameters import Parameters

Columns = Mapping[str, Coded]


def run(
    release: Table,
    *,
    known: Table,
    key: Sequence[str],
    sensitive: Sequence[str],
    maximum_rate: float,  # noqa: ARG001 (the shape of every attack on records)
    parameters: Parameters,
    against: str,
    sources: Mapping[str, Table],  # noqa: ARG001 (see above)
) -> AttackResult:
    """Learn each person's sensitive value from the file less all other persons' values, and say how often that is right.

    Two neighbors are tried, and the better one counts: one subtracts over the whole file, the other within the class that
    shows the person's key. Each says the value that the file shows most often beyond what the others explain. Surprise: no
    blanking and no coarser key helps against this neighbor, for exact counts always give the last one away; noise does.
    Source: Dwork, McSherry, Nissim, Smith (2006), Calibrating Noise to Sensitivity, on the worst-case neighbor.
    """
    names = list(dict.fromkeys([*key, *sensitive]))
    shown, true = _aligned(columns.read_columns(release, names), columns.read_columns(known, names), names)
    figures: dict[str, Any] = {"records": release.row_count, "persons": known.row_count}
    failing, at_risk = [], np.zeros(release.row_count, dtype=np.bool_)
    for name in sensitive:
        success, told = _tried(shown, true, key=key, name=name, confidence=parameters.confidence)
        figures |= {f"{figure}_{name}": value for figure, value in success.figures().items()}
        if not success.is_guessing(advantage=parameters.maximum_advantage):
            failing.append(name)
        at_risk |= told
    return AttackResult(
        attack="neighbor",
        against=against,
        passed=not failing,
        says=_sentence(figures, sensitive),
        figures=figures,
        leaks=tuple(f"Whoever knows all records but one can tell its '{name}'." for name in failing),
        at_risk=number_rows(at_risk),
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def _aligned(ours: Columns, theirs: Columns, names: Sequence[str]) -> tuple[Columns, Columns]:
    pairs = {name: columns.align(ours[name], theirs[name]) for name in names}
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _tried(
    shown: Columns, true: Columns, *, key: Sequence[str], name: str, confidence: float
) -> tuple[Success, NDArray[np.bool_]]:
    """Try both neighbors on one variable; return the success of the better one and which records show a value that is told."""
    values, truth = shown[name], true[name]
    width, has_value = len(values.labels), truth.codes != MISSING
    persons = int(has_value.sum())
    usual = np.bincount(truth.codes[has_value], minlength=width)
    best, told = 0, np.zeros(len(values.codes), dtype=np.bool_)
    for names in ([], list(key)):
        classes, of_true = _classes(shown, true, names)
        surplus = _counts(classes, values.codes, of_true, width) - _counts(of_true, truth.codes, classes, width)
        is_told = _told_values(surplus)
        right = int(is_told[of_true[has_value], truth.codes[has_value]].sum())
        if right > best:
            best = right
            told = (values.codes != MISSING) & is_told[classes, values.codes]
    guess = float(usual.max(initial=0)) / persons if persons else 0.0
    return Success(tries=persons, right=best, guess=guess, confidence=confidence), told


def _told_values(surplus: Integers) -> NDArray[np.bool_]:
    """Return by class the values that a person who has them is told by: one more of it makes it the largest surplus."""
    if not surplus.shape[1]:
        return np.zeros(surplus.shape, dtype=np.bool_)
    order = np.sort(surplus, axis=1)
    largest = order[:, -1:]
    second = order[:, -2:-1] if surplus.shape[1] > 1 else largest - 1
    others = np.where((surplus == largest) & (second < largest), second, largest)
    return np.asarray(surplus + 1 > others)


def _classes(shown: Columns, true: Columns, names: Sequence[str]) -> tuple[Integers, Integers]:
    """Number the classes of the key over both tables together."""
    rows = len(next(iter(shown.values())).codes)
    both = [np.concatenate([shown[name].codes, true[name].codes]) + 1 for name in names]
    total = rows + len(next(iter(true.values())).codes)
    packed = columns.pack(both) if both else np.zeros(total, dtype=np.int64)
    which = np.unique(packed, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return which[:rows], which[rows:]


def _counts(classes: Integers, codes: Integers, others: Integers, width: int) -> Integers:
    known = codes != MISSING
    height = max(int(classes.max(initial=-1)), int(others.max(initial=-1))) + 1
    flat = np.bincount(classes[known] * width + codes[known], minlength=height * width)
    return flat.reshape(height, width).astype(np.int64)


def _sentence(figures: Mapping[str, Any], sensitive: Sequence[str]) -> str:
    told = [
        f"'{name}' for {figures[f'success_rate_{name}']:.0%} (guessing: {figures[f'guess_rate_{name}']:.0%})"
        for name in sensitive
    ]
    return f"Whoever knows all records but one tells of the last one {', '.join(told) or 'nothing: no variable was named'}."
