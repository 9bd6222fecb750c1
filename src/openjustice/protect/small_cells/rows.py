"""Rows whose hidden counts are so small together that they are all but told, and the further count that mends each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from openjustice.contracts.small_cells import ExtraComplement
from openjustice.protect.cells import BoolArray, CellSystem, IntArray


def find_thin_rows(system: CellSystem, hidden: BoolArray, *, rule: ExtraComplement) -> tuple[int, ...]:
    """Return the sums of a draft whose hidden counts are all at most so much, or sum to less than so much.

    Source: CalHHS De-identification Guidelines, edition 2, complementary suppression. A hidden zero counts as any other.
    """
    return tuple(row for row, cells in _rows(system) if _is_thin(system, cells[hidden[cells]], rule=rule))


def thicken(system: CellSystem, hidden: BoolArray, *, rule: ExtraComplement) -> BoolArray:
    """Return the further counts to hide: in each thin row the cheapest that ends it, where there is one."""
    more = np.zeros(len(system), dtype=np.bool_)
    by_row = dict(_rows(system))
    for row in find_thin_rows(system, hidden, rule=rule):
        cells = by_row[row]
        if not more[cells].any():
            shown = cells[~hidden[cells] & ~system.shown_before[cells] & (system.values[cells] > rule.all_at_most)]
            lacking = rule.sum_below - int(system.values[cells[hidden[cells]]].sum())
            enough = shown[system.values[shown] >= lacking]
            for choice in (enough, shown):
                if len(choice):
                    more[choice[int(np.argmin(system.values[choice]))]] = True
                    break
    return more


def _is_thin(system: CellSystem, cells: IntArray, *, rule: ExtraComplement) -> bool:
    values = system.values[cells]
    return bool(len(values)) and bool(values.max() <= rule.all_at_most or values.sum() < rule.sum_below)


def _rows(system: CellSystem) -> Iterator[tuple[int, IntArray]]:
    """Return the sums of the draft, each with the cells under its total, where all of them are in its tables."""
    matrix = system.equations
    for row in np.flatnonzero(system.draft_rows).tolist():
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, weights = matrix.indices[part], matrix.data[part]
        for sign in (1, -1):
            total, inner = cells[weights == sign], cells[weights == -sign]
            if len(total) == 1 and len(inner) > 1 and system.in_draft[cells].all():
                yield row, np.asarray(inner)
                break
