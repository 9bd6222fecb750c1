"""Synthetic records: what they keep of a large table, what is refused, and the budget of Gaussian noise."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from pydantic import ValidationError

from openjustice.ground import errors
from openjustice.protect import coded, private_counts
from openjustice.protect.coded import CodedTable
from openjustice.protect.method import WorksOn
from openjustice.protect.methods.synthetic_records import consistency, measuring, method
from openjustice.protect.methods.synthetic_records.parameters import Parameters
from openjustice.protect.plan.tables import load_method
from openjustice.protect.private_counts import Spending


def chain(records: int = 20_000) -> CodedTable:
    """Return records of four variables, each mostly the same as the one before."""
    luck = np.random.default_rng(1)
    columns = [luck.choice(3, size=records, p=[0.5, 0.3, 0.2])]
    for _ in range(3):
        columns.append(np.where(luck.random(records) < 0.8, columns[-1], luck.integers(0, 3, records)))
    names = tuple("abcd")
    trees = tuple(coded.flat_hierarchy(name, ["x", "y", "z"]) for name in names)
    return CodedTable(names, trees, tuple(column.astype(np.int32) for column in columns))


def distance(one: CodedTable, other: CodedTable, names: tuple[str, ...]) -> float:
    """Return half the sum of the differences of the shares of all combinations of some variables."""
    shares = []
    for table in (one.of(names), other.of(names)):
        cells = np.ravel_multi_index(table.columns, table.sizes)
        shares.append(np.bincount(cells, minlength=int(np.prod(table.sizes))) / table.records)
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


@pytest.mark.parametrize("delta", [0.0, 1e-6])
def test_all_pairs_of_a_chain_are_kept(delta: float) -> None:
    table = chain()
    made = method.synthesize(table, parameters=Parameters(epsilon=10, delta=delta), seed=3)
    assert abs(made.table.records - table.records) < 100
    assert max(distance(table, made.table, pair) for pair in combinations(table.variables, 2)) < 0.02
    assert [step.given for step in made.steps] == [(), ("a",), ("b",), ("c",)]


def test_a_measured_set_of_three_is_kept_as_a_whole() -> None:
    table = chain(5_000)
    parity = ((table.columns[0] + table.columns[1]) % 3).astype(np.int32)
    table = CodedTable(
        tuple("abp"), (*table.hierarchies[:2], coded.flat_hierarchy("p", "xyz")), (*table.columns[:2], parity)
    )
    made = method.synthesize(table, parameters=Parameters(epsilon=10, marginals=(("a", "b", "p"),)), seed=3)
    assert distance(table, made.table, ("a", "b", "p")) < 0.03
    assert made.steps[-1].given
    assert len({step.variable for step in made.steps}) == 3


def test_where_noise_may_be_all_there_is_variables_are_drawn_alone() -> None:
    kept = {
        "values": {"a": ["x", "y"], "b": ["x", "y"]},
        "marginals": [{"variables": ["a", "b"], "counts": [60, 40, 40, 60]}],
        "epsilon": 1.0,
        "delta": 0.0,
    }
    given = {
        deviation: method.plan_steps(measuring.read_measurement(kept | {"deviation": deviation}))[-1].given
        for deviation in (9.9, 10.1)
    }
    assert given == {9.9: ("a",), 10.1: ()}


def test_variables_in_sets_without_a_common_one_are_drawn_alone() -> None:
    made = method.synthesize(
        chain(50), parameters=Parameters(epsilon=5, marginals=(("a", "b"), ("c",), ("d",))), seed=1
    )
    assert {step.variable for step in made.steps if not step.given} >= {"c", "d"}


def test_a_name_that_says_the_word_is_kept() -> None:
    assert (
        method.synthesize(chain(9), parameters=Parameters(epsilon=5), seed=1, name="my_synthetic").name
        == "my_synthetic"
    )


def test_all_faults_of_the_sets_are_told_at_once() -> None:
    table = chain(5)
    marked = CodedTable(("synthetic", *"bcd"), table.hierarchies, table.columns)
    with pytest.raises(errors.ProtectionRefused) as refused:
        measuring.need_fit(
            marked, parameters=Parameters(epsilon=1, marginals=(("b", "q"), ("c", "synthetic")), largest=5)
        )
    assert set(refused.value.codes) == {"unknown_variable", "never_counted", "name_taken", "marginal_too_large"}


@pytest.mark.parametrize("sets", [(("a", "a"),), ((),), (("a", "b"), ("b", "a"))])
def test_a_set_names_each_variable_once_and_comes_once(sets: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(ValidationError):
        Parameters(epsilon=1, marginals=sets)


@pytest.mark.parametrize(
    "broken",
    [
        {"values": {"a": ["x"]}},
        {"values": {"a": ["x", "y", "z"], "b": ["x"]}},
        {"marginals": [{"variables": [], "counts": [1]}]},
    ],
)
def test_a_damaged_measurement_is_refused(broken: dict[str, object]) -> None:
    kept = measuring.measure(chain(9).of("a"), parameters=Parameters(epsilon=1)).as_dict()
    assert measuring.read_measurement(kept).spent == Spending(1)
    with pytest.raises(errors.RegistryRefused):
        measuring.read_measurement(kept | broken)


def test_the_nearest_point_of_a_simplex() -> None:
    assert consistency.onto_simplex(np.array([3.0, -1.0, 1.0]), 2.0).tolist() == [2.0, 0.0, 0.0]
    assert consistency.onto_simplex(np.array([1.0, 1.0]), 4.0).tolist() == [2.0, 2.0]


def test_laplace_noise_has_the_spread_that_is_said() -> None:
    noisy = private_counts.add_noise(np.zeros(20_000, dtype=np.int64), breakdowns=4, spend=Spending(0.5))
    assert noisy.deviation == pytest.approx(np.sqrt(2) * 8)
    assert noisy.values.std() == pytest.approx(noisy.deviation, rel=0.1)


def test_the_budget_of_delta_is_kept_too() -> None:
    asked = Spending(1.0, 1e-6)
    assert private_counts.need_budget([asked], asked=asked, budget=Spending(2.0, 2e-6)) == Spending(2.0, 2e-6)
    with pytest.raises(errors.ProtectionRefused, match="delta"):
        private_counts.need_budget([asked], asked=asked, budget=Spending(2.0, 1e-6))


def test_a_policy_cannot_name_it_for_a_record_file_yet() -> None:
    with pytest.raises(errors.ProtectionRefused, match="columns, not records") as refused:
        load_method("synthetic_records", unvetted={}, works_on=WorksOn.RECORDS)
    assert refused.value.codes == ("method_unfit",)
