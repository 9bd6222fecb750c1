"""Records as small integers: hierarchies, one code column for each variable, and the distinct tuples with their counts.

What is computed on records grows with the number of distinct tuples, not with the number of records.
"""

from openjustice.protect.coded.distinct import Distinct, class_sizes, find_distinct, size_histogram
from openjustice.protect.coded.hierarchies import (
    Hierarchy,
    flat_hierarchy,
    has_hierarchy,
    make_hierarchy,
    read_hierarchies,
)
from openjustice.protect.coded.large import count_classes
from openjustice.protect.coded.tables import CodedTable, read_table, read_tables, write_table

__all__ = [
    "CodedTable",
    "Distinct",
    "Hierarchy",
    "class_sizes",
    "count_classes",
    "find_distinct",
    "flat_hierarchy",
    "has_hierarchy",
    "make_hierarchy",
    "read_hierarchies",
    "read_table",
    "read_tables",
    "size_histogram",
    "write_table",
]
