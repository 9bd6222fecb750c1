"""Hides small counts and as few others as are needed, over all tables of a draft and all earlier releases together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openjustice.ground import errors
from openjustice.protect.cells import BoolArray, CellSystem, IntArray, describe
from openjustice.protect.methods.cell_suppression import fast
from openjustice.protect.methods.cell_suppression.parameters import Parameters
from openjustice.protect.methods.cell_suppression.search import as_problem, protect_all, prune
from openjustice.protect.methods.cell_suppression.task import Task, make_task

_NAMED = 5


@dataclass(frozen=True)
class Suppression:
    """What is hidden: `primary` because the count is small, `secondary` so that nobody can work the others out.

    Masks over the cells of the system. Readers are shown one mark for both.
    """

    primary: BoolArray
    secondary: BoolArray

    @property
    def hidden(self) -> BoolArray:
        """Return all hidden cells."""
        return self.primary | self.secondary


def suppress(system: CellSystem, *, parameters: Parameters) -> Suppression:
    """Hide the small counts of a draft and the helpers that keep their feasibility intervals as wide as the policy says.

    Claims: every shown value is true; no small count is shown; each hidden small count keeps its safety interval for a
    reader of the draft, and for one who has all earlier releases as well. Assumes: the intruder knows nothing of the
    records but the tables. Raises ProtectionRefused where hiding cannot help, because an earlier release or a zero
    already gives the count away. Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 4.

    Surprises: what an earlier release hid stays hidden while its count is the same. A small count that earlier releases
    gave away already is hidden again, though that protects nobody.
    """
    zeros_hidden = parameters.zeros == "hidden"
    sensitive = system.sensitive(minimum_frequency=parameters.minimum_frequency, zeros_hidden=zeros_hidden)
    primary = system.in_draft & sensitive
    hidden, stuck = _hide(system.draft_alone(), parameters=parameters, hidden=primary)
    _refuse(system, stuck)
    if system.has_earlier:
        hidden, stuck = _hide(system, parameters=parameters, hidden=hidden)
        # A count that earlier releases speak of may be known already; the differencing attack tells whether it is new.
        _refuse(system, stuck[~(system.shown_before | system.hidden_before)[stuck]])
    return Suppression(primary=primary, secondary=hidden & ~primary)


def _hide(system: CellSystem, *, parameters: Parameters, hidden: BoolArray) -> tuple[BoolArray, IntArray]:
    task = make_task(system, parameters=parameters, hidden=hidden)
    stuck = fulfill(task)
    return task.hidden & system.in_draft, stuck


def fulfill(task: Task) -> IntArray:
    """Hide what the task needs; return the targets that cannot have their range, whatever is hidden."""
    problem = as_problem(task)
    outcome = fast.hide(problem)
    task.hide(np.flatnonzero(outcome.hidden & ~problem.start))
    stuck = protect_all(task)
    if not len(stuck):
        prune(task, problem, outcome)
    return stuck


def _refuse(system: CellSystem, stuck: IntArray) -> None:
    if not len(stuck):
        return
    named = "; ".join(describe(system.addresses[cell]) for cell in np.sort(stuck)[:_NAMED])
    more = f", and {len(stuck) - _NAMED} more" if len(stuck) > _NAMED else ""
    raise errors.ProtectionRefused.because(
        "cannot_protect",
        f"{len(stuck)} small counts can be worked out whatever else is hidden: {named}{more}.",
        why="Their totals are public already, or everything beside them is zero and shown.",
        way_out="Drop the breakdown, use coarser groups, or hide zeros too.",
    )
