"""The exact linear audit says what elimination by fractions says, compiled and plain, sparse and dense, whole and in blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from openjustice.protect.audit import determined, elimination, field, neighborhood, remainder
from unit.protect.audit.worlds import determined_by_fractions, uncompile

SIGNS = st.sampled_from([0, 0, 0, 1, 1, -1, -1, 2])


@st.composite
def systems(draw: st.DrawFn) -> tuple[sparse.csr_array, np.ndarray]:
    """Draw a system of sums and which cells are hidden."""
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 12))
    values = draw(st.lists(SIGNS, min_size=rows * columns, max_size=rows * columns))
    hidden = draw(st.lists(st.booleans(), min_size=columns, max_size=columns))
    return sparse.csr_array(np.array(values).reshape(rows, columns)), np.array(hidden)


def by_fractions(equations: sparse.csr_array, hidden: np.ndarray) -> np.ndarray:
    found = np.zeros(len(hidden), dtype=bool)
    found[hidden] = determined_by_fractions(equations.toarray()[:, hidden])
    return found


@given(system=systems(), dense_at=st.sampled_from([0.0, 2.0, 300.0]), seed=st.integers(1, 50))
def test_the_audit_is_right_on_every_small_system(
    system: tuple[sparse.csr_array, np.ndarray], dense_at: float, seed: int
):
    equations, hidden = system
    found = determined.find_determined(equations, hidden, seed=seed, dense_at=dense_at)
    assert found.tolist() == by_fractions(equations, hidden).tolist()


@given(system=systems(), blocks=st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_blocks_change_nothing(system: tuple[sparse.csr_array, np.ndarray], blocks: list[int]):
    equations, hidden = system
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(determined, "_MANY", 0)
        found = determined.find_determined(equations, hidden, blocks=np.array(blocks[: len(hidden)]))
    assert found.tolist() == by_fractions(equations, hidden).tolist()


@pytest.mark.parametrize("dense_at", [0.0, 300.0])
@pytest.mark.parametrize("seed", range(4))
def test_plain_kernels_do_what_compiled_ones_do(monkeypatch: pytest.MonkeyPatch, dense_at: float, seed: int):
    random = np.random.default_rng(seed)
    matrix = random.choice([0, 0, 0, 0, 0, 1, -1, 3], size=(40, 70))
    matrix[20:] = matrix[:20] + matrix[random.permutation(20)]  # many rows follow from others
    matrix[:, :6] = 0
    matrix[np.arange(3), np.arange(3)] = 1  # columns that one row has
    equations, hidden = sparse.csr_array(matrix), np.ones(70, dtype=bool)
    compiled = determined.find_changes(equations.copy(), blocks=None, seed=seed, dense_at=dense_at)
    together = determined.find_together(equations, ~by_fractions(equations, hidden))
    uncompile(monkeypatch, field, elimination, remainder, neighborhood)
    plain = determined.find_changes(equations.copy(), blocks=None, seed=seed, dense_at=dense_at)
    assert (compiled == plain).all()
    products = matrix.astype(object) @ plain.T.astype(object)
    assert not (products % field.PRIME).any()
    again = determined.find_together(equations, ~by_fractions(equations, hidden))
    assert [item.tolist() for item in together] == [item.tolist() for item in again]


def test_wide_rests_are_solved_in_several_blocks_of_columns():
    random = np.random.default_rng(5)
    matrix = random.integers(0, field.PRIME, size=(150, 160))
    matrix[100:] = 0
    vectors = random.integers(1, field.PRIME, size=(2, 160))
    whole, before = matrix.copy(), vectors.copy()
    solved = remainder.solve_dense(matrix, vectors)
    assert len(solved) == 100
    assert not (whole.astype(object) @ vectors.T.astype(object) % field.PRIME).any()
    free = np.setdiff1d(np.arange(160), solved)
    assert (vectors[:, free] == before[:, free]).all()


def test_nothing_hidden_is_nothing_determined():
    equations = sparse.csr_array(np.array([[1, -1, -1]]))
    assert not determined.find_determined(equations, np.zeros(3, dtype=bool)).any()
    assert determined.find_together(equations, np.zeros(3, dtype=bool)) == []


def test_one_equation_for_each_parent_says_all():
    # The total of a two-way table is the sum of its row totals and of its column totals.
    equations = sparse.csr_array(np.array([[1, -1, -1, 0, 0], [1, 0, 0, -1, -1]]))
    hidden = np.array([False, True, False, True, True])
    found = determined.find_determined(equations, hidden, parents=np.array([-1, -1]))
    assert found.tolist() == [False, True, False, False, False]
    kept = determined._one_for_each(np.array([0, 0, -1, -1, 4]), np.array([3, 2, 5, 5, 1]))
    assert kept.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("first", "second"), [(1, 1), (field.PRIME - 1, field.PRIME - 1), (123_456_789, 987_654_321)])
def test_arithmetic_modulo_the_prime(first: int, second: int):
    assert field.times(first, second) == first * second % field.PRIME
    assert field.minus(first, second) == (first - second) % field.PRIME
    assert field.times(field.inverse(first), first) == 1
    drawn = [field.draw(first % 1000, place) for place in range(1, 200)]
    assert len(set(drawn)) == len(drawn)
    assert all(0 < item < field.PRIME for item in drawn)
