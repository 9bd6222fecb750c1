"""Groups records into classes of at least k, each as alike as can be: the search that every local method stands on.

A record's values may be shown at one of several *levels* (itself, a band, everything; or itself and blank), each at a cost.
A *node* fixes one level for each variable; a *class* is a set of records shown alike. Recoding and suppression differ only
in their levels and costs.
"""

from openjustice.protect.grouping.classes import Grouping, lower_bound, make_grouping
from openjustice.protect.grouping.completing import complete
from openjustice.protect.grouping.halving import halve
from openjustice.protect.grouping.levels import Leveled, level_hierarchies, level_prices
from openjustice.protect.grouping.peeling import peel

__all__ = [
    "Grouping",
    "Leveled",
    "complete",
    "halve",
    "level_hierarchies",
    "level_prices",
    "lower_bound",
    "make_grouping",
    "peel",
]
