"""What cell suppression has to do on one system: which cells need protection, which may help, and at what price."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from openjustice.protect.cells import BoolArray, CellSystem, IntArray
from openjustice.protect.cells.system import FloatArray
from openjustice.protect.methods.cell_suppression.parameters import Parameters


@dataclass
class Task:
    """The state of the search: arrays over all cells, `hidden` growing and shrinking while it runs.

    `targets` need the range from `low_goal` to `high_goal`. `movable` cells are unknown now or may become so; `cost` is
    the price of hiding one. `down` says how far an unknown cell may fall below its true value.
    """

    system: CellSystem
    parameters: Parameters
    by_cell: sparse.csc_array
    hidden: BoolArray
    targets: BoolArray
    candidates: BoolArray
    cost: FloatArray
    down: IntArray
    low_goal: IntArray
    high_goal: IntArray
    kept: BoolArray = field(repr=False)

    @property
    def unknown(self) -> BoolArray:
        """Say which cells nobody is shown at this state of the search."""
        return self.system.unknown(self.hidden)

    @property
    def movable(self) -> BoolArray:
        """Say which cells are unknown or may be hidden."""
        return self.unknown | self.candidates

    def hide(self, cells: IntArray) -> None:
        """Hide these cells of the draft."""
        self.hidden[cells] = True


def make_task(system: CellSystem, *, parameters: Parameters, hidden: BoolArray) -> Task:
    """Prepare the search on one system, where these cells are to be hidden whatever comes."""
    zeros_hidden = parameters.zeros == "hidden"
    start = hidden | (system.in_draft & system.hidden_before)
    unknown = system.unknown(start)
    sensitive = system.sensitive(minimum_frequency=parameters.minimum_frequency, zeros_hidden=zeros_hidden)
    may_hide = system.in_draft & ~system.shown_before & ((system.values > 0) | zeros_hidden)
    # A cell that becomes hidden is marked, so the intruder's floor holds for candidates as it does for hidden cells.
    floor = system.floor(unknown | may_hide, hidden_at_least=parameters.hidden_at_least)
    low, high = _goals(system.values, floor=floor, parameters=parameters)
    return Task(
        system=system,
        parameters=parameters,
        by_cell=sparse.csc_array(system.equations),
        hidden=start.copy(),
        targets=sensitive & unknown,
        candidates=may_hide,
        cost=_cost(system, parameters=parameters),
        down=system.values - floor,
        low_goal=low,
        high_goal=high,
        kept=start.copy(),
    )


def is_met(task: Task, low: IntArray, high: IntArray) -> BoolArray:
    """Say where the range from low to high satisfies the safety interval."""
    interval = task.parameters.safety_interval
    over = high >= low if interval.must_contain_over is None else high > interval.must_contain_over
    return np.asarray((high - low >= interval.minimum_width) & over)


def _goals(values: IntArray, *, floor: IntArray, parameters: Parameters) -> tuple[IntArray, IntArray]:
    interval = parameters.safety_interval
    over = values if interval.must_contain_over is None else np.maximum(values, interval.must_contain_over + 1)
    low = np.minimum(values, np.maximum(floor, over - interval.minimum_width))
    return low, np.maximum(over, low + interval.minimum_width)


def _cost(system: CellSystem, *, parameters: Parameters) -> FloatArray:
    weights = np.ones(len(system))
    if parameters.weights:
        for cell, address in enumerate(system.addresses):
            weights[cell] = np.prod([parameters.weights.get(name, 1.0) for name, _ in address])
    # Between hiding few cells (no weight on the count) and hiding little (all weight on it).
    return np.asarray(weights * np.sqrt(1.0 + system.values))
