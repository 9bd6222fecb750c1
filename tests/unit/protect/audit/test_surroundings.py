"""Neighborhoods, the solver and derivations at their edges, with the kernels as plain functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.audit import (
    derivation,
    elimination,
    field,
    intervals,
    neighborhood,
    published,
    relations,
    remainder,
    table,
)
from openjustice.protect.audit.derivation import Derivations
from openjustice.protect.audit.intervals import Need, Reader
from openjustice.protect.audit.neighborhood import Neighbors
from openjustice.protect.audit.solver import Solver, as_whole
from openjustice.protect.cubes import Dimension
from unit.protect.audit.worlds import AREA, SEX, publish, random_cube, uncompile

CHAIN = sparse.csr_array(np.array([[1, -1, 0, 0, 0], [0, 1, -1, 0, 0], [0, 0, 1, -1, 0], [0, 0, 0, 1, -1]]))


@pytest.mark.parametrize("plain", [True, False])
def test_surroundings_grow_from_the_nearest(monkeypatch: pytest.MonkeyPatch, plain: bool):
    if plain:
        uncompile(monkeypatch, neighborhood)
    near = Neighbors(CHAIN)
    closed = np.array([False, False, False, True, False])
    assert near.columns_around(2, limit=5, closed=closed).tolist() == [2, 1, 0]
    assert near.columns_around(2, limit=2, closed=closed).tolist() == [2, 1]
    assert near.rows_around(2, limit=9).tolist() == [1, 2, 0, 3]
    assert near.rows_around(2, limit=1).tolist() == [1]
    assert near.rows_around(2, limit=3).tolist() == [1, 2, 0]
    assert near.rows_of(np.array([0, 1, 2])).tolist() == [0, 1, 2]
    many = Neighbors(sparse.csr_array(np.ones((100, 2), dtype=np.int64)))
    assert len(many.rows_of(np.array([0, 1]))) == 100


def test_a_program_without_a_point_says_so():
    rows = sparse.csr_array(np.array([[1.0, 1.0]]))
    nowhere = Solver(rows, np.array([9]), np.zeros(2), np.full(2, 3.0))
    assert nowhere.most(np.ones(2)) is None
    assert nowhere.most(np.ones(2), whole=True) is None
    found = Solver(rows, np.array([3]), np.zeros(2), np.full(2, 3.0)).most(np.array([1.0, 0.0]), whole=True)
    assert found is not None
    assert found.point.tolist() == [3.0, 0.0]
    assert as_whole(np.array([0.5])) is None


def reader(matrix: list[list[int]], right: list[int], *, high: int = 9) -> Reader:
    rows = sparse.csr_array(np.array(matrix))
    return Reader(rows, np.array(right), np.zeros(rows.shape[1], dtype=np.int64), np.full(rows.shape[1], high))


TRIANGLE = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]


def test_a_table_is_found_in_whole_numbers_or_not_at_all():
    found = table.find_table(reader(TRIANGLE, [3, 5, 4]))
    assert found is not None
    assert found.tolist() == [1, 2, 3]
    assert table.find_table(reader(TRIANGLE, [3, 5, 5])) is None  # only halves would do
    assert table.find_table(reader([[1, 1]], [99])) is None


def test_halves_are_no_witnesses():
    # Four cells around an odd circle: fractions move them, whole numbers do not where each may change by one.
    odd = reader([[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 1, 1]], [3, 3, 3], high=2)
    base = np.array([1, 1, 1, 1])
    found = intervals.find_intervals(odd, base=base, targets=np.array([True, False, False, False]), need=Need(1))
    assert (found.high - found.low >= 1).tolist() == found.wide.tolist()
    assert not (found.wide & found.narrow).any()


def test_without_bounds_nothing_is_called_narrow():
    fixed = reader(TRIANGLE, [3, 5, 4])
    base, targets = np.array([1, 2, 3]), np.ones(3, dtype=bool)
    loose = intervals.find_intervals(fixed, base=base, targets=targets, need=Need(1), bound=False)
    assert not loose.wide.any()
    assert not loose.narrow.any()
    tight = intervals.find_intervals(fixed, base=base, targets=targets, need=Need(1))
    assert tight.narrow.all()
    assert tight.lowest.tolist() == tight.highest.tolist() == [1, 2, 3]


def test_intervals_end_where_trying_every_table_ends():
    square = reader([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], [3, 9, 5, 7])
    base, targets = np.array([1, 2, 4, 5]), np.ones(4, dtype=bool)
    found = intervals.find_intervals(square, base=base, targets=targets, need=Need(4))
    assert not found.wide.any()
    assert found.lowest.tolist() == [0, 0, 2, 4]
    assert found.highest.tolist() == [3, 3, 5, 7]
    assert found.narrow.all()
    wide = intervals.find_intervals(square, base=base, targets=targets, need=Need(3))
    assert wide.wide.all()


def test_a_cell_that_does_not_follow_has_no_derivation():
    system = published.join_published(
        [publish(random_cube(AREA, SEX), [("a", "f"), ("a", "m"), ("b", "f"), ("b", "m")])]
    )
    found = Derivations(system.equations, system.hidden)
    assert found.derive(int(system.places[0][2, 1])) is None


def test_a_derivation_is_looked_for_farther_away_where_it_is_not_near(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(derivation, "_FIRST", 1)
    monkeypatch.setattr(derivation, "_STEP", 2)
    equations = sparse.csr_array(np.array([[1, -1, -1, 0, 0], [0, 1, 0, -1, 0], [0, 0, 0, 1, -1]]))
    hidden = np.array([False, True, False, True, False])
    found = Derivations(equations, hidden).derive(3)
    assert found is not None
    assert found.value(np.array([5, 0, 2, 0, 3])) == 3
    monkeypatch.setattr(derivation, "_LAST", 0)
    assert Derivations(equations, hidden).derive(3) is None


def test_a_combination_that_does_not_come_out_is_not_believed(monkeypatch: pytest.MonkeyPatch):
    equations = sparse.csr_array(np.array([[1, -1, -1]]))
    found = Derivations(equations, np.array([False, True, False]))
    monkeypatch.setattr(found, "_combine", lambda _cell, _rows: np.array([0.3]))
    assert found.derive(1) is None


@pytest.mark.parametrize(("rows", "columns", "share"), [(34, 30, 0.45), (70, 75, 0.12), (60, 40, 0.1)])
def test_plain_elimination_of_a_system_that_fills_up(
    monkeypatch: pytest.MonkeyPatch, rows: int, columns: int, share: float
):
    uncompile(monkeypatch, field, elimination)
    random = np.random.default_rng(3)
    values = random.choice([0, 1, -1], p=[1 - share, share / 2, share / 2], size=(rows, columns))
    values[5] = 0
    matrix = sparse.csr_array(values)
    done = elimination.eliminate(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int64),
        elimination.residues(matrix.data.astype(np.int64)),
        column_count=columns,
        dense_at=1e9,
    )
    assert len(done.solved_columns) == np.linalg.matrix_rank(values)
    assert len(done.open_rows) == 0


def test_a_rest_with_fewer_rows_than_columns_ends_with_its_rows():
    matrix = np.random.default_rng(2).integers(0, field.PRIME, size=(10, 160))
    whole, vectors = matrix.copy(), np.ones((1, 160), dtype=np.int64)
    assert len(remainder.solve_dense(matrix, vectors)) == 10
    assert not (whole.astype(object) @ vectors.T.astype(object) % field.PRIME).any()


def test_a_table_without_a_dimension_counts_over_all_of_it():
    cube = random_cube(AREA, SEX)
    flat = cubes.Cube("flat", (AREA,), cube.counts[:, 0])
    system = published.join_published([publish(flat, []), publish(cube, [("Total", "Total")])])
    assert len(system) == cube.counts.size
    assert system.shown.all()


def test_a_total_that_lost_members_is_refused():
    part = relations.coarsen(AREA, AREA.restrict({"Total", "R1"}))
    cube = random_cube(AREA, SEX)
    with pytest.raises(errors.SubmissionRefused) as refused:
        published.join_published([publish(cubes.Cube("one", (part, SEX), cube.counts[[0, 1]]), [])])
    assert refused.value.codes == ("shown_counts_do_not_add_up",)


@pytest.mark.parametrize("corrected", [0, 1])
def test_a_sum_across_tables_holds_where_its_cells_are_there_and_unchanged(corrected: int):
    west = Dimension("area", ("Total", "North", "a", "b", "c", "d"), (-1, 0, 1, 1, 1, 0))
    east = Dimension("area", ("Total", "pair", "a", "b", "rest", "c", "d"), (-1, 0, 1, 1, 0, 4, 4))
    inner = np.array([[3, 4], [5, 6], [7, 8], [60, 70]])
    sex = Dimension("sex", ("Total", "f", "m"), (-1, 0, 0))
    newer = cubes.make_cube("newer", (west, sex), inner + np.array([[corrected, 0], [0, 0], [0, 0], [0, 0]]))
    older = cubes.make_cube("older", (east, sex), inner)
    groups = relations.coarsen(east, east.restrict({"Total", "pair", "rest"}))
    flat = cubes.Cube("older", (groups,), older.counts[[0, 1, 4], 0])
    system = published.join_published([publish(newer, []), publish(flat, [])])
    assert not (system.equations @ system.counts).any()
    assert (system.parents < 0).any() == (not corrected)
