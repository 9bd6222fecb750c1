"""What the search is asked: the records as distinct tuples, what must hold, what it may cost, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.coded import CodedTable, Hierarchy
from openjustice.protect.methods.global_recoding.lattice import metrics, models
from openjustice.protect.methods.global_recoding.lattice.metrics import Metric, Prices
from openjustice.protect.methods.global_recoding.lattice.models import Model, Rule

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Wish:
    """What a recoding must satisfy, and by what it is judged.

    Every class of records that is kept holds at least `k` records (of the population table, where one is given), and
    satisfies every model. At most the share `suppress` of all records is left out; with a cap `{race: 0.1}`, at most that
    share of the records of every race. `levels` bounds the levels that a variable may take, both ends included. `groups` are
    the variables by whose values the report counts, beside those of the caps.
    """

    k: int = 1
    models: tuple[Model, ...] = ()
    suppress: float = 0.0
    metric: Metric = Metric.LOSS
    weights: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A wish made ready for one table: distinct tuples of key and other columns, counts, prices and rules.

    `codes` holds a row for each tuple: the key first, then the columns of models and caps. `held` is what k is asked of.
    """

    wish: Wish
    trees: tuple[Hierarchy, ...]
    codes: NDArray[Any]
    counts: Integers
    held: Integers
    prices: Prices
    rules: tuple[Rule, ...]
    caps: tuple[tuple[int, Integers], ...]  # column, and the most records that may be left out by code
    others: tuple[Hierarchy, ...]

    @property
    def records(self) -> int:
        """Return the number of records."""
        return int(self.counts.sum())

    @property
    def limit(self) -> int:
        """Return the most records that may be left out."""
        return int(np.floor(self.wish.suppress * self.records + 1e-9))

    def column_of(self, variable: str) -> tuple[int, Hierarchy]:
        """Return the column of a model's, cap's or group's variable, which stands apart from the key, and its hierarchy."""
        names = [tree.variable for tree in self.others]
        return len(self.trees) + names.index(variable), self.others[names.index(variable)]

    def level_bounds(self) -> list[tuple[int, int]]:
        """Return the least and the most general level that each variable may take."""
        return [self.wish.levels.get(tree.variable, (0, tree.levels - 1)) for tree in self.trees]


def make_task(table: CodedTable, *, key: Sequence[str], wish: Wish, population: CodedTable | None = None) -> Task:
    """Reduce the records to distinct tuples and make the wish ready for them.

    Raises ProtectionRefused with every fault of the wish: an unknown variable, a share outside 0 to 1, a level that a
    hierarchy does not have, fewer records than k.
    """
    _check_wish(table, key=key, wish=wish)
    aside = [*dict.fromkeys([*(model.variable for model in wish.models), *wish.caps, *wish.groups])]
    own, others = table.of(key), table.of(aside)
    sizes = [*own.sizes, *others.sizes]
    tuples = coded.find_distinct([*own.columns, *others.columns], sizes=sizes)
    codes, counts, held = _with_population(tuples, own=own, population=population)
    trees = _only_what_occurs(own.hierarchies, codes)
    sizes = [*(tree.leaves for tree in trees), *others.sizes]
    place = {name: len(key) + at for at, name in enumerate(aside)}
    by_leaf = [
        np.bincount(codes[:, at], weights=counts, minlength=size).astype(np.int64) for at, size in enumerate(sizes)
    ]
    rules = [
        models.make_rule(
            model, column=place[model.variable], hierarchy=others.hierarchies[aside.index(model.variable)],
            counts=by_leaf[place[model.variable]],
        )
        for model in wish.models
    ]  # fmt: skip
    return Task(
        wish=wish,
        trees=trees,
        codes=codes,
        counts=counts,
        held=held,
        prices=metrics.make_prices(
            wish.metric, hierarchies=trees, leaf_counts=by_leaf[: len(key)], weights=wish.weights
        ),
        rules=tuple(rules),
        caps=tuple(
            (place[name], np.floor(share * by_leaf[place[name]] + 1e-9).astype(np.int64))
            for name, share in wish.caps.items()
        ),
        others=others.hierarchies,
    )


