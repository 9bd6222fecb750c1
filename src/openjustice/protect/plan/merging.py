"""Computes what coarser groups would give back: the tables with two codes of a variable made one, protected once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.protect import cells, small_cells
from openjustice.protect.cells import TOTAL, Codes, CountTable, Nesting, address_of
from openjustice.protect.method import Method
from openjustice.protect.plan.sentences import Shown, count_shown

TOGETHER = " + "
UNKNOWN = "_U"


@dataclass(frozen=True)
class Limits:
    """How far suggestions go: so many pairs of the rarest codes, so many protected once more, up to so many cells."""

    rarest: int = 4
    protected: int = 2
    cells: int = 3_000


@dataclass(frozen=True)
class Suggestion:
    """Two codes of a variable made one: what is hidden before, and after.

    `after` is what the same method hides of the merged tables, computed; None where that was not done. `at_least`: the
    small counts that would be left, fewer than which no method can hide.
    """

    variable: str
    codes: tuple[str, str]
    before: Shown
    at_least: int
    after: Shown | None = None

    @property
    def gained(self) -> int:
        """Return how many numbers fewer are hidden, for certain where it was computed, at most otherwise."""
        return self.before.hidden - (self.after.hidden if self.after else self.at_least)


def suggest_mergers(
    counted: Sequence[CountTable],
    *,
    nestings: Sequence[Nesting],
    rules: TableRules,
    method: Method,
    released: Sequence[str] = (),
    ordered: Iterable[str] = (),
    limits: Limits = Limits(),
) -> tuple[Suggestion, ...]:
    """Return what merging two codes would give back, the most promising first.

    `ordered` names the variables whose codes follow on each other, such as years: there only neighbors are merged. Claims:
    `after` is what the method makes of the merged tables, and `at_least` is a bound that holds for every method. Assumes:
    this draft alone, without earlier releases and record files, before and after alike.
    """
    if small_cells.top_needed(rules):
        return ()
    before = _protect(counted, nestings=nestings, rules=rules, method=method, released=released, limits=limits)
    if before is None or not before.hidden:
        return ()
    found = [
        Suggestion(variable, codes, before=before, at_least=_small(merged, rules=rules))
        for variable, codes in _candidates(counted, ordered=set(ordered), limits=limits)
        if (merged := _merge_all(counted, variable, codes)) and _merge_nestings(nestings, variable, codes) is not None
    ]
    ranked = sorted(found, key=lambda item: (item.at_least, item.variable, item.codes), reverse=True)
    # The most promising pair of each variable, so that years and categories are both looked at.
    best = sorted({item.variable: item for item in ranked}.values(), key=lambda item: item.at_least)[: limits.protected]
    tried = [
        replace(
            item,
            after=_protect(
                _merge_all(counted, item.variable, item.codes),
                nestings=_merge_nestings(nestings, item.variable, item.codes) or (),
                rules=rules, method=method, released=released, limits=limits,
            ),
        )
        for item in best
    ]  # fmt: skip
    return tuple(sorted((item for item in tried if item.gained > 0), key=lambda item: -item.gained))


def merge(table: CountTable, variable: str, codes: tuple[str, str]) -> CountTable:
    """Return a table with two codes of a variable made one; one without that variable stays as it is."""
    if variable not in table.variables:
        return table
    place, together = table.variables.index(variable), TOGETHER.join(codes)
    counts: Counter[Codes] = Counter()
    for given, value in table.cells.items():
        code = together if given[place] in codes else given[place]
        counts[(*given[:place], code, *given[place + 1 :])] += value
    return replace(table, cells=dict(counts))


def _merge_all(counted: Sequence[CountTable], variable: str, codes: tuple[str, str]) -> list[CountTable]:
    return [merge(table, variable, codes) for table in counted]


def _merge_nestings(nestings: Sequence[Nesting], variable: str, codes: tuple[str, str]) -> tuple[Nesting, ...] | None:
    """Return the nestings after a merger; None where the two codes belong to different groups of a coarser variable."""
    one, two = codes
    together, made = TOGETHER.join(codes), []
    for nesting in nestings:
        into = dict(nesting.into)
        if nesting.fine == variable and one in into and two in into:
            if into[one] != into[two]:
                return None
            into[together] = into.pop(one)
            into.pop(two)
        if nesting.coarse == variable:
            into = {fine: together if coarse in codes else coarse for fine, coarse in into.items()}
        made.append(replace(nesting, into=into))
    return tuple(made)


def _candidates(
    counted: Sequence[CountTable], *, ordered: set[str], limits: Limits
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the pairs worth a look: neighbors of an ordered variable, the rarest codes of any other."""
    fixed = {code for table in counted for _, code in table.where}
    for variable in dict.fromkeys(name for table in counted for name in table.variables):
        totals: Counter[str] = Counter()
        for table in counted:
            if variable in table.variables:
                totals.update(_totals(table, table.variables.index(variable)))
        codes = [code for code in totals if code not in fixed and code != UNKNOWN]
        if len(codes) > 2:
            rarest = sorted(codes, key=lambda code: (totals[code], code))[: limits.rarest]
            pairs = pairwise(sorted(codes)) if variable in ordered else combinations(sorted(rarest), 2)
            yield from ((variable, pair) for pair in pairs)


def _totals(table: CountTable, place: int) -> Mapping[str, int]:
    """Return the count of each code of a variable, over everything else."""
    return {
        codes[place]: value
        for codes, value in table.cells.items()
        if codes[place] != TOTAL and all(code == TOTAL for other, code in enumerate(codes) if other != place)
    }


def _small(counted: Sequence[CountTable], *, rules: TableRules) -> int:
    """Count the small counts of all tables, each once however many tables have it."""
    small = {
        address_of(table, codes)
        for table in counted
        for codes, value in table.cells.items()
        if 0 < value < rules.minimum_frequency
    }
    return len(small)


def _protect(
    counted: Sequence[CountTable],
    *,
    nestings: Sequence[Nesting],
    rules: TableRules,
    method: Method,
    released: Sequence[str],
    limits: Limits,
) -> Shown | None:
    """Return what the method leaves of these tables, all cells once; None where there are too many, or it refuses."""
    system = cells.make_cell_system(counted, nestings=nestings)
    if len(system) > limits.cells:
        return None
    primary = small_cells.find_primary(system, rules=rules, released=released)
    small = system.in_draft & (system.values > 0) & (system.values < rules.minimum_frequency)
    ruled = small_cells.rule_system(system, ruled=primary.cells, released=small & ~primary.cells)
    given = rules.model_dump(include={"minimum_frequency", "zeros", "hidden_at_least", "safety_interval"})
    known = {name: value for name, value in given.items() if value is not None}
    try:
        parameters = method.read_parameters({**known, "weights": dict(rules.weights), **rules.parameters})
        mask = np.asarray(method.apply(ruled, parameters=parameters).hidden)
    except errors.ProtectionRefused:
        return None
    shown = [count_shown(item.cells, system.mask_of(item.id, mask)) for item in counted if item.id in system.positions]
    shares = [item.share for item in shown if item.share is not None]
    return Shown(
        cells=int(system.in_draft.sum()),
        hidden=int((mask & system.in_draft).sum()),
        share=round(float(np.mean(shares)), 4) if shares else None,
    )
