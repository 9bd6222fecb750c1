"""Class sizes of tables too large to hold as columns: read in parts, kept as one key for each record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import engine
from openjustice.protect.coded import distinct, tables
from openjustice.protect.coded.tables import CodedTable

Integers = NDArray[np.int64]
_WORD = 64


def count_classes(path: Path, *, key: Sequence[str], rows_at_once: int = 4_000_000) -> tuple[Integers, Integers]:
    """Return the class sizes that occur in a Parquet file under a key, ascending, and how many classes have each.

    Claim: exact for any number of rows; memory is 8 bytes for each row and one part's columns. A key whose codes do not
    fit 64 bits is read as whole columns instead.
    """
    with tables.open_table(path, memory="1GB") as table:
        tables.check_columns(table, key, file=path.name)
        labels = engine.read_labels(table, columns=key)
        rows = table.row_count
        bits = [distinct.bits_of(len(own)) for own in labels.values()]
        if sum(bits) <= _WORD:
            keys = np.zeros(rows, dtype=np.uint64)
            for start in range(0, rows, rows_at_once):
                end = min(start + rows_at_once, rows)
                part = engine.read_codes(table, labels=labels, rows=(start, end))
                distinct.pack(list(part.values()), bits, keys=keys[start:end])
            return distinct.histogram_of_keys(keys)
    whole: CodedTable = tables.read_table(path, variables=key)
    return distinct.size_histogram(whole.columns, sizes=whole.sizes)
