"""A frozen recoding: what went out, kept so that the next batch is shown the same way and the union can be proved safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect.coded import CodedTable, Hierarchy
from openjustice.protect.grouping.levels import Integers, Levels
from openjustice.protect.methods.local_recoding.method import Recoded, labels_of, level_table

_UNFIT = -1


@dataclass(frozen=True)
class FrozenRecoding:
    """The classes that were published: at which levels, as which labels, with how many records each.

    Classes that are shown alike are one. `is_global` says that every record is shown at the same levels, so that a
    combination never seen is shown too, as a class of its own.
    """

    variables: tuple[str, ...]
    k: int
    levels: tuple[tuple[int, ...], ...]
    labels: tuple[tuple[str, ...], ...]
    counts: tuple[int, ...]
    is_global: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON. It holds no more than the published file does."""
        return {
            "variables": list(self.variables), "k": self.k, "is_global": self.is_global,
            "classes": [
                {"levels": list(levels), "labels": list(labels), "records": count}
                for levels, labels, count in zip(self.levels, self.labels, self.counts, strict=True)
            ],
        }  # fmt: skip

    @staticmethod
    def from_dict(given: Mapping[str, Any]) -> FrozenRecoding:
        """Read it back; raises ProtectionRefused where it is not whole."""
        try:
            classes = list(given["classes"])
            made = FrozenRecoding(
                variables=tuple(map(str, given["variables"])),
                k=int(given["k"]),
                levels=tuple(tuple(map(int, item["levels"])) for item in classes),
                labels=tuple(tuple(map(str, item["labels"])) for item in classes),
                counts=tuple(int(item["records"]) for item in classes),
                is_global=bool(given["is_global"]),
            )
        except (KeyError, TypeError, ValueError):
            raise _not_frozen() from None
        widths = {len(row) for row in (*made.levels, *made.labels)} - {len(made.variables)}
        if widths or not made.levels or any(count < 1 for count in made.counts):
            raise _not_frozen()
        return made


@dataclass(frozen=True)
class Applied:
    """A batch shown by a frozen recoding, and the proof: the records of every class, of what went out and of the batch.

    `class_of[record]` is the class in `union`, -1 for a record that no class fits: it may not go out. `union` holds the
    frozen classes with the batch's records counted in. `failing` are the classes of the union with fewer than k.
    """

    table: CodedTable
    frozen: FrozenRecoding
    union: FrozenRecoding
    class_of: Integers

    @property
    def unfit(self) -> int:
        """Return how many records of the batch fit no class."""
        return int((self.class_of == _UNFIT).sum())

    @property
    def failing(self) -> list[int]:
        """Return the classes of the union that hold fewer than k records."""
        return [place for place, count in enumerate(self.union.counts) if count < self.frozen.k]

    @property
    def is_safe(self) -> bool:
        """Tell whether the whole batch can go out: every class of the union holds k, and each record has one."""
        return not self.failing and not self.unfit

    @property
    def smallest_in_batch(self) -> int:
        """Return the fewest records of the batch that share a class: what an intruder sees who knows the batch."""
        fitting = self.class_of[self.class_of != _UNFIT]
        return int(np.bincount(fitting)[np.unique(fitting)].min()) if len(fitting) else 0

    def as_dict(self) -> dict[str, Any]:
        """Return the proof as plain values: which classes fail, and how many records none fits."""
        return {
            "k": self.frozen.k, "records": len(self.class_of), "is_safe": self.is_safe, "unfit_records": self.unfit,
            "smallest_class_of_union": min(self.union.counts), "smallest_class_in_batch": self.smallest_in_batch,
            "failing_classes": [
                {"shown_as": dict(zip(self.union.variables, self.union.labels[place], strict=True)),
                 "records": self.union.counts[place]}
                for place in self.failing
            ],
        }  # fmt: skip


def freeze(made: Recoded) -> FrozenRecoding:
    """Return what a local recoding has published, class by class."""
    columns = [made.shown(name) for name in made.table.variables]
    levels = made.grouping.levels_of_records
    return _count(
        made.table.variables, made.k, False,
        (
            (tuple(map(int, levels[row])), tuple(names[places[row]] for names, places in columns))
            for row in range(made.table.records)
        ),
    )  # fmt: skip


def freeze_levels(table: CodedTable, *, levels: Mapping[str, int], k: int) -> FrozenRecoding:
    """Return what a global recoding has published: every record at the same level of each variable."""
    node = tuple(levels[name] for name in table.variables)
    shown = [
        _labels_at(tree, level)[_codes_at(tree, level)[column]]
        for tree, level, column in zip(table.hierarchies, node, table.columns, strict=True)
    ]
    return _count(table.variables, k, True, ((node, tuple(map(str, row))) for row in zip(*shown, strict=True)))


