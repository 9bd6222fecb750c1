"""The proof that hidden cells stay unknown: other tables that agree with everything shown. Checked without a solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openjustice.protect.cells.system import BoolArray, CellSystem, IntArray


@dataclass(frozen=True)
class Certificate:
    """Witness tables: each a value for every cell of the parts it covers. It is confidential, as the true table is.

    `cells`: the unknown cells that stand in any witness. `tables`: one row for each witness; a cell that a witness does
    not cover holds its value of the witness before.
    """

    cells: IntArray
    tables: IntArray

    @classmethod
    def make(cls, witnesses: Sequence[dict[int, int]]) -> Certificate:
        """Make a certificate from witnesses that may each cover some parts only."""
        cells = sorted({cell for witness in witnesses for cell in witness})
        places = {cell: place for place, cell in enumerate(cells)}
        tables = np.zeros((len(witnesses), len(cells)), dtype=np.int64)
        for row, witness in enumerate(witnesses):
            tables[row] = tables[row - 1] if row else 0
            tables[row, [places[cell] for cell in witness]] = list(witness.values())
        return cls(cells=np.array(cells, dtype=np.int64), tables=tables)


def check_certificate(
    system: CellSystem,
    certificate: Certificate,
    *,
    unknown: BoolArray,
    floor: IntArray,
    targets: BoolArray,
    minimum_width: int,
    must_contain_over: int | None = None,
) -> IntArray:
    """Return the target cells that the certificate does not prove safe; of all targets where a witness is no table.

    Every witness must fit each equation, show what is shown and respect the floors; then a target is safe where the
    witnesses are far enough apart in it. Linear in the number of entries: no solver, so no trust in one.
    """
    wanted = np.flatnonzero(targets)
    if not len(certificate.tables) or not unknown[certificate.cells].all():
        return wanted
    low, high = system.values.copy(), system.values.copy()
    first = True
    for table in certificate.tables:
        whole = system.values.copy()
        whole[certificate.cells] = table
        if (system.equations @ whole).any() or (whole < floor)[unknown].any():
            return wanted
        low = whole if first else np.minimum(low, whole)
        high = whole if first else np.maximum(high, whole)
        first = False
    over = high > must_contain_over if must_contain_over is not None else high >= low
    safe = (high - low >= minimum_width) & over
    return wanted[~safe[wanted]]
