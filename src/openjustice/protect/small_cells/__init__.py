"""Which cells of tables may not be shown, by the rules that a policy names, and by which rule each; scoring of whole tables."""

from openjustice.protect.small_cells.rows import find_thin_rows, thicken
from openjustice.protect.small_cells.rules import (
    Contributions,
    Primary,
    Reason,
    find_primary,
    top_needed,
)
from openjustice.protect.small_cells.scoring import Score, ScoreLine, Verdict, score_table
from openjustice.protect.small_cells.system import RuledSystem, rule_system

__all__ = [
    "Contributions",
    "Primary",
    "Reason",
    "RuledSystem",
    "Score",
    "ScoreLine",
    "Verdict",
    "find_primary",
    "find_thin_rows",
    "rule_system",
    "score_table",
    "thicken",
    "top_needed",
]
