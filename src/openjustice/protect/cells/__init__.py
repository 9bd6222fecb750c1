"""The cells of linked tables as one system of equations, and what an intruder can work out from those that are shown."""

from openjustice.protect.cells.builder import make_cell_system
from openjustice.protect.cells.certificate import Certificate, check_certificate
from openjustice.protect.cells.intervals import Intervals, Need, explain, find_intervals
from openjustice.protect.cells.system import (
    TOTAL,
    Address,
    BoolArray,
    CellSystem,
    Codes,
    CountTable,
    IntArray,
    Nesting,
    SealedTable,
    address_of,
    describe,
)

__all__ = [
    "TOTAL",
    "Address",
    "BoolArray",
    "CellSystem",
    "Certificate",
    "Codes",
    "CountTable",
    "IntArray",
    "Intervals",
    "Need",
    "Nesting",
    "SealedTable",
    "address_of",
    "check_certificate",
    "describe",
    "explain",
    "find_intervals",
    "make_cell_system",
]
