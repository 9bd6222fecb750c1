"""The smaller methods on columns: what they refuse, dates, and kernels that say the same plain."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from openjustice.ground import errors
from openjustice.ground.kernels import plain
from openjustice.protect.methods.microaggregation import method as microaggregation
from openjustice.protect.methods.microaggregation.parameters import Parameters as Groups
from openjustice.protect.methods.noise import method as noise
from openjustice.protect.methods.noise.parameters import Parameters as Noise
from openjustice.protect.methods.swapping.parameters import Parameters as Swaps
from openjustice.protect.methods.top_coding import method as top_coding
from openjustice.protect.methods.top_coding.parameters import Parameters as Tails


@pytest.mark.parametrize("given", [{}, {"top": 1, "bottom": 2}])
def test_bounds_must_be_named_and_ordered(given: dict[str, float]):
    with pytest.raises(ValidationError):
        Tails.model_validate(given)


def test_the_mean_of_few_is_not_shown():
    with pytest.raises(errors.ProtectionRefused):
        top_coding.code(np.array([1.0, 99.0]), parameters=Tails(top=50, shown_as="mean", least=2))


def test_a_variable_cannot_be_swapped_and_agree():
    with pytest.raises(ValidationError):
        Swaps(swap=("place",), agree=("place",))


@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan, 2.0]])
def test_groups_need_records_and_values(values: list[float]):
    with pytest.raises(errors.ProtectionRefused):
        microaggregation.aggregate({"days": np.array(values)}, parameters=Groups(k=2))
    with pytest.raises(errors.ProtectionRefused):
        noise.add({"days": np.array(values)}, parameters=Noise(share=0.1), seed=1)


def test_a_missing_day_is_refused_and_a_constant_loses_nothing():
    days = np.array(["2024-01-01", "NaT"], dtype="datetime64[D]")
    with pytest.raises(errors.ProtectionRefused):
        microaggregation.aggregate({"day": days}, parameters=Groups(k=1))
    assert microaggregation.aggregate({"same": np.ones(4)}, parameters=Groups(k=2)).lost == 0


@pytest.mark.parametrize(("count", "k"), [(11, 3), (9, 3), (7, 4), (2, 2)])
def test_the_kernels_say_the_same_plain(monkeypatch: pytest.MonkeyPatch, count: int, k: int):
    luck = np.random.default_rng(count)
    two = {"a": luck.normal(size=count), "b": luck.normal(size=count)}
    one = {"a": two["a"]}
    compiled = [microaggregation.aggregate(columns, parameters=Groups(k=k)).groups.tolist() for columns in (one, two)]
    for name in ("best_cuts", "mdav", "_distances"):
        monkeypatch.setattr(microaggregation, name, plain(getattr(microaggregation, name)))
    again = [microaggregation.aggregate(columns, parameters=Groups(k=k)).groups.tolist() for columns in (one, two)]
    assert again == compiled
