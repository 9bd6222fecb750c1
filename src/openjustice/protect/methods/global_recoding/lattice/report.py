"""What a recoding did, and to whom: levels, loss and bounds, and for each protected group how much of it is left.

The optimum of a whole table may be the end of a group in it: what is rare is what is left out. So every report counts, by
group, the records left out, with an interval and with the ratio to all other records, and how coarse the rest became.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.coded import Hierarchy
from openjustice.protect.methods.global_recoding.lattice.answer import Best
from openjustice.protect.methods.global_recoding.lattice.nodes import Evaluator
from openjustice.protect.methods.global_recoding.lattice.task import Task

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_Z = 1.959964  # the normal quantile of an interval that holds 95 times in 100


@dataclass(frozen=True)
class Group:
    """One group's part: records, how many were left out, its share of the table before and after, and what it lost.

    `interval` is Wilson's for the share left out. `ratio` sets that share beside the one of all other records; where its
    interval does not hold 1, the group fares otherwise than by chance (`is_uneven`). `loss` is the mean loss of its records.
    """

    variable: str
    label: str
    records: int
    suppressed: int
    suppressed_share: float
    interval: tuple[float, float]
    share_before: float
    share_after: float
    ratio: float | None
    ratio_interval: tuple[float, float] | None
    is_uneven: bool
    loss: float


@dataclass(frozen=True)
class Report:
    """What was asked, what came of it, and how it falls on groups. Shares are of all records, from 0 to 1."""

    records: int
    k: int
    metric: str
    levels: Mapping[str, int]
    loss: float
    lower_bound: float
    is_proved: bool
    any_file_bound: float | None
    suppressed: int
    suppressed_share: float
    classes: int
    smallest_class: int
    nodes: int
    evaluated: int
    groups: tuple[Group, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return this report as plain values for JSON."""
        return asdict(self) | {"levels": dict(self.levels), "groups": [asdict(group) for group in self.groups]}


@dataclass(frozen=True)
class Recoded:
    """A recoded table: labels and codes of its distinct tuples (key first, then sensitive variables), and their counts."""

    variables: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: tuple[NDArray[np.int32], ...]
    counts: Integers
    report: Report


def apply_best(task: Task, best: Best, *, any_file_bound: float | None = None) -> Recoded:
    """Apply the levels that a search found: recode every record, leave out those whose class fails, and report on both."""
    evaluator = Evaluator(task)
    class_of, fails = evaluator.classes_of(best.node, evaluator.raw())
    is_out = fails[class_of] & (task.counts > 0)
    kept = ~is_out & (task.counts > 0)
    sizes = np.bincount(class_of[kept], weights=task.counts[kept]).astype(np.int64)
    occurring = sizes[sizes > 0]
    report = Report(
        records=task.records,
        k=task.wish.k,
        metric=task.wish.metric.value,
        levels={tree.variable: level for tree, level in zip(task.trees, best.node, strict=True)},
        loss=best.loss,
        lower_bound=best.bound,
        is_proved=best.is_proved,
        any_file_bound=any_file_bound,
        suppressed=best.suppressed,
        suppressed_share=best.suppressed / task.records,
        classes=len(occurring),
        smallest_class=int(occurring.min(initial=task.records)) if len(occurring) else 0,
        nodes=best.nodes,
        evaluated=best.evaluated,
        groups=tuple(_groups(task, best, is_out)),
    )
    sensitive = [task.column_of(name) for name in dict.fromkeys(model.variable for model in task.wish.models)]
    shown = [
        *((tree.labels[level], tree.codes[level][task.codes[kept, j]]) for j, (tree, level) in enumerate(zip(task.trees, best.node, strict=True))),
        *((tree.labels[0], task.codes[kept, column].astype(np.int32)) for column, tree in sensitive),
    ]  # fmt: skip
    names = [*(tree.variable for tree in task.trees), *(tree.variable for _, tree in sensitive)]
    return Recoded(
        variables=tuple(names),
        labels=tuple(labels for labels, _ in shown),
        codes=tuple(codes for _, codes in shown),
        counts=task.counts[kept],
        report=report,
    )


def _groups(task: Task, best: Best, is_out: NDArray[np.bool_]) -> list[Group]:
    lost = _losses(task, best, is_out)
    found = []
    for name in dict.fromkeys([*task.wish.caps, *task.wish.groups]):
        column, tree = task.column_of(name)
        found += _groups_of(tree, task.codes[:, column], task.counts, is_out, lost)
    return found


def _groups_of(
    tree: Hierarchy, codes: NDArray[Any], counts: Integers, is_out: NDArray[np.bool_], lost: Floats
) -> list[Group]:
    size = tree.leaves
    every = np.bincount(codes, weights=counts, minlength=size).astype(np.int64)
    out = np.bincount(codes, weights=counts * is_out, minlength=size).astype(np.int64)
    loss = np.bincount(codes, weights=counts * lost, minlength=size)
    records, suppressed = int(every.sum()), int(out.sum())
    made = []
    for code in np.flatnonzero(every):
        n, x = int(every[code]), int(out[code])
        ratio, interval = ratio_of(x, n, suppressed - x, records - n)
        made.append(
            Group(
                variable=tree.variable, label=tree.labels[0][code], records=n, suppressed=x, suppressed_share=x / n,
                interval=wilson(x, n), share_before=n / records,
                share_after=(n - x) / (records - suppressed) if records > suppressed else 0.0,
                ratio=ratio, ratio_interval=interval,
                is_uneven=interval is not None and not interval[0] <= 1.0 <= interval[1], loss=float(loss[code]) / n,
            )
        )  # fmt: skip
    return made


def _losses(task: Task, best: Best, is_out: NDArray[np.bool_]) -> Floats:
    """Return the loss of each tuple: the mean domain share of what is shown of it, and 1 where it is left out."""
    shares = np.zeros(len(task.counts))
    for j, (tree, level) in enumerate(zip(task.trees, best.node, strict=True)):
        shares += tree.shares[level][tree.codes[level][task.codes[:, j]]]
    return np.where(is_out, 1.0, shares / len(task.trees))


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval for a share. Source: Wilson (1927)."""
    share, z2 = found / of, _Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def ratio_of(found: int, of: int, others: int, of_others: int) -> tuple[float | None, tuple[float, float] | None]:
    """Return the ratio of two shares with its interval on the logarithm; nothing where there are no others.

    Half a record is added to each count, so that a group of which nothing is left out has a ratio too (Walter 1975).
    """
    if not of_others:
        return None, None
    ratio = ((found + 0.5) / (of + 0.5)) / ((others + 0.5) / (of_others + 0.5))
    spread = np.sqrt(max(0.0, 1 / (found + 0.5) - 1 / (of + 0.5) + 1 / (others + 0.5) - 1 / (of_others + 0.5)))
    return float(ratio), (float(ratio * np.exp(-_Z * spread)), float(ratio * np.exp(_Z * spread)))
