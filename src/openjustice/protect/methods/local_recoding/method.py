"""Shows each record at the finest levels at which k records look alike, class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from openjustice.ground import errors
from openjustice.protect import coded, grouping
from openjustice.protect.coded import CodedTable, Hierarchy
from openjustice.protect.coded.hierarchies import EVERYTHING
from openjustice.protect.grouping import Grouping, Leveled
from openjustice.protect.grouping.levels import Floats, Integers, Integers32
from openjustice.protect.methods.local_recoding.parameters import Parameters


@dataclass(frozen=True)
class Recoded:
    """The records, what they are shown as, and what that costs. The records stand in the order they came in.

    `loss` is the share of detail lost, from 0 (every value is its own) to 1 (every value is everything): the mean over
    records and variables of the normalized domain share, as ARX's Loss. No record is dropped, so `dropped` is 0.
    """

    table: CodedTable
    grouping: Grouping
    leveled: Leveled
    k: int
    dropped: int = 0

    @property
    def loss(self) -> float:
        """Return the share of detail lost."""
        return self.grouping.total / self.table.records

    @cached_property
    def lower_bound(self) -> float:
        """Return a loss that no file of this kind with classes of k can undercut. Surprise: takes longer than the recoding."""
        return grouping.lower_bound(self.leveled, self.grouping, k=self.k) / self.table.records

    def shown(self, variable: str) -> tuple[tuple[str, ...], Integers]:
        """Return the labels that a variable may be shown as, of all levels, and for each record the place of its own."""
        place = self.table.variables.index(variable)
        tree, column = self.table.hierarchies[place], self.table.columns[place]
        names, ladder = labels_of(tree), _ladder(tree)[0]
        starts: Integers = np.cumsum([0, *(len(own) for own in names[:-1])], dtype=np.int64)
        levels = self.grouping.levels_of_records[:, place]
        return tuple(label for own in names for label in own), starts[levels] + ladder[levels, column]

    def levels_used(self) -> dict[str, list[int]]:
        """Return for each variable how many records are shown at each of its levels."""
        shown = self.grouping.levels_of_records
        return {
            name: np.bincount(shown[:, place], minlength=int(self.leveled.heights[place])).tolist()
            for place, name in enumerate(self.table.variables)
        }


def recode(table: CodedTable, *, parameters: Parameters) -> Recoded:
    """Recode the records so that each is shown exactly like at least k - 1 others, with little loss.

    Claims: every class has k; each value is shown as itself or as one of its ancestors; no record is lost; the order of
    the records decides nothing. Raises ProtectionRefused where there are fewer than k records. Sources: Samarati (2001),
    k-anonymity by levels; LeFevre, DeWitt, Ramakrishnan (2006), Mondrian; the walk through the levels is our own.
    """
    _check_enough(table, k=parameters.k)
    leveled = level_table(table, weights=parameters.weights)
    order = np.argsort(_raw_keys(leveled), kind="stable")
    sorted_records = Leveled(leveled.codes[order], leveled.tokens, leveled.costs, leveled.heights)
    classes = np.empty(len(order), dtype=np.int32)
    classes[order] = _search(sorted_records, parameters)
    return Recoded(table, grouping.make_grouping(leveled, classes), leveled, parameters.k)


def level_table(table: CodedTable, *, weights: Mapping[str, float]) -> Leveled:
    """Return the records with their levels, and what each level costs: its domain share, weighed, over all variables."""
    weighed = np.array([weights.get(name, 1.0) for name in table.variables])
    return grouping.level_hierarchies(
        table.columns, ladders=[_ladder(tree) for tree in table.hierarchies], weights=weighed / weighed.sum()
    )


def labels_of(tree: Hierarchy) -> tuple[tuple[str, ...], ...]:
    """Return the labels of each level, everything added at the top where the hierarchy has none."""
    return tree.labels if tree.size(tree.levels - 1) == 1 else (*tree.labels, (EVERYTHING,))


def work_example(given: Mapping[str, Any]) -> Any:
    """Recode the rows of a worked example and return what they are shown as."""
    variables = list(given["hierarchies"])
    trees = tuple(coded.make_hierarchy(name, lines) for name, lines in given["hierarchies"].items())
    columns = tuple(
        np.array([tree.labels[0].index(row[name]) for row in given["rows"]], dtype=np.int32)
        for name, tree in zip(variables, trees, strict=True)
    )
    made = recode(CodedTable(tuple(variables), trees, columns), parameters=Parameters(k=given["k"]))
    shown = {name: made.shown(name) for name in variables}
    return [{name: shown[name][0][shown[name][1][row]] for name in variables} for row in range(len(given["rows"]))]


def _search(leveled: Leveled, parameters: Parameters) -> Integers32:
    peels = parameters.search == "peel" or (parameters.search == "auto" and leveled.node_count <= parameters.most_nodes)
    if not peels:
        return grouping.halve(leveled, k=parameters.k)
    peeled = grouping.make_grouping(leveled, grouping.peel(leveled, k=parameters.k))
    return grouping.halve(leveled, k=parameters.k, classes=peeled.classes)


def _ladder(tree: Hierarchy) -> tuple[Integers32, Floats]:
    """Return what each leaf is at each level, and its share there; a hierarchy without a top gets one."""
    steps = tree.codes
    shares = np.stack([tree.shares[level][steps[level]] for level in range(tree.levels)])
    if tree.size(tree.levels - 1) == 1:
        return steps, shares
    return np.vstack([steps, np.zeros_like(steps[:1])]), np.vstack([shares, np.ones_like(shares[:1])])


def _raw_keys(leveled: Leveled) -> Any:
    keys = np.zeros(len(leveled), dtype=np.uint64)
    for column in leveled.codes.T:
        keys ^= leveled.tokens[column, 0]
    return keys


def _check_enough(table: CodedTable, *, k: int) -> None:
    if table.records < k:
        raise errors.ProtectionRefused.because(
            "too_few_records",
            f"There are fewer records than the {k} that must be shown alike.",
            way_out="Publish no record file of these records, or only tables.",
        )
