"""Controlled rounding and whole numbers that add up: the optimum by exhaustion, what is kept from earlier, what is refused."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws.tables import count_table
from openjustice.ground import errors
from openjustice.protect import additive, cells
from openjustice.protect.cells import CellSystem
from openjustice.protect.methods.controlled_rounding import METHOD
from openjustice.protect.perturbation import NOTHING, Secrets

EXACT = METHOD.read_parameters({"base": 5, "gap": 0})


def two_way(counts: list[int]) -> CellSystem:
    leaves: dict[tuple[str, ...], int] = {
        (one, two): counts[3 * row + column] for row, one in enumerate("ab") for column, two in enumerate("xyz")
    }
    return cells.make_cell_system([count_table("t", ("v", "w"), leaves)])


def best(system: CellSystem) -> int:
    """Try every choice of the six inner cells, and keep the least total change whose totals are neighbors too."""
    places = system.positions["t"]
    inner = [places[one, two] for one in "ab" for two in "xyz"]
    least = 10**9
    for ups in itertools.product((0, 1), repeat=6):
        values = {cell: 5 * (int(system.values[cell]) // 5 + up) for cell, up in zip(inner, ups, strict=True)}
        rounded = np.zeros(len(system), dtype=np.int64)
        for codes, cell in places.items():
            rounded[cell] = sum(
                values[places[key]]
                for key in places
                if "_T" not in key and all(c in (k, "_T") for c, k in zip(codes, key, strict=True))
            )
        off = np.abs(rounded - system.values)
        if (off < 5).all() and not off[system.values % 5 == 0].any():
            least = min(least, int(off.sum()))
    return least


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 14), min_size=6, max_size=6))
def test_a_table_of_two_variables_is_rounded_at_the_least_change_there_is(counts: list[int]) -> None:
    system = two_way(counts)
    done = METHOD.apply(system, parameters=EXACT, secrets=Secrets(key=b""))
    assert done.figures["gap"] == 0
    assert int(np.abs(done.values - system.values).sum()) == best(system)


def test_what_cannot_be_held_moves_and_is_counted() -> None:
    system = two_way([1, 1, 1, 1, 1, 1])
    places = system.positions["t"]
    published = np.full(len(system), NOTHING, dtype=np.int64)
    published[[places[one, two] for one in "ab" for two in "xyz"]] = 0
    published[places["_T", "_T"]] = 10  # six is next to ten, but six zeros are not ten
    done = METHOD.apply(system, parameters=EXACT, secrets=Secrets(key=b"", published=published))
    assert done.figures["moved_since_earlier_releases"] > 0
    assert not (system.equations @ done.values).any()


def test_a_published_number_that_is_no_neighbor_any_more_is_let_go() -> None:
    system = two_way([1, 7, 12, 3, 5, 9])
    published = np.full(len(system), 100, dtype=np.int64)
    done = METHOD.apply(system, parameters=EXACT, secrets=Secrets(key=b"", published=published))
    assert done.figures["kept_from_earlier_releases"] == 0
    assert done.figures["moved_since_earlier_releases"] == 0


def test_what_cannot_be_rounded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(additive, "find_whole", lambda *args, **kwargs: None)
    with pytest.raises(errors.ProtectionRefused) as refused:
        METHOD.apply(two_way([1] * 6), parameters=EXACT, secrets=Secrets(key=b""))
    assert refused.value.codes == ("cannot_round",)
    published = np.zeros(12, dtype=np.int64)
    with pytest.raises(errors.ProtectionRefused):
        METHOD.apply(two_way([1] * 6), parameters=EXACT, secrets=Secrets(key=b"", published=published))


def test_branch_and_bound_finds_whole_numbers_where_a_vertex_is_none() -> None:
    # Three pairs that each sum to one: the vertex is a half of each, and no whole numbers do.
    triangle = np.array([[1, 1, 0, -1], [0, 1, 1, -1], [1, 0, 1, -1]])
    from scipy import sparse

    equations = sparse.csr_array(triangle)
    low, high, cost = np.array([0, 0, 0, 1]), np.array([1, 1, 1, 1]), np.array([0, 0, 0, 1.0])

    def find(lower: np.ndarray, upper: np.ndarray) -> additive.Whole | None:
        return additive.find_whole(additive.Task(equations, lower, upper, cost), gap=0, nodes=100)

    assert find(low, high) is None
    room = find(low, np.array([1, 1, 1, 2]))
    assert room is not None
    assert room.values.tolist() == [1, 1, 1, 2]
    assert room.gap == 0.5  # the linear bound is one, and two is the least in whole numbers
    assert find(low + 5, high + 5) is None


def test_what_it_means_is_said() -> None:
    assert METHOD.consequence is not None
    assert "off by at most 4" in " ".join(METHOD.consequence(EXACT))