def apply_frozen(frozen: FrozenRecoding, batch: CodedTable) -> Applied:
    """Show each record of a batch as the finest published class that it fits, and count the union.

    Claims: no published class changes; every class of the union that is not named as failing holds k records; nothing is
    shown of a record that fits no class. Surprise: the union may be safe while a class holds few of the batch, which
    matters where the batch is known (a quarter, a month): see `smallest_in_batch`. Raises ProtectionRefused where the
    batch has other variables, or its hierarchies lack a level or label of the recoding.
    """
    _check_fits(frozen, batch)
    place = {row: number for number, row in enumerate(zip(frozen.levels, frozen.labels, strict=True))}
    labels, levels, counts = list(frozen.labels), list(frozen.levels), list(frozen.counts)
    class_of = np.full(batch.records, _UNFIT, dtype=np.int64)
    for node in _from_finest(frozen, batch):
        left = np.flatnonzero(class_of == _UNFIT)
        shown = [
            _labels_at(tree, level)[_codes_at(tree, level)[column[left]]]
            for tree, level, column in zip(batch.hierarchies, node, batch.columns, strict=True)
        ]
        for record, row in zip(left.tolist(), zip(*shown, strict=True), strict=True):
            number = place.get((node, row), _UNFIT)
            if number == _UNFIT and frozen.is_global:
                number = place[node, row] = len(counts)
                labels.append(row)
                levels.append(node)
                counts.append(0)
            if number != _UNFIT:
                class_of[record] = number
                counts[number] += 1
    union = FrozenRecoding(
        frozen.variables, frozen.k, tuple(levels), tuple(labels), tuple(counts), is_global=frozen.is_global
    )
    return Applied(table=batch, frozen=frozen, union=union, class_of=class_of)


def _count(
    variables: tuple[str, ...], k: int, is_global: bool, rows: Iterable[tuple[tuple[int, ...], tuple[str, ...]]]
) -> FrozenRecoding:
    counted = sorted(Counter(rows).items())
    return FrozenRecoding(
        variables=variables, k=k, is_global=is_global,
        levels=tuple(levels for (levels, _), _ in counted), labels=tuple(labels for (_, labels), _ in counted),
        counts=tuple(count for _, count in counted),
    )  # fmt: skip


def _from_finest(frozen: FrozenRecoding, batch: CodedTable) -> list[tuple[int, ...]]:
    """Return the nodes of the classes, from the one that costs the batch least."""
    leveled = level_table(batch, weights={})
    nodes = sorted(set(frozen.levels))
    costs: Sequence[float] = [float(leveled.cost_at(_as_levels(node)).sum()) for node in nodes]
    return [nodes[at] for at in np.argsort(costs, kind="stable")]


def _as_levels(node: tuple[int, ...]) -> Levels:
    return np.array(node, dtype=np.int8)


def _labels_at(tree: Hierarchy, level: int) -> NDArray[Any]:
    return np.array(labels_of(tree)[level], dtype=object)


def _codes_at(tree: Hierarchy, level: int) -> NDArray[np.int32]:
    return tree.codes[level] if level < tree.levels else np.zeros(tree.leaves, dtype=np.int32)


def _check_fits(frozen: FrozenRecoding, batch: CodedTable) -> None:
    if batch.variables != frozen.variables:
        raise errors.ProtectionRefused.because(
            "other_variables",
            "The batch does not have exactly the variables of the frozen recoding, in its order.",
            way_out="Name the same key as when it was frozen.",
        )
    for place, tree in enumerate(batch.hierarchies):
        known = labels_of(tree)
        shown = {(levels[place], labels[place]) for levels, labels in zip(frozen.levels, frozen.labels, strict=True)}
        if any(level >= len(known) or label not in known[level] for level, label in shown):
            raise errors.ProtectionRefused.because(
                "hierarchy_changed",
                f"The hierarchy of '{tree.variable}' lacks a level or a label that was published.",
                way_out="Extend the hierarchy it was frozen with, and change nothing in it.",
                place=errors.Place(field=tree.variable),
            )


def _not_frozen() -> errors.Refusal:
    return errors.ProtectionRefused.because(
        "not_a_frozen_recoding",
        "This is no frozen recoding, or a part of it is missing.",
        way_out="Use the file that `microdata localize --freeze` wrote.",
    )
