"""Which cells stand near one: those that share sums with it, then those that share sums with these."""

from __future__ import annotations

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.methods.cell_suppression.fast.kernels import Flags, Floats, Ints, Sums


@compiled
def find_nearby(sums: Sums, usable: Flags, price: Floats, cell: int, dearest: float, limit: int) -> Ints:
    """Return a cell and the usable ones around it, the nearest first, none dearer than a price and at most so many."""
    seen, found = np.zeros(usable.size, dtype=np.uint8), np.zeros(limit, dtype=np.int64)
    found[0], seen[cell], count, place = cell, 1, 1, 0
    while place < count < limit:
        here = found[place]
        place += 1
        for at in range(sums.cell_start[here], sums.cell_start[here + 1]):
            row = sums.cell_rows[at]
            for other_at in range(sums.row_start[row], sums.row_start[row + 1]):
                other = sums.row_cells[other_at]
                if not seen[other] and usable[other] and price[other] <= dearest and count < limit:
                    seen[other] = 1
                    found[count] = other
                    count += 1
    return found[:count]
