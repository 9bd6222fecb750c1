"""Finds the cells that may not be shown, rule by rule, so that each knows the rule that made it one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.contracts.small_cells import (
    Contributors,
    Dominance,
    GroupDisclosure,
    MinimumFrequency,
    PPercent,
    SmallCellRule,
)
from openjustice.ground import errors
from openjustice.protect.cells import BoolArray, CellSystem, Codes


class Reason(StrEnum):
    """Why a cell is hidden. Told to the steward alone: the public sees one mark for all."""

    SMALL = "its count is below the minimum frequency"
    ZERO = "it is zero, and zeros are hidden"
    SCORE = "its table's score hides small counts"
    GROUP = "it shows a whole group to be of one code"
    DOMINANCE = "too few contributors make most of it"
    P_PERCENT = "one contributor could learn another's part too closely"
    CONTRIBUTORS = "it comes of too few contributors"
    KEPT = "an earlier release hides it, and its count is the same"
    COMPLEMENT = "the hidden counts of its row or column are too small together"
    HELPS = "it keeps others from being worked out"


@dataclass(frozen=True)
class Contributions:
    """What the contributors of one cell gave: how many there are, and the largest parts, largest first."""

    count: int
    largest: tuple[float, ...]
    total: float


@dataclass(frozen=True)
class Primary:
    """The cells that may not be shown, by the reason; `told`: whole groups that a rule only tells the steward of."""

    by_reason: Mapping[Reason, BoolArray] = field(repr=False)
    told: BoolArray = field(repr=False)

    @property
    def cells(self) -> BoolArray:
        """Return all of them."""
        return np.asarray(np.logical_or.reduce(list(self.by_reason.values())))


Contributed = Mapping[str, Mapping[str, Mapping[Codes, Contributions]]]


def find_primary(
    system: CellSystem,
    *,
    rules: TableRules,
    released: Sequence[str] = (),
    contributed: Contributed | None = None,
) -> Primary:
    """Find the cells of a draft that may not be shown, by every rule of the policy.

    `released`: the tables whose score lets their small counts out; a cell that another table has too is hidden all the
    same. `contributed`: by contributor, table and codes, what the contributors gave. Raises ProtectionRefused where a
    rule needs contributions and there are none. Source of the rules for sums: Hundepool et al., Statistical Disclosure
    Control (2012), 4.2; each declaration cites its own.
    """
    by_reason = {Reason.SMALL: _small(system, at_least=rules.minimum_frequency)}
    if rules.scoring is not None:
        by_reason = {Reason.SCORE: by_reason[Reason.SMALL] & ~_only_in(system, released)}
    if rules.zeros == "hidden":
        by_reason[Reason.ZERO] = system.in_draft & (system.values == 0)
    told = np.zeros(len(system), dtype=np.bool_)
    for rule in rules.small_cells:
        where = _in_tables(system, rule.tables)
        for reason, found in _found(system, rule, contributed=contributed or {}).items():
            if isinstance(rule, GroupDisclosure) and rule.then == "report":
                told |= found & where
            else:
                by_reason[reason] = by_reason.get(reason, np.zeros_like(told)) | (found & where)
    return Primary(by_reason=by_reason, told=told)


def top_needed(rules: TableRules) -> dict[str, int]:
    """Return, by contributor, how many of the largest parts the rules look at; 0 where they only count contributors."""
    needed: dict[str, int] = {}
    for rule in rules.small_cells:
        if isinstance(rule, Dominance | PPercent | Contributors):
            top = rule.n if isinstance(rule, Dominance) else 2 * isinstance(rule, PPercent)
            needed[rule.contributor] = max(needed.get(rule.contributor, 0), top)
    return needed


def _found(system: CellSystem, rule: SmallCellRule, *, contributed: Contributed) -> dict[Reason, BoolArray]:
    match rule:
        case MinimumFrequency():
            zeros = system.in_draft & (system.values == 0) & (rule.zeros == "hidden")
            return {Reason.SMALL: _small(system, at_least=rule.at_least), Reason.ZERO: zeros}
        case GroupDisclosure():
            return {Reason.GROUP: _whole_groups(system, rule)}
        case Dominance():
            return {Reason.DOMINANCE: _by_parts(system, rule, contributed=contributed)}
        case PPercent():
            return {Reason.P_PERCENT: _by_parts(system, rule, contributed=contributed)}
        case Contributors():
            return {Reason.CONTRIBUTORS: _by_parts(system, rule, contributed=contributed)}
        case _:
            assert_never(rule)


def _small(system: CellSystem, *, at_least: int) -> BoolArray:
    return np.asarray(system.in_draft & (system.values > 0) & (system.values < at_least))


def _whole_groups(system: CellSystem, rule: GroupDisclosure) -> BoolArray:
    """Return the cells that hold a whole total, all but `within`, and what little stands beside them."""
    found = np.zeros(len(system), dtype=np.bool_)
    matrix = system.equations
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        parents = cells[weights == (weights[0] if (weights == weights[0]).sum() == 1 else -weights[0])]
        inner = np.setdiff1d(cells, parents)
        if len(parents) == 1 and len(inner) > 1 and _speaks(system, int(parents[0]), int(inner[0]), rule):
            total, values = system.values[parents[0]], system.values[inner]
            if total > rule.within and total - values.max() <= rule.within:
                found[inner] = True
    return found & system.in_draft


def _speaks(system: CellSystem, parent: int, child: int, rule: GroupDisclosure) -> bool:
    """Say whether a sum is over a variable that says something of a person."""
    divided = {name for name, _ in system.addresses[child]} - {name for name, _ in system.addresses[parent]}
    return not rule.variables or bool(divided & set(rule.variables))


def _by_parts(system: CellSystem, rule: Dominance | PPercent | Contributors, *, contributed: Contributed) -> BoolArray:
    if rule.contributor not in contributed:
        raise errors.ProtectionRefused.because(
            "contributions_unknown",
            f"The rule '{rule.rule}' needs the parts of each '{rule.contributor}', and they were not measured.",
            way_out="Give the contributions, or take the rule out of the policy.",
        )
    found = np.zeros(len(system), dtype=np.bool_)
    for table, given in contributed[rule.contributor].items():
        positions = system.positions.get(table, {})
        broken = [positions[codes] for codes, parts in given.items() if codes in positions and _breaks(parts, rule)]
        found[broken] = True
    return found


def _breaks(parts: Contributions, rule: Dominance | PPercent | Contributors) -> bool:
    if not parts.count:
        return False
    match rule:
        case Dominance():
            return sum(parts.largest[: rule.n]) > rule.k / 100 * parts.total
        case PPercent():
            first, second = (*parts.largest, 0.0, 0.0)[:2]
            return parts.total - first - second < rule.p / 100 * first
        case Contributors():
            return parts.count < rule.at_least
        case _:
            assert_never(rule)


def _in_tables(system: CellSystem, tables: Sequence[str]) -> BoolArray:
    """Return the cells of these tables; of all tables, where none is named."""
    mask = np.full(len(system), not tables, dtype=np.bool_)
    for table in tables:
        mask[list(system.positions.get(table, {}).values())] = True
    return mask


def _only_in(system: CellSystem, tables: Sequence[str]) -> BoolArray:
    """Return the cells that stand in these tables and in no other."""
    others = [name for name in system.positions if name not in tables]
    if not tables:
        return np.zeros(len(system), dtype=np.bool_)
    return _in_tables(system, tables) & ~(
        _in_tables(system, others) if others else np.zeros(len(system), dtype=np.bool_)
    )