def _with_population(
    tuples: coded.Distinct, *, own: CodedTable, population: CodedTable | None
) -> tuple[NDArray[Any], Integers, Integers]:
    """Put the tuples into one matrix; with a population, its tuples are added, which hold persons but no records."""
    kind = np.uint8 if all(column.dtype == np.uint8 for column in tuples.codes) else np.int32
    codes = np.column_stack(tuples.codes).astype(kind)
    if population is None:
        return codes, tuples.counts, tuples.counts
    known = population.of(own.variables)
    persons = coded.find_distinct(known.columns, sizes=known.sizes)
    more = np.zeros((len(persons), codes.shape[1]), dtype=kind)
    more[:, : len(known.columns)] = np.column_stack(persons.codes)
    nobody = np.zeros(len(persons), dtype=np.int64)
    return (
        np.concatenate([codes, more]),
        np.concatenate([tuples.counts, nobody]),
        np.concatenate([np.zeros(len(tuples), dtype=np.int64), persons.counts]),
    )


def _only_what_occurs(trees: Sequence[Hierarchy], codes: NDArray[Any]) -> tuple[Hierarchy, ...]:
    """Return the trees without leaves that no tuple has, and renumber the codes: fewer keys are possible. Shares stay."""
    kept = []
    for at, tree in enumerate(trees):
        occurs = np.bincount(codes[:, at], minlength=tree.leaves) > 0
        restricted = tree.restrict(np.flatnonzero(occurs))
        codes[:, at] = (np.cumsum(occurs) - 1)[codes[:, at]]
        kept.append(restricted)
    return tuple(kept)


def _check_wish(table: CodedTable, *, key: Sequence[str], wish: Wish) -> None:
    faults = [*_unknown(table, key, wish), *_outside(wish)]
    levels = {name: tree.levels for name, tree in zip(table.variables, table.hierarchies, strict=True)}
    for name, (least, most) in wish.levels.items():
        if name in levels and not 0 <= least <= most < levels[name]:
            faults.append(_fault("unknown_level", f"'{name}' has the levels 0 to {levels[name] - 1} only.", name))
    faults += [
        _fault(
            "both_key_and_sensitive", f"'{model.variable}' is in the key and cannot be sensitive too.", model.variable
        )
        for model in wish.models
        if model.variable in key
    ]
    if table.records < max(wish.k, 1):
        faults.append(_fault("too_few_records", f"{table.records} records cannot hold a class of {wish.k}.", None))
    if faults:
        raise errors.ProtectionRefused(faults)


def _unknown(table: CodedTable, key: Sequence[str], wish: Wish) -> list[errors.Fault]:
    named = [*key, *(model.variable for model in wish.models), *wish.caps, *wish.groups]
    faults = [
        _fault("unknown_variable", f"The table was read without '{name}'.", name)
        for name in dict.fromkeys(named)
        if name not in table.variables
    ]
    faults += [
        _fault("not_in_key", f"'{name}' is not in the key, so it has neither weight nor level.", name)
        for name in dict.fromkeys([*wish.weights, *wish.levels])
        if name not in key
    ]
    if not key or len(set(key)) != len(key):
        faults.append(_fault("key_wrong", "A key names at least one variable, and each once.", None))
    return faults


def _outside(wish: Wish) -> list[errors.Fault]:
    shares = {
        "the share that may be suppressed": wish.suppress,
        **{f"the cap of '{name}'": cap for name, cap in wish.caps.items()},
    }
    shares |= {f"t of '{model.variable}'": model.t for model in wish.models if isinstance(model, models.TCloseness)}
    faults = [
        _fault("share_wrong", f"A share lies between 0 and 1; {name} does not.", None)
        for name, share in shares.items()
        if not 0.0 <= share <= 1.0
    ]
    few = [
        model for model in wish.models if isinstance(model, models.LDiversity) and not (model.l >= 1 and model.c > 0)
    ]
    faults += [
        _fault("l_wrong", f"l of '{model.variable}' is at least 1, and c more than 0.", model.variable) for model in few
    ]
    if wish.k < 1:
        faults.append(_fault("k_wrong", "k is at least 1.", None))
    if any(not weight >= 0 or weight == float("inf") for weight in wish.weights.values()):
        faults.append(_fault("weight_wrong", "A weight is zero or more.", None))
    return faults


def _fault(code: str, what: str, variable: str | None) -> errors.Fault:
    return errors.Fault(code=code, what=what, way_out="Correct what is asked.", place=errors.Place(field=variable))
