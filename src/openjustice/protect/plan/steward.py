"""What a steward sees of protected tables: what was hidden and why, what readers lose, and what coarser groups would give back.

Confidential: it says why single cells are hidden. The public sees one mark for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from openjustice.protect.attack import AttackResult
from openjustice.protect.cells import TOTAL, BoolArray, CellSystem, Codes, describe
from openjustice.protect.plan.counts import DENOMINATOR
from openjustice.protect.plan.sentences import Shown, count_shown
from openjustice.protect.plan.tables import ProtectedTables
from openjustice.protect.small_cells import Reason, Score


@dataclass(frozen=True)
class HiddenCell:
    """One hidden cell, the reason, and for a helper the cell that it protects."""

    codes: Codes
    reason: Reason
    protects: str = ""


@dataclass(frozen=True)
class Loss:
    """What readers lose of one code of a variable: hidden cells, and the share of its count that is still shown."""

    variable: str
    code: str
    shown: Shown


@dataclass(frozen=True)
class TableView:
    """One table as a steward sees it."""

    table: str
    shown: Shown
    reasons: Mapping[Reason, int]
    cells: tuple[HiddenCell, ...] = field(repr=False)
    losses: tuple[Loss, ...] = ()
    score: Score | None = None


@dataclass(frozen=True)
class StewardView:
    """All tables of a draft as a steward sees them. `whole_groups`: shown cells that tell a whole group to be of one code."""

    tables: tuple[TableView, ...]
    whole_groups: tuple[str, ...]
    attacks: tuple[AttackResult, ...] = ()


def make_view(protected: ProtectedTables, *, attacks: Sequence[AttackResult] = ()) -> StewardView:
    """Explain every hidden cell of protected tables, and what they cost by table and by code.

    Surprise: a helper protects every small cell of its sums; the nearest is named.
    """
    system, mask = protected.system, protected.mask
    if system is None or mask is None:
        return StewardView(tables=(), whole_groups=(), attacks=tuple(attacks))
    reasons = _Reasons(protected, system, mask)
    scores = protected.ruled.scores if protected.ruled else {}
    views = tuple(
        _view_table(table, system, mask, reasons=reasons, score=scores.get(table.removesuffix(DENOMINATOR)))
        for table in system.positions
    )
    told = protected.ruled.primary.told if protected.ruled else np.zeros(len(system), dtype=np.bool_)
    groups = tuple(
        describe(system.addresses[cell]) for cell in np.flatnonzero(told & ~mask & (system.values > 0)).tolist()
    )
    return StewardView(tables=views, whole_groups=groups, attacks=tuple(attacks))


def _view_table(
    table: str, system: CellSystem, mask: BoolArray, *, reasons: _Reasons, score: Score | None
) -> TableView:
    positions = system.positions[table]
    hidden = [
        HiddenCell(codes, reasons.of(cell), reasons.protects(cell)) for codes, cell in positions.items() if mask[cell]
    ]
    counted = {reason: sum(cell.reason is reason for cell in hidden) for reason in Reason}
    return TableView(
        table=table,
        shown=count_shown({codes: int(system.values[cell]) for codes, cell in positions.items()}, {item.codes for item in hidden}),
        reasons={reason: count for reason, count in counted.items() if count},
        cells=tuple(hidden),
        losses=tuple(_losses(system, table, hidden={item.codes for item in hidden})),
        score=score,
    )  # fmt: skip


def _losses(system: CellSystem, table: str, *, hidden: set[Codes]) -> Iterator[Loss]:
    """Yield what is lost of each code of each variable."""
    positions = system.positions[table]
    named = _variables(system, table)
    for place, variable in enumerate(named):
        for code in dict.fromkeys(codes[place] for codes in positions if codes[place] != TOTAL):
            values = {codes: int(system.values[cell]) for codes, cell in positions.items() if codes[place] == code}
            yield Loss(variable, code, count_shown(values, hidden, among=place))


def _variables(system: CellSystem, table: str) -> tuple[str, ...]:
    """Return the variables of a table in the order of its codes, read off the address of a cell that has them all."""
    for codes, cell in system.positions[table].items():
        if TOTAL not in codes:
            return _matched(codes, [pair for pair in system.addresses[cell] if pair[0]])
    return ()


def _matched(codes: Codes, pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    left, found = list(pairs), []
    for code in codes:
        pair = next(item for item in left if item[1] == code)
        left.remove(pair)
        found.append(pair[0])
    return tuple(found)


class _Reasons:
    """Says of each hidden cell why it is hidden."""

    def __init__(self, protected: ProtectedTables, system: CellSystem, mask: BoolArray) -> None:
        self.system, self.mask = system, mask
        self.by_reason = protected.ruled.primary.by_reason if protected.ruled else {Reason.SMALL: mask}
        self.primary = protected.primary if protected.primary is not None else mask
        self.ruled = protected.ruled.primary.cells if protected.ruled else self.primary
        self.by_cell = sparse.csc_array(system.equations)

    def of(self, cell: int) -> Reason:
        """Return the first reason that holds of a cell."""
        for reason, cells in self.by_reason.items():
            if cells[cell]:
                return reason
        if self.system.hidden_before[cell]:
            return Reason.KEPT
        return Reason.COMPLEMENT if self.primary[cell] and not self.ruled[cell] else Reason.HELPS

    def protects(self, cell: int) -> str:
        """Return the nearest cell that a helper keeps from being worked out, in words; nothing for any other cell."""
        if self.of(cell) is not Reason.HELPS:
            return ""
        seen, edge = {cell}, [cell]
        while edge:
            reached = sorted({other for here in edge for other in self._beside(here)} - seen)
            small = [other for other in reached if self.ruled[other] and self.mask[other]]
            if small:
                return describe(self.system.addresses[small[0]])
            seen.update(reached)
            edge = reached
        return ""

    def _beside(self, cell: int) -> Iterator[int]:
        matrix = self.system.equations
        for row in self.by_cell.indices[self.by_cell.indptr[cell] : self.by_cell.indptr[cell + 1]].tolist():
            here = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
            yield from here[self.mask[here]].tolist()
