"""The search on arrays: covers every sum with the cheapest helpers, and learns the sums that only many together give away."""

from openjustice.protect.methods.cell_suppression.fast.bound import Bound, find_bound
from openjustice.protect.methods.cell_suppression.fast.driver import Outcome, Problem, find_needless, hide
from openjustice.protect.methods.cell_suppression.fast.linear import find_solvable

__all__ = ["Bound", "Outcome", "Problem", "find_bound", "find_needless", "find_solvable", "hide"]
