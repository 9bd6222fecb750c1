"""Moves: other counts around one cell that leave every sum as it is, in whole numbers."""

import numpy as np
from scipy import sparse

from openjustice.protect.cells import CellSystem
from openjustice.protect.methods.cell_suppression import METHOD
from openjustice.protect.methods.cell_suppression.moves import find_move
from openjustice.protect.methods.cell_suppression.task import make_task

# Each two of a, b, c make 9 with e; the third sum has room in f.
ROWS = [[1, 1, 0, 1, 0, -1], [0, 1, 1, 1, 0, -1], [1, 0, 1, 1, 1, -1]]
VALUES = [3, 3, 3, 3, 0, 9]


def task_with(*unknown):
    count = len(VALUES)
    system = CellSystem(
        addresses=tuple((("", "d/rows"), ("v", name)) for name in "abcefs"),
        values=np.array(VALUES),
        equations=sparse.csr_array(np.array(ROWS, dtype=np.int64)),
        in_draft=np.ones(count, dtype=bool),
        shown_before=np.zeros(count, dtype=bool),
        hidden_before=np.zeros(count, dtype=bool),
        draft_rows=np.ones(3, dtype=bool),
        earlier_rows=np.zeros(3, dtype=bool),
        positions={},
        releases={},
    )
    hidden = np.isin(np.arange(count), unknown)
    return make_task(system, parameters=METHOD.read_parameters({"minimum_frequency": 5}), hidden=hidden)


def unknown(task):
    return np.flatnonzero(task.unknown)


def test_a_move_leaves_every_sum_as_it_is():
    task = task_with(0, 1, 2, 3)
    move = find_move(task, 0, by=1, among=unknown(task), whole=True)
    assert move is not None
    changed = np.zeros(len(VALUES), dtype=int)
    changed[move.cells] = move.by
    assert changed.tolist() == [1, 1, 1, -2, 0, 0]
    assert not (task.system.equations @ changed).any()


def test_a_move_that_would_need_halves_is_none():
    task = task_with(0, 1, 2, 3)
    assert find_move(task, 3, by=1, among=unknown(task), whole=True) is None


def test_a_move_in_halves_says_which_cells_would_help_and_proves_nothing():
    task = task_with(0, 1, 2, 3)
    move = find_move(task, 3, by=1, among=unknown(task), whole=False)
    assert move is not None
    assert not move.is_whole
    assert move.cells.tolist() == [0, 1, 2, 3]


def test_a_move_in_halves_is_found_again_in_whole_numbers():
    task = task_with(0, 1, 2, 3, 4)
    task.down[4] = 1
    move = find_move(task, 3, by=1, among=unknown(task), whole=True)
    assert move is not None
    changed = np.zeros(len(VALUES), dtype=int)
    changed[move.cells] = move.by
    assert not (task.system.equations @ changed).any()


def test_a_move_that_a_sum_forbids_is_none():
    task = task_with(0, 1)
    assert find_move(task, 0, by=1, among=unknown(task), whole=True) is None
