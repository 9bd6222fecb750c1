"""Local suppression: what it refuses, how it spends its blanks, and that it stays quick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from openjustice.ground import engine, errors
from openjustice.ground.kernels import plain
from openjustice.ground.terms import Plane
from openjustice.protect import risk
from openjustice.protect.methods.local_suppression import METHOD, compatible, search
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.risk import Need

NAMES = ("age", "sex", "cause")


@pytest.fixture
def opened() -> Iterator[engine.Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def suppress(opened: engine.Engine, rows: Sequence[tuple[Any, ...]], *needs: Need, **more: Any) -> Suppressed:
    records = opened.make_table("records", columns=dict.fromkeys(NAMES, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL)
    asked = {"importance": {}, "seed": 0, **more}
    made: Suppressed = METHOD.apply(
        records, parameters=METHOD.read_parameters({}), variables=NAMES, needs=needs, **asked
    )
    return made


def need(k: int, key: Sequence[str] = NAMES[:2], **least: int) -> Need:
    return Need(scenario="press", key=tuple(key), k=k, l=least)


def test_nothing_is_blanked_where_nobody_is_at_risk(opened):
    made = suppress(opened, [("30", "M", "A")] * 3, need(3))
    assert not made.blanked.any()
    assert (made.price, made.least_price) == (0, 0)


def test_the_less_important_variable_goes_first(opened):
    rows = [("30", "M", "A")] * 2 + [("30", "F", "A")] * 2 + [("70", "M", "A"), ("70", "F", "A")]
    by_age = suppress(opened, rows, need(2), importance={"age": 1, "sex": 9}).table.rows()
    by_sex = suppress(opened, rows, need(2), importance={"age": 9, "sex": 1}).table.rows()
    assert all(row["sex"] for row in by_age)
    assert all(row["age"] for row in by_sex)


def test_a_variable_outside_every_need_is_never_blanked(opened):
    rows = [(str(age), "M", cause) for age, cause in zip(range(6), "ABCDEF", strict=True)]
    made = suppress(opened, rows, need(3))
    assert sorted(row["cause"] for row in made.table.rows()) == list("ABCDEF")


def test_the_result_is_no_less_confidential_than_the_records(opened):
    assert suppress(opened, [("30", "M", "A")] * 3, need(3)).table.plane is Plane.CONFIDENTIAL


def test_too_few_records_are_refused_and_the_way_out_is_named(opened):
    with pytest.raises(errors.ProtectionRefused) as refused:
        suppress(opened, [("30", "M", "A")] * 2, need(3, cause=2))
    assert set(refused.value.codes) == {"too_few_records", "too_few_values"}
    assert refused.value.exit_code == 12
    assert all(fault.way_out and fault.place.rule == "press" for fault in refused.value.faults)


def test_a_rare_value_is_withheld_rather_than_the_place_of_everybody(opened):
    # Forty records show cause A and two rare ones do not: withholding five causes costs less than forty ages.
    rows = [("30", "M", "A")] * 40 + [("30", "M", "B")] * 2 + [("70", "M", "C")] * 5 + [("70", "M", "D")] * 5
    made = suppress(opened, rows, need(5, cause=2), need(5, key=NAMES), importance={"age": 1, "sex": 3, "cause": 2})
    blanks = dict(zip(NAMES, made.blanked.sum(axis=0).tolist(), strict=True))
    assert blanks == {"age": 0, "sex": 0, "cause": 5}


def test_a_withheld_lot_keeps_what_its_records_share(opened):
    # As above, with a fourth variable that is part of the wider need; the lot is made where the rare records are.
    names = (*NAMES, "where")
    rows = [("30", "M", "A", "jail")] * 40 + [("30", "M", "B", "jail")] * 2 + [("30", "M", "A", "cell")] * 40
    records = opened.make_table("records", columns=dict.fromkeys(names, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL)
    made = METHOD.apply(
        records,
        parameters=METHOD.read_parameters({}),
        variables=names,
        needs=[need(5, cause=2), need(5, key=names)],
        importance={},
        seed=0,
    )
    withheld = [row for row in made.table.rows() if row["cause"] is None]
    assert [(row["age"], row["where"]) for row in withheld] == [("30", "jail")] * 5
    assert made.blanked.sum() == 5


def test_donors_bring_another_value_to_a_class_that_lacks_one(opened):
    # The two of unknown age share cause A. Blanking the age of one record with cause B is cheaper than both causes.
    rows = [(None, "M", "A")] * 2 + [("30", "M", "B")] * 9 + [("30", "M", "A")] * 9
    made = suppress(opened, rows, need(2, cause=2), importance={"age": 1, "sex": 9, "cause": 9})
    assert dict(zip(NAMES, made.blanked.sum(axis=0).tolist(), strict=True)) == {"age": 1, "sex": 0, "cause": 0}


def test_two_classes_that_complete_each_other_are_joined(opened):
    rows = [("30", "M", "A")] * 3 + [("70", "M", "B")] * 3
    made = suppress(opened, rows, need(3, cause=2), importance={"age": 1, "sex": 9, "cause": 9})
    assert dict(zip(NAMES, made.blanked.sum(axis=0).tolist(), strict=True)) == {"age": 6, "sex": 0, "cause": 0}


def test_two_needs_of_one_scenario_both_hold(opened):
    rows = [("30", "M", "A")] * 4 + [("70", "M", "A")] * 4 + [("70", "M", "B")] * 4
    made = suppress(opened, rows, need(2, cause=2), need(4, key=NAMES[:1]))
    found = risk.read_combinations(made.table, variables=NAMES)
    assert risk.measure_risk(found, key=NAMES[:2], sensitive=["cause"]).diversity["cause"] >= 2


def test_keys_that_overlap_are_satisfied_together(opened):
    rows = [(str(age % 4), "MF"[age % 2], "ABC"[age % 3]) for age in range(17)]
    made = suppress(opened, rows, need(3, key=NAMES[:2]), need(4, key=NAMES[1:]))
    found = risk.read_combinations(made.table, variables=NAMES)
    assert risk.measure_risk(found, key=NAMES[:2]).smallest_class >= 3
    assert risk.measure_risk(found, key=NAMES[1:]).smallest_class >= 4


@pytest.mark.parametrize("rounds", [-1, 21])
def test_parameters_have_bounds(rounds):
    with pytest.raises(errors.RegistryRefused):
        METHOD.read_parameters({"rounds": rounds})


def test_further_rounds_never_cost_more():
    codes = np.random.default_rng(3).integers(1, 5, size=(400, 5))
    paid = [
        int((search.blank_to_k(codes, k=4, prices=np.ones(5), rounds=rounds, seed=1) != codes).sum())
        for rounds in (0, 2, 6)
    ]
    assert paid == sorted(paid, reverse=True)
    assert paid[-1] < paid[0]


def test_ten_thousand_records_take_seconds_not_minutes():
    """A guard against a slower kind of search; the time itself is measured in benchmarks."""
    random = np.random.default_rng(5)
    codes = np.stack([random.zipf(1.6, 10_000).clip(1, width) for width in (3, 7, 6, 2, 4, 3, 5, 9)], axis=1)
    made = search.blank_to_k(codes, k=5, prices=np.ones(8), rounds=1, seed=1)
    assert risk.class_sizes(made).min() >= 5
    assert (made != codes).sum() < 1.3 * search.least_price(codes, k=5, prices=np.ones(8))


def test_where_a_blank_matches_anything_fewer_are_needed(opened):
    rows = [(str(age), sex, "A") for age in range(6) for sex in "MF"]
    parameters = METHOD.read_parameters({"blank": "matches-anything"})
    records = opened.make_table("records", columns=dict.fromkeys(NAMES, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL)
    asked = {"variables": NAMES, "needs": [need(3)], "importance": {}, "seed": 0}
    weak = METHOD.apply(records, parameters=parameters, **asked)
    strong = METHOD.apply(records, parameters=METHOD.read_parameters({}), **asked)
    assert 0 < weak.price < strong.price
    assert weak.least_price == 0
    assert compatible.matching_sizes(weak.after[:, :2]).min() >= 3
    assert not (weak.blanked[:, 2]).any()


def test_the_weaker_reading_cannot_promise_diversity(opened):
    records = opened.make_table(
        "records",
        columns=dict.fromkeys(NAMES, "VARCHAR"),
        rows=[("1", "M", "A"), ("2", "M", "B")],
        plane=Plane.CONFIDENTIAL,
    )
    parameters = METHOD.read_parameters({"blank": "matches-anything"})
    with pytest.raises(errors.ProtectionRefused) as caught:
        METHOD.apply(records, parameters=parameters, variables=NAMES, needs=[need(2, cause=2)], importance={}, seed=0)
    assert caught.value.codes == ("reading_too_weak",)


@pytest.mark.parametrize(("seed", "width"), [(4, 4), (5, 3), (6, 3), (7, 1)])
def test_the_kernels_of_matching_say_the_same_plain(monkeypatch: pytest.MonkeyPatch, seed: int, width: int):
    codes = np.random.default_rng(seed).integers(0 if width == 4 else 1, 5, (40, width))
    codes[:2] = [[7] * width, [8] * width]
    prices = np.arange(1.0, width + 1)
    compiled = compatible.blank_to_match(codes, k=5, prices=prices, seed=2)
    for name in ("differences", "matches_by_pattern", "cover", "count_matches", "uncover"):
        monkeypatch.setattr(compatible, name, plain(getattr(compatible, name)))
    assert compatible.blank_to_match(codes, k=5, prices=prices, seed=2).tolist() == compiled.tolist()
    wide = np.where(codes == 1, 2**20, codes)
    assert (compatible.matching_sizes(wide) == compatible.matching_sizes(codes)).all()
