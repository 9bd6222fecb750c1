"""Differential privacy for cubes: what is measured, what cannot be, numbers made to add up, and what casts doubt on a draft."""

from __future__ import annotations

import numpy as np
import pytest

from laws.tables import count_table
from openjustice.ground import discovery, errors
from openjustice.protect import additive, cells, methods, private_counts
from openjustice.protect.cells import CellSystem, CountTable
from openjustice.protect.methods.dp_cubes import METHOD, consistency, method
from openjustice.protect.methods.percentage_coding import METHOD as PERCENTAGES
from openjustice.protect.perturbation import Secrets

LEAVES: dict[tuple[str, ...], int] = {("a", "x"): 40, ("a", "y"): 3, ("b", "x"): 12, ("b", "y"): 0}
RULES = METHOD.read_parameters({"epsilon": 1, "budget": 5})


@pytest.fixture
def cube() -> CellSystem:
    return cells.make_cell_system([count_table("t", ("v", "w"), LEAVES)])


def linked() -> CellSystem:
    """Two tables that share a margin, and a selection whose rest no table shows."""
    one = count_table("t", ("v", "w"), LEAVES)
    two = count_table("u", ("v", "z"), {("a", "p"): 20, ("a", "q"): 23, ("b", "p"): 2, ("b", "q"): 10})
    chosen = CountTable("s", ("v",), "law/rows", {("a",): 9, ("b",): 1, ("_T",): 10}, where=(("k", "yes"),))
    return cells.make_cell_system([one, two, chosen])


def test_the_finest_cells_alone_are_measured_and_a_rest_that_no_table_shows_never_is(cube: CellSystem) -> None:
    finest = consistency.find_finest(cube)
    assert {dict(cube.addresses[cell]).keys() >= {"v", "w"} for cell in np.flatnonzero(finest).tolist()} == {True}
    system = linked()
    measured = consistency.find_finest(system)
    assert not measured[~system.in_draft].any()
    filled = consistency.fill(system, system.values.astype(float), known=measured)
    assert (filled == system.values).all()


def test_linked_tables_that_disagree_are_made_to_agree() -> None:
    system = linked()
    assert not consistency._has_one_cube(system)
    done = METHOD.apply(system, parameters=RULES, secrets=Secrets(key=b""))
    assert not (system.equations @ done.values).any()
    assert (done.values >= 0).all()


def test_where_nothing_adds_up_the_draft_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(additive, "find_whole", lambda *_args, **_kwargs: None)
    with pytest.raises(errors.ProtectionRefused) as refused:
        METHOD.apply(linked(), parameters=RULES, secrets=Secrets(key=b""))
    assert refused.value.codes == ("cannot_add_up",)


def test_a_table_without_sums_is_only_raised_to_zero() -> None:
    system = cells.make_cell_system([CountTable("t", ("v",), "t/rows", {("a",): 5})])
    assert consistency.make_consistent(system, np.array([-3.4]), rounds=5) is not None
    assert consistency._project(system, np.array([-3.4]), rounds=5).tolist() == [0.0]


def test_sums_of_fields_are_refused() -> None:
    system = cells.make_cell_system([CountTable("t", (), "stops/minutes", {(): 500})])
    with pytest.raises(errors.ProtectionRefused) as refused:
        METHOD.apply(system, parameters=RULES, secrets=Secrets(key=b""))
    assert refused.value.codes == ("sums_unbounded",)


def test_a_mechanism_that_would_spend_more_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    real = private_counts._opendp()

    class Careless:
        m = type(
            "M", (), {"make_laplace": staticmethod(lambda *_args, scale: real.m.make_laplace(*_args, scale=scale / 2))}
        )

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    monkeypatch.setattr(private_counts, "_opendp", Careless)
    with pytest.raises(errors.HouseFault):
        private_counts.add_noise(np.array([1, 2]), breakdowns=1, spend=private_counts.Spending(1.0))


def test_each_doubt_is_said(cube: CellSystem) -> None:
    many = cells.make_cell_system([count_table("t", ("v", "w"), {(a, b): 50 for a in "abcdef" for b in "uvwxyz"})])
    assert "true ones" in method.find_doubt(many, many.values, parameters=RULES)
    assert method.find_doubt(cube, cube.values, parameters=METHOD.read_parameters({"epsilon": 60, "budget": 60})) == ""
    broken = cube.values.copy()
    broken[0] += 1
    assert "add up" in method.find_doubt(cube, broken, parameters=RULES)
    places = cube.positions["t"]
    moved = cube.values.copy()
    for codes in (("b", "y"), ("b", "_T"), ("_T", "y"), ("_T", "_T")):
        moved[places[codes]] -= 1
    assert "below zero" in method.find_doubt(cube, moved, parameters=RULES)
    for codes in (("b", "y"), ("b", "_T"), ("_T", "y"), ("_T", "_T")):
        moved[places[codes]] += 100_000
    assert "farther" in method.find_doubt(cube, moved, parameters=RULES)


def test_caps_must_cover_the_smallest_group_that_is_shown() -> None:
    with pytest.raises(errors.RegistryRefused):
        PERCENTAGES.read_parameters({"smallest_group": 5, "caps": [{"group_at_least": 11, "cap": 5}]})


@pytest.mark.parametrize("name", ["controlled_rounding", "random_rounding", "percentage_coding", "dp_cubes"])
def test_each_method_says_what_it_means_for_a_reader(name: str) -> None:
    given = {
        "controlled_rounding": {"base": 5},
        "random_rounding": {"base": 5},
        "percentage_coding": {"smallest_group": 11, "caps": [{"group_at_least": 11, "cap": 5}], "decimals": 1},
        "dp_cubes": {"epsilon": 1, "budget": 2},
    }
    plugin = discovery.load_plugin(methods, name, attribute="METHOD")
    said = plugin.consequence(plugin.read_parameters(given[name]))
    assert said
    assert all(sentence.endswith(".") for sentence in said)
