"""The exact optimum over the generalization lattice: the least loss that k, l, t, caps and a limit on suppression allow."""

from openjustice.protect.methods.global_recoding.lattice.answer import Best
from openjustice.protect.methods.global_recoding.lattice.certificate import least_loss_of_any_file
from openjustice.protect.methods.global_recoding.lattice.metrics import Metric
from openjustice.protect.methods.global_recoding.lattice.models import Diversity, LDiversity, TCloseness
from openjustice.protect.methods.global_recoding.lattice.report import Group, Recoded, Report, apply_best
from openjustice.protect.methods.global_recoding.lattice.search import find_best
from openjustice.protect.methods.global_recoding.lattice.task import Task, Wish, make_task
from openjustice.protect.risk.closeness import Distance

__all__ = [
    "Best",
    "Distance",
    "Diversity",
    "Group",
    "LDiversity",
    "Metric",
    "Recoded",
    "Report",
    "TCloseness",
    "Task",
    "Wish",
    "apply_best",
    "find_best",
    "least_loss_of_any_file",
    "make_task",
]
