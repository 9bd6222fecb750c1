"""Rows whose hidden counts are so small together that they are all but told, and the further count that mends each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from openjustice.contracts.small_cells import ExtraComplement
from openjustice.protect.cells import BoolArray, CellSystem, IntArray


def find_thin_rows(system: CellSystem, hidden: BoolArray, *, rule: ExtraComplement) -> tuple[int, ...]:
    """Return the sums with a shown total whose hidden counts are all at most so much, or sum to less than so much.

    Source: CalHHS De-identification Guidelines, edition 2, complementary suppression. A hidden zero counts as any other.
    """
    return tuple(
        row for row, total, cells in _rows(system) if not hidden[total] and _is_thin(system, cells[hidden[cells]], rule=rule)
    )  # fmt: skip


def thicken(system: CellSystem, hidden: BoolArray, *, rule: ExtraComplement) -> BoolArray:
    """Return the further counts to hide: in each thin row the cheapest that ends it, where there is none its total."""
    more = np.zeros(len(system), dtype=np.bool_)
    by_row = {row: (total, cells) for row, total, cells in _rows(system)}
    for row in find_thin_rows(system, hidden, rule=rule):
        total, cells = by_row[row]
        if not more[cells].any() and not more[total]:
            more[_help(system, hidden, total=total, cells=cells, rule=rule)] = True
    return more


def _help(system: CellSystem, hidden: BoolArray, *, total: int, cells: IntArray, rule: ExtraComplement) -> int:
    shown = cells[~hidden[cells] & ~system.shown_before[cells] & (system.values[cells] > rule.all_at_most)]
    lacking = rule.sum_below - int(system.values[cells[hidden[cells]]].sum())
    enough = shown[system.values[shown] >= lacking]
    if len(enough):
        return int(enough[int(np.argmin(system.values[enough]))])
    # One that is not enough is a step nearer: the row is looked at again.
    return int(shown[int(np.argmax(system.values[shown]))]) if len(shown) else total


def _is_thin(system: CellSystem, cells: IntArray, *, rule: ExtraComplement) -> bool:
    values = system.values[cells]
    return bool(len(values)) and bool(values.max() <= rule.all_at_most or values.sum() < rule.sum_below)


def _rows(system: CellSystem) -> Iterator[tuple[int, int, IntArray]]:
    """Yield the sums of the draft, each with its total and the cells under it, where all of them are in its tables."""
    matrix = system.equations
    for row in np.flatnonzero(system.draft_rows).tolist():
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        for sign in (1, -1):
            total, inner = cells[weights == sign], cells[weights == -sign]
            if len(total) == 1 and len(inner) > 1 and system.in_draft[cells].all():
                yield row, int(total[0]), np.asarray(inner)
                break
