"""Reads each class of the file and says the value that its members share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground.engine import Table
from openjustice.linkage import columns
from openjustice.linkage.columns import MISSING, Coded, Integers
from openjustice.protect.attack import AttackResult, Success, number_rows, run_example, share
from openjustice.protect.attacks.homogeneity.parameters import Parameters


@dataclass(frozen=True)
class Told:
    """What the classes tell of one variable: by row whether it is told; how often the most frequent value is right."""

    rows: NDArray[np.bool_]
    success: Success


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
    """Say of each person the value that most of their class has, and count for whom it is told.

    A blank in the key is a value of the class; a blank in the sensitive variable counts as one more value, for nobody can
    say what it hides. Source: Machanavajjhala et al. (2007), l-Diversity, section 2.
    """
    read = columns.read_columns(release, list(dict.fromkeys([*key, *sensitive])))
    classes = _classes([read[name] for name in key], rows=release.row_count)
    told = {
        name: tell(classes, read[name], severe=parameters.severe.get(name, ()), parameters=parameters)
        for name in sensitive
    }
    figures: dict[str, Any] = {"records": release.row_count, "classes": int(classes.max(initial=-1)) + 1}
    for name, item in told.items():
        figures |= {f"told_{name}": share(item.rows.sum(), release.row_count)}
        figures |= {f"{figure}_{name}": value for figure, value in item.success.figures().items()}
    failing = [name for name in told if figures[f"told_{name}"] > parameters.maximum_inferred_share]
    at_risk = np.any([item.rows for item in told.values()], axis=0) if told else np.zeros(0, dtype=np.bool_)
    return AttackResult(
        attack="homogeneity",
        against=against,
        passed=not failing,
        says=_sentence(told),
        figures=figures,
        leaks=tuple(f"Classes tell '{name}' of all their members." for name in failing),
        at_risk=number_rows(at_risk),
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Run the attack on a worked example."""
    return run_example(run, Parameters, given)


def tell(classes: Integers, values: Coded, *, severe: Sequence[str], parameters: Parameters) -> Told:
    """Return what the classes tell of one variable."""
    width = len(values.labels) + 1  # the last one is the blank
    codes = np.where(values.codes == MISSING, width - 1, values.codes)
    counts = np.bincount(classes * width + codes, minlength=(int(classes.max(initial=-1)) + 1) * width).reshape(
        -1, width
    )
    sizes, shown = counts.sum(axis=1), counts[:, : width - 1]
    most = shown.max(axis=1, initial=0)
    together = shown[:, [at for at, label in enumerate(values.labels) if label in severe]].sum(axis=1)
    is_told = np.maximum(most, together) >= parameters.certainty * sizes - 1e-9
    overall = shown.sum(axis=0)
    everybody = int(overall.sum())
    return Told(
        rows=is_told[classes],
        success=Success(
            tries=everybody,
            right=float(most.sum()),
            guess=float(overall.max(initial=0)) / everybody if everybody else 0.0,
            confidence=parameters.confidence,
        ),
    )


def _classes(key: Sequence[Coded], *, rows: int) -> Integers:
    packed = columns.pack([item.codes + 1 for item in key]) if key else np.zeros(rows, dtype=np.int64)
    return np.unique(packed, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _sentence(told: Mapping[str, Told]) -> str:
    if not told:
        return "No variable was named whose value could be told."
    words = [
        f"the most frequent value of '{name}' in a class is right for {item.success.rate:.0%} (the most frequent of all for"
        f" {item.success.guess:.0%}), and for {float(item.rows.mean()) if len(item.rows) else 0.0:.1%} it is told"
        for name, item in told.items()
    ]
    return f"Of the records, {'; '.join(words)}."
